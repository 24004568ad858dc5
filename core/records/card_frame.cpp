// SPDX-License-Identifier: Apache-2.0
#include "core/records/card_frame.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/hash.h"

namespace cardea::records {
namespace {

constexpr std::uint8_t kLayoutVersion = 1;
constexpr std::size_t kFrameHead = 4 + 1 + 4;
constexpr std::size_t kChecksumSize = 16;
constexpr std::size_t kFieldHead = 2 + 2;

Status check_order(const std::vector<CardField>& fields, Error error) {
  std::size_t extension_bytes = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0 && fields[i].type <= fields[i - 1].type) return fail(error, "order of the fields");
    if (fields[i].type >= kFirstExtension) extension_bytes += kFieldHead + fields[i].value.size();
  }
  if (extension_bytes > kMaxExtensionBytes) return fail(Error::limit_exceeded, "too many extension fields");
  return {};
}

Bytes checksum(ByteView covered) {
  const auto digest = crypto::sha256({covered});
  return {digest.begin(), digest.begin() + kChecksumSize};
}

}  // namespace

Result<Bytes> encode_frame(FrameKind kind, const std::vector<CardField>& fields) {
  TRY(check_order(fields, Error::invalid_argument));
  ByteBuilder payload;
  for (const CardField& field : fields) {
    if (field.value.size() > kMaxCardObject) return fail(Error::limit_exceeded, "field of a card object");
    payload.u16(field.type).lp(field.value);
  }
  ByteBuilder frame;
  frame.u32(static_cast<std::uint32_t>(kind)).u8(kLayoutVersion).lp32(payload.view());
  const Bytes sum = checksum(frame.view());
  frame.raw(sum);
  if (frame.view().size() > kMaxCardObject) return fail(Error::limit_exceeded, "card object is too long");
  return frame.take();
}

Result<std::vector<CardField>> decode_frame(FrameKind kind, ByteView object, std::uint16_t last_known) {
  if (object.size() < kFrameHead + kChecksumSize || object.size() > kMaxCardObject) {
    return fail(Error::corrupted, "size of a card object");
  }
  const ByteView covered = object.first(object.size() - kChecksumSize);
  if (!equal_constant_time(checksum(covered), object.last(kChecksumSize))) {
    return fail(Error::corrupted, "checksum of a card object");
  }
  ByteReader reader(covered);
  if (reader.u32() != static_cast<std::uint32_t>(kind))
    return fail(Error::corrupted, "magic of a card object");
  if (reader.u8() != kLayoutVersion) return fail(Error::unknown_format, "layout version of a card object");
  const ByteView payload = reader.lp32();
  if (!reader.complete()) return fail(Error::corrupted, "length of a card object");

  std::vector<CardField> fields;
  ByteReader rest(payload);
  while (!rest.rest().empty()) {
    const std::uint16_t type = rest.u16();
    const ByteView value = rest.lp();
    if (!rest.good()) return fail(Error::corrupted, "field of a card object");
    fields.push_back({type, to_bytes(value)});
  }
  if (!check_order(fields, Error::corrupted).ok()) return fail(Error::corrupted, "fields of a card object");
  const bool strange = std::ranges::any_of(fields, [last_known](const CardField& field) {
    return field.type > last_known && field.type < kFirstExtension;
  });
  if (strange) return fail(Error::unknown_format, "the card was written by a later version");
  return fields;
}

Extensions extensions_of(const std::vector<CardField>& fields) {
  Extensions out;
  std::ranges::copy_if(fields, std::back_inserter(out),
                       [](const CardField& f) { return f.type >= kFirstExtension; });
  return out;
}

const Bytes* find_field(const std::vector<CardField>& fields, std::uint16_t type) noexcept {
  const auto field = std::ranges::find(fields, type, &CardField::type);
  return field == fields.end() ? nullptr : &field->value;
}

}  // namespace cardea::records
