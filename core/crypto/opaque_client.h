// SPDX-License-Identifier: Apache-2.0
// The client's half of OPAQUE-3DH (RFC 9807), used by cli and recoveryd; the portal has its own in
// JavaScript, and both follow docs/spec/opaque.md. Registration: start, send request(), finalize, send the
// record. Login: start, send ke1(), finish, send ke3. The classes own the password's copy and the blind, and
// wipe both.
#pragma once

#include <functional>

#include "core/base/random.h"
#include "core/crypto/opaque_messages.h"
#include "core/crypto/oprf.h"
#include "core/crypto/password_hash.h"

namespace cardea::crypto {

// Both sides must use the same bytes. An empty identity stands for that side's public key (RFC 9807 section
// 4). At most 65,535 bytes each.
struct OpaqueIdentities {
  ByteView server;
  ByteView client;
};

// Mixed into the transcript; Cardea's own protocol uses this one only.
inline constexpr std::string_view kOpaqueContext = "cardea/v1/opaque";

// The key stretching function over the OPRF output. Programs use argon2id_stretch; the published vectors need
// the identity.
using KeyStretch = std::function<Result<SecretArray<64>>(const SecretArray<64>& oprf_output)>;
// Argon2id with 16 zero bytes as salt (RFC 9807 section 7) and 64 bytes of output. `cost` may be chosen by a
// server: check_argon2id_cost decides, and a weaker one is Error::kdf_too_weak.
Result<KeyStretch> argon2id_stretch(Argon2idCost cost = kArgon2idFloor);

struct OpaqueRegistered {
  RegistrationRecord record;          // for the server
  SecretArray<64> export_key;         // never leaves the client
  OpaqueElement server_public_key{};  // to be remembered and compared at the next login
};

class OpaqueClientRegistration {
 public:
  // Draws 64 bytes (blind). `password` is 1 to 65,535 bytes, see password_input.h.
  static Result<OpaqueClientRegistration> start(ByteView password, Random& random);
  [[nodiscard]] const RegistrationRequest& request() const noexcept { return request_; }
  // Draws 32 bytes (envelope nonce). Error::key_invalid when the response holds bad elements.
  Result<OpaqueRegistered> finalize(const RegistrationResponse& response, const OpaqueIdentities& identities,
                                    const KeyStretch& stretch, Random& random) &&;

 private:
  OpaqueClientRegistration() = default;
  SecretBytes password_;
  RistrettoScalar blind_;
  RegistrationRequest request_;
};

struct OpaqueClientSession {
  Ke3 ke3;
  SecretArray<64> session_key;
  SecretArray<64> export_key;
  OpaqueElement server_public_key{};
};

class OpaqueClientLogin {
 public:
  // Draws 64 (blind), 32 (nonce) and 32 bytes (key share seed), in this order.
  static Result<OpaqueClientLogin> start(ByteView password, Random& random);
  [[nodiscard]] const Ke1& ke1() const noexcept { return ke1_; }
  // Error::identity_not_accepted: password, account or server wrong, or a changed message; not told apart.
  Result<OpaqueClientSession> finish(const Ke2& ke2, const OpaqueIdentities& identities,
                                     const KeyStretch& stretch, std::string_view context = kOpaqueContext) &&;

 private:
  OpaqueClientLogin() = default;
  SecretBytes password_;
  RistrettoScalar blind_;
  RistrettoScalar keyshare_private_;
  Ke1 ke1_;
};

}  // namespace cardea::crypto
