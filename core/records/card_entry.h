// SPDX-License-Identifier: Apache-2.0
// The objects "cardea01" to "cardea31": sealed records, whole or in parts (docs/spec/card-layout.md,
// "Entry"). Read and written by the card worker; putting the parts together again is card_contents.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/records/card_frame.h"
#include "core/records/sealed_record.h"

namespace cardea::records {

inline constexpr std::string_view kCardApplication = "Cardea";
inline constexpr std::uint8_t kHeaderSlot = 0;
inline constexpr std::uint8_t kFirstEntrySlot = 1;
inline constexpr std::uint8_t kSlotCount = 32;  // OpenSC loses what lies beyond

// "cardea00" to "cardea31". The slot must be below kSlotCount.
std::string slot_label(std::uint8_t slot);
std::optional<std::uint8_t> slot_of_label(std::string_view label) noexcept;

// One object stays below the sizes that cards and OpenSC handle well.
inline constexpr std::size_t kMaxPartSize = 6000;
inline constexpr std::size_t kMaxParts = (kMaxSealedRecord + kMaxPartSize - 1) / kMaxPartSize;

// Which writing of a record a part belongs to.
struct WritingId {
  RecordName name;
  std::uint32_t epoch = 0;
  std::array<std::uint8_t, 8> tag{};  // of the envelope
  std::uint8_t parts = 0;
  std::uint32_t size = 0;  // of the envelope
  friend bool operator==(const WritingId&, const WritingId&) = default;
};

struct CardEntry {
  WritingId writing;
  std::uint8_t part = 0;  // from 0
  Bytes bytes;
  Extensions extensions;
  friend bool operator==(const CardEntry&, const CardEntry&) = default;
};

Result<Bytes> encode_card_entry(const CardEntry& entry);
// Error::corrupted for a half-written or damaged object, Error::unknown_format for one of a later version.
Result<CardEntry> decode_card_entry(ByteView object);

std::array<std::uint8_t, 8> writing_tag(ByteView envelope);
// The entries for a sealed record, in order. Errors of check_sealed_record().
Result<std::vector<CardEntry>> split_record(const SealedRecord& record);

}  // namespace cardea::records
