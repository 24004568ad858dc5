// SPDX-License-Identifier: Apache-2.0
#include "core/records/card_entry.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/hash.h"

namespace cardea::records {
namespace {

enum EntryField : std::uint16_t { kPart = 1, kBytes = 2 };
constexpr std::string_view kLabelPrefix = "cardea";

std::size_t part_count(std::size_t sealed_size) { return (sealed_size + kMaxPartSize - 1) / kMaxPartSize; }

// Sizes follow from the whole: a part can't be short or long without being noticed.
bool is_consistent(const CardEntry& entry) {
  const WritingId& writing = entry.writing;
  if (writing.size < kMinSealedRecord || writing.size > kMaxSealedRecord || writing.name.version == 0 ||
      writing.epoch == 0 || writing.parts != part_count(writing.size) || entry.part >= writing.parts) {
    return false;
  }
  const std::size_t begin = entry.part * kMaxPartSize;
  return entry.bytes.size() == std::min(kMaxPartSize, writing.size - begin) &&
         std::ranges::all_of(entry.extensions, [](const CardField& f) { return f.type >= kFirstExtension; });
}

}  // namespace

std::string slot_label(std::uint8_t slot) {
  std::string label(kLabelPrefix);
  label.push_back(static_cast<char>('0' + slot / 10));
  label.push_back(static_cast<char>('0' + slot % 10));
  return label;
}

std::optional<std::uint8_t> slot_of_label(std::string_view label) noexcept {
  if (label.size() != kLabelPrefix.size() + 2 || !label.starts_with(kLabelPrefix)) return std::nullopt;
  const char tens = label[kLabelPrefix.size()];
  const char ones = label[kLabelPrefix.size() + 1];
  if (tens < '0' || tens > '9' || ones < '0' || ones > '9') return std::nullopt;
  const int slot = (tens - '0') * 10 + (ones - '0');
  if (slot >= kSlotCount) return std::nullopt;
  return static_cast<std::uint8_t>(slot);
}

Result<Bytes> encode_card_entry(const CardEntry& entry) {
  if (!is_consistent(entry))
    return fail(Error::invalid_argument, "a card entry that does not fit its record");
  const WritingId& writing = entry.writing;
  std::vector<CardField> fields;
  fields.push_back({kPart, ByteBuilder()
                               .raw(writing.name.id)
                               .u32(writing.name.version)
                               .u32(writing.epoch)
                               .raw(writing.tag)
                               .u8(entry.part)
                               .u8(writing.parts)
                               .u32(writing.size)
                               .take()});
  fields.push_back({kBytes, entry.bytes});
  fields.insert(fields.end(), entry.extensions.begin(), entry.extensions.end());
  return encode_frame(FrameKind::entry, fields);
}

Result<CardEntry> decode_card_entry(ByteView object) {
  TRY_ASSIGN(const std::vector<CardField> fields, decode_frame(FrameKind::entry, object, kBytes));
  const Bytes* part = find_field(fields, kPart);
  const Bytes* bytes = find_field(fields, kBytes);
  if (part == nullptr || bytes == nullptr || fields.front().type != kPart) {
    return fail(Error::corrupted, "a field is missing in a card entry");
  }
  CardEntry entry;
  ByteReader reader(*part);
  std::ranges::copy(reader.bytes(entry.writing.name.id.size()), entry.writing.name.id.begin());
  entry.writing.name.version = reader.u32();
  entry.writing.epoch = reader.u32();
  std::ranges::copy(reader.bytes(entry.writing.tag.size()), entry.writing.tag.begin());
  entry.part = reader.u8();
  entry.writing.parts = reader.u8();
  entry.writing.size = reader.u32();
  entry.bytes = *bytes;
  entry.extensions = extensions_of(fields);
  if (!reader.complete() || !is_consistent(entry))
    return fail(Error::corrupted, "a card entry does not fit its record");
  return entry;
}

std::array<std::uint8_t, 8> writing_tag(ByteView envelope) {
  const auto digest = crypto::sha256({envelope});
  std::array<std::uint8_t, 8> tag{};
  std::copy_n(digest.begin(), tag.size(), tag.begin());
  return tag;
}

Result<std::vector<CardEntry>> split_record(const SealedRecord& record) {
  TRY(check_sealed_record(record));
  const ByteView envelope = record.envelope;
  const WritingId writing{record.name, record.epoch, writing_tag(envelope),
                          static_cast<std::uint8_t>(part_count(envelope.size())),
                          static_cast<std::uint32_t>(envelope.size())};
  std::vector<CardEntry> entries;
  for (std::uint8_t part = 0; part < writing.parts; ++part) {
    const std::size_t begin = part * kMaxPartSize;
    const ByteView bytes = envelope.subspan(begin, std::min(kMaxPartSize, envelope.size() - begin));
    entries.push_back({writing, part, to_bytes(bytes), {}});
  }
  return entries;
}

}  // namespace cardea::records
