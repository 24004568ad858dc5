// SPDX-License-Identifier: Apache-2.0
// Sealed records as a server, a cache file or a card may hold them.
#include <cstdlib>

#include "core/records/card_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  using namespace cardea::records;
  const ByteView input(data, size);
  const auto record = parse_sealed_record(input);
  if (!record.ok()) return 0;
  // Nobody has this key: that it opens would be a forgery.
  const UserKey key(SecretKey32(), record->epoch);
  if (open_record(key, {}, record->name, input).ok()) std::abort();
  const auto entries = split_record(input);
  if (!entries.ok()) std::abort();
  for (const CardEntry& entry : *entries) {
    if (!encode_card_entry(entry).ok()) std::abort();
  }
  return 0;
}
