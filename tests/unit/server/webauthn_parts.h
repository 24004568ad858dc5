// SPDX-License-Identifier: Apache-2.0
// A WebAuthn key in software: what a browser and its authenticator would send, and every field of it can be
// spoiled. For the unit tests of officers.
#pragma once

#include "core/api/json.h"
#include "core/base/byte_builder.h"
#include "core/crypto/p256.h"
#include "server/service/officer_sessions.h"

namespace cardea::test {

struct SoftKey {
  crypto::P256KeyPair key;
  Bytes credential = Bytes(32, 0x42);
  std::uint8_t flags = 0x05;  // UP and UV
  std::uint32_t count = 0;
  std::string origin = "https://server.test";
  std::string host = "server.test";
  std::string members = {};  // more of the client data, as JSON: ,"name":value
  Bytes extra = {};          // behind the authenticator data

  static SoftKey make() {
    SystemRandom random;
    return {crypto::P256KeyPair::generate(random)};
  }
  [[nodiscard]] Bytes client_data(std::string_view type, ByteView challenge) const {
    const std::string text = "{\"type\":\"" + std::string(type) + "\",\"challenge\":\"" +
                             to_base64url(challenge) + "\",\"origin\":\"" + origin + "\"" + members + "}";
    return to_bytes(as_bytes(text));
  }
  [[nodiscard]] Bytes authenticator_data(bool with_key) const {
    ByteBuilder out;
    out.raw(crypto::sha256({as_bytes(host)}));
    out.u8(with_key ? static_cast<std::uint8_t>(flags | 0x40) : flags).u32(count);
    if (with_key) out.raw(Bytes(16)).lp(credential).raw(Bytes{0xa0});
    return out.raw(extra).take();
  }
  [[nodiscard]] Bytes sign(ByteView authenticator, ByteView client) const {
    Bytes message = to_bytes(authenticator);
    const auto hash = crypto::sha256({client});
    message.insert(message.end(), hash.begin(), hash.end());
    return crypto::ecdsa_to_der(key.sign(message)).value();
  }
};

}  // namespace cardea::test
