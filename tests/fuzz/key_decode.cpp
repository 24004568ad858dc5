// SPDX-License-Identifier: Apache-2.0
// Key attributes from a hostile token: u8 kind, u8 length of the first part, first part, second part.
#include "core/card/key_decode.h"

#include <cstdlib>

#include "core/card/slot.h"
#include "core/crypto/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  if (size < 2) return 0;
  const ByteView input(data, size);
  const std::size_t first = std::min<std::size_t>(input[1], size - 2);
  const ByteView a = input.subspan(2, first), b = input.subspan(2 + first);
  const auto spki = (input[0] & 1) != 0 ? card::spki_from_ec(a, b) : card::spki_from_rsa(b, a);
  // What comes out is a key that the rest of the program takes.
  if (spki.ok() && !crypto::PublicKey::from_spki(*spki).ok()) std::abort();
  (void)card::padded_text(b);
  return 0;
}
