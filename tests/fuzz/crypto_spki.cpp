// SPDX-License-Identifier: Apache-2.0
// Public keys and DER signatures from strangers. What is accepted has one encoding and can be used.
#include <algorithm>
#include <cstdlib>

#include "core/crypto/p256.h"
#include "core/crypto/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  const ByteView input(data, size);
  const auto key = crypto::PublicKey::from_spki(input);
  if (key.ok()) {
    if (!std::ranges::equal(key->spki(), input)) std::abort();
    if (key->verify(as_bytes("message"), Bytes((key->bits() + 7) / 8, 1)).ok()) std::abort();
    if ((key->kind() == crypto::KeyKind::p256) != crypto::p256_point_from_spki(input).ok()) std::abort();
  } else if (crypto::p256_point_from_spki(input).ok()) {
    std::abort();
  }
  if (const auto raw = crypto::ecdsa_from_der(input); raw.ok()) {
    if (!std::ranges::equal(crypto::ecdsa_to_der(*raw).value(), input)) std::abort();
  }
  return 0;
}
