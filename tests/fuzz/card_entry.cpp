// SPDX-License-Identifier: Apache-2.0
// Entry objects of a card that anybody may have written: alone, with a right checksum around the input, and
// several of them sorted together.
#include <cstdlib>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/hash.h"
#include "core/records/card_contents.h"

namespace {

using namespace cardea;
using namespace cardea::records;

Bytes framed(ByteView payload) {
  ByteBuilder frame;
  frame.raw("CRDE").u8(1).lp32(payload);
  const auto digest = crypto::sha256({frame.view()});
  return frame.raw(ByteView(digest).first(16)).take();
}

void judge(ByteView object) {
  const auto entry = decode_card_entry(object);
  if (!entry.ok()) return;
  const auto again = encode_card_entry(*entry);
  if (!again.ok() || *again != to_bytes(object)) std::abort();
}

// u8 slot || lp(payload), as many as there are.
void judge_card(ByteView input) {
  std::vector<StoredObject> objects;
  ByteReader reader(input);
  while (!reader.rest().empty() && objects.size() < 40) {
    const std::uint8_t slot = reader.u8();
    const ByteView payload = reader.lp();
    if (!reader.good()) break;
    objects.push_back({slot, framed(payload)});
  }
  const CardContents contents = sort_card_objects(objects);
  std::size_t slots = contents.waste.size() + contents.unreadable.size() + contents.free.size();
  for (const CardRecord& record : contents.records) {
    if (!check_sealed_record(record.sealed).ok()) std::abort();
    slots += record.slots.size();
  }
  if (slots < kSlotCount - kFirstEntrySlot) std::abort();  // a slot that nobody accounts for is lost for ever
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  judge({data, size});
  judge(framed({data, size}));
  judge_card({data, size});
  return 0;
}
