// SPDX-License-Identifier: Apache-2.0
// What is on a card, told from what is left over on it after a card was pulled (docs/spec/card-layout.md,
// "Reading"). Pure: the card worker reads the objects and acts on the answer.
#pragma once

#include "core/records/card_entry.h"

namespace cardea::records {

// An object as it was read. The same slot may come twice: a torn directory lists an object twice.
struct StoredObject {
  std::uint8_t slot = 0;
  Bytes bytes;
};

struct CardRecord {
  SealedRecord sealed;
  std::vector<std::uint8_t> slots;  // of its parts, in order
};

struct CardContents {
  std::vector<CardRecord> records;  // one per record id: its newest whole writing; in order of their slots
  std::vector<std::uint8_t> waste;  // may be destroyed; ascending
  std::vector<std::uint8_t> unreadable;  // of a later version: not ours to destroy; ascending
  std::vector<std::uint8_t> free;        // entry slots in which nothing is; ascending
};

// `objects`: those of slots 1 to 31; others are ignored.
CardContents sort_card_objects(const std::vector<StoredObject>& objects);

}  // namespace cardea::records
