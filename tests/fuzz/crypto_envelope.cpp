// SPDX-License-Identifier: Apache-2.0
// The AEAD and the RSA envelope, as a server or a card would hand them in. Nobody without the key makes one
// that opens, so one that does ends the program.
#include <cstdlib>

#include "core/crypto/envelope.h"
#include "core/crypto/rsa.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  const ByteView input(data, size);
  const Bytes secret(32, 0x5a);
  if (crypto::open(secret, "cardea/v1/test-a", input.first(size / 2), input).ok()) std::abort();
  const crypto::RsaDecryptFunction card = [&](ByteView) -> Result<SecretBytes> {
    return SecretBytes(secret);
  };
  if (crypto::rsa_open(card, "cardea/v1/test-a", {}, input).ok()) std::abort();
  return 0;
}
