// SPDX-License-Identifier: Apache-2.0
#include "core/records/card_contents.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace cardea::records {
namespace {

struct Writing {
  WritingId id;
  std::vector<std::optional<std::pair<std::uint8_t, Bytes>>> parts;  // slot and bytes, by number

  [[nodiscard]] bool whole() const {
    return std::ranges::all_of(parts, [](const auto& part) { return part.has_value(); });
  }
};

// Takes the part into its writing; a second copy of a part is not needed.
bool place(std::vector<Writing>& writings, std::uint8_t slot, CardEntry entry) {
  auto writing = std::ranges::find(writings, entry.writing, &Writing::id);
  if (writing == writings.end()) {
    writings.push_back({entry.writing, {}});
    writing = writings.end() - 1;
    writing->parts.resize(entry.writing.parts);
  }
  auto& part = writing->parts[entry.part];
  if (part) return false;
  part.emplace(slot, std::move(entry.bytes));
  return true;
}

// The record of a whole writing, when its bytes are those that were split.
std::optional<CardRecord> put_together(const Writing& writing) {
  if (!writing.whole()) return std::nullopt;
  CardRecord record{{writing.id.name, writing.id.epoch, {}}, {}};
  Bytes& envelope = record.sealed.envelope;
  for (const auto& part : writing.parts) {
    record.slots.push_back(part->first);
    envelope.insert(envelope.end(), part->second.begin(), part->second.end());
  }
  if (writing_tag(envelope) != writing.id.tag || !check_sealed_record(record.sealed).ok())
    return std::nullopt;
  return record;
}

// Whether `a` is of a later version, or re-wrapped later.
bool newer(const CardRecord& a, const CardRecord& b) {
  return std::tie(a.sealed.name.version, a.sealed.epoch) > std::tie(b.sealed.name.version, b.sealed.epoch);
}

// Keeps the newest writing of each record.
std::vector<CardRecord> newest_records(const std::vector<Writing>& writings) {
  std::vector<CardRecord> records;
  for (const Writing& writing : writings) {
    auto record = put_together(writing);
    if (!record) continue;
    const auto same = std::ranges::find_if(
        records, [&](const CardRecord& other) { return other.sealed.name.id == record->sealed.name.id; });
    if (same == records.end()) {
      records.push_back(std::move(*record));
    } else if (newer(*record, *same)) {
      *same = std::move(*record);
    }
  }
  std::ranges::sort(records, {}, [](const CardRecord& record) { return record.slots.front(); });
  return records;
}

}  // namespace

CardContents sort_card_objects(const std::vector<StoredObject>& objects) {
  std::vector<Writing> writings;
  std::set<std::uint8_t> occupied;
  std::set<std::uint8_t> later_version;
  for (const StoredObject& object : objects) {
    if (object.slot < kFirstEntrySlot || object.slot >= kSlotCount) continue;
    occupied.insert(object.slot);
    auto entry = decode_card_entry(object.bytes);
    if (entry.ok()) {
      place(writings, object.slot, std::move(entry).value());
    } else if (entry.error() == Error::unknown_format) {
      later_version.insert(object.slot);
    }
  }
  CardContents contents{newest_records(writings), {}, {}, {}};
  std::set<std::uint8_t> used;
  for (const CardRecord& record : contents.records)
    used.insert(record.slots.begin(), record.slots.end());
  for (std::uint8_t slot = kFirstEntrySlot; slot < kSlotCount; ++slot) {
    if (!occupied.contains(slot)) {
      contents.free.push_back(slot);
    } else if (used.contains(slot)) {
      continue;
    } else {
      (later_version.contains(slot) ? contents.unreadable : contents.waste).push_back(slot);
    }
  }
  return contents;
}

}  // namespace cardea::records
