// SPDX-License-Identifier: Apache-2.0
// Sealed records as a server, a cache file or a card may hold them.
#include <cstdlib>

#include "core/records/card_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  using namespace cardea::records;
  const SealedRecord record{{{1}, 1}, 1, Bytes(data, data + size)};
  if (!check_sealed_record(record).ok()) return 0;
  // Nobody has this key: that it opens would be a forgery.
  if (open_record(UserKey(SecretKey32(), 1), {}, record).ok()) std::abort();
  const auto entries = split_record(record);
  if (!entries.ok()) std::abort();
  for (const CardEntry& entry : *entries) {
    if (!encode_card_entry(entry).ok()) std::abort();
  }
  return 0;
}
