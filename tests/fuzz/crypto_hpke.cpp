// SPDX-License-Identifier: Apache-2.0
// The HPKE envelope. Anybody can seal to a public key, so one that opens is not an error here; a point that
// reaches the "card" unchecked is.
#include <cstdlib>

#include "core/crypto/hpke.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  static const auto pair = crypto::P256KeyPair::from_scalar(Bytes(32, 0x5a));
  const crypto::DhFunction card = [](ByteView peer) {
    if (!crypto::p256_point(peer).ok()) std::abort();
    return pair->dh(peer);
  };
  (void)crypto::hpke_open(card, pair->point(), "cardea/v1/test-a", as_bytes("context"), {data, size}).ok();
  return 0;
}
