// SPDX-License-Identifier: Apache-2.0
// The header object of a card that anybody may have written. The input is the frame's payload, too, with the
// checksum made right: else nothing behind the checksum would be reached.
#include "core/records/card_header.h"

#include <cstdlib>

#include "core/base/byte_builder.h"
#include "core/crypto/hash.h"

namespace {

void judge(cardea::ByteView object) {
  using namespace cardea::records;
  const auto header = decode_card_header(object);
  if (!header.ok()) return;
  const auto again = encode_card_header(*header);
  if (!again.ok() || *again != cardea::to_bytes(object)) std::abort();  // one form for one header
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const cardea::ByteView input(data, size);
  judge(input);
  cardea::ByteBuilder frame;
  frame.raw("CRDH").u8(1).lp32(input);
  const auto digest = cardea::crypto::sha256({frame.view()});
  frame.raw(cardea::ByteView(digest).first(16));
  judge(frame.view());
  return 0;
}
