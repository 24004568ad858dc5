// SPDX-License-Identifier: Apache-2.0
// What a browser sends when an officer signs in: client data and authenticator data of anybody.
#include "server/service/webauthn.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  using namespace cardea::server;
  const ByteView bytes(data, size);
  const auto client = parse_client_data(bytes);
  if (client.ok() && (size > kMaxClientData || client->challenge.size() != 32)) std::abort();
  const auto authenticator = parse_authenticator_data(bytes);
  if (authenticator.ok() && (size < 37 || size > kMaxAuthenticatorData)) std::abort();
  if (authenticator.ok() && authenticator->credential && authenticator->credential->size() + 55 > size)
    std::abort();
  // Nobody is let in by bytes that no key has signed.
  static const RelyingParty party("server.test");
  static const auto key = crypto::PublicKey::from_spki(
      Bytes{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, 0xd7, 0x5a, 0x98,
            0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1,
            0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a});
  const std::size_t half = size / 2;
  const WebAuthnMessage message{bytes.first(half), bytes.subspan(half), Bytes(64)};
  if (!key.ok() || check_assertion(message, party, Bytes(32), *key).ok()) std::abort();
  return 0;
}
