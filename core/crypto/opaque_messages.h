// SPDX-License-Identifier: Apache-2.0
// The messages of OPAQUE-3DH (RFC 9807) with ristretto255-SHA512, all of fixed size; table of sizes in
// docs/spec/opaque.md. parse() refuses every other length (Error::invalid_argument) and group elements that
// are not valid (Error::key_invalid), so what has been parsed can be computed with. Made and read by
// opaque_client.h and opaque_server.h, carried as base64url by the server's API.
#pragma once

#include "core/base/secret.h"

namespace cardea::crypto {

using OpaqueElement = std::array<std::uint8_t, 32>;
using OpaqueNonce = std::array<std::uint8_t, 32>;
using OpaqueMac = std::array<std::uint8_t, 64>;

struct RegistrationRequest {
  static constexpr std::size_t kSize = 32;
  OpaqueElement blinded_element{};
  static Result<RegistrationRequest> parse(ByteView message);
  [[nodiscard]] Bytes serialise() const;
};

struct RegistrationResponse {
  static constexpr std::size_t kSize = 64;
  OpaqueElement evaluated_element{};
  OpaqueElement server_public_key{};
  static Result<RegistrationResponse> parse(ByteView message);
  [[nodiscard]] Bytes serialise() const;
};

struct OpaqueEnvelope {
  static constexpr std::size_t kSize = 96;
  OpaqueNonce nonce{};
  OpaqueMac auth_tag{};
};

// What the server stores for a user and a credential. With it and the OPRF seed passwords can be guessed
// offline, so it is as sensitive as a password hash.
struct RegistrationRecord {
  static constexpr std::size_t kSize = 192;
  OpaqueElement client_public_key{};
  SecretArray<64> masking_key;
  OpaqueEnvelope envelope;
  static Result<RegistrationRecord> parse(ByteView message);
  [[nodiscard]] Bytes serialise() const;
};

struct Ke1 {
  static constexpr std::size_t kSize = 96;
  OpaqueElement blinded_element{};
  OpaqueNonce client_nonce{};
  OpaqueElement client_keyshare{};
  static Result<Ke1> parse(ByteView message);
  [[nodiscard]] Bytes serialise() const;
};

struct Ke2 {
  static constexpr std::size_t kSize = 320;
  static constexpr std::size_t kMaskedSize = 128;  // server public key and envelope
  OpaqueElement evaluated_element{};
  OpaqueNonce masking_nonce{};
  std::array<std::uint8_t, kMaskedSize> masked_response{};
  OpaqueNonce server_nonce{};
  OpaqueElement server_keyshare{};
  OpaqueMac server_mac{};
  static Result<Ke2> parse(ByteView message);
  [[nodiscard]] Bytes serialise() const;
};

struct Ke3 {
  static constexpr std::size_t kSize = 64;
  OpaqueMac client_mac{};
  static Result<Ke3> parse(ByteView message);
  [[nodiscard]] Bytes serialise() const;
};

}  // namespace cardea::crypto
