// SPDX-License-Identifier: Apache-2.0
// The server's half of OPAQUE-3DH (RFC 9807). Every call of registration_response or login_start evaluates
// the OPRF: the caller has charged the guess budget before (docs/spec/opaque.md). Immutable after it was
// made, so usable from any thread.
#pragma once

#include "core/base/random.h"
#include "core/crypto/opaque_client.h"
#include "core/crypto/opaque_messages.h"

namespace cardea::crypto {

// Kept between KE2 and KE3, by one login attempt only and for seconds.
class OpaqueServerLogin {
 public:
  static constexpr std::size_t kStateSize = 128;
  [[nodiscard]] const Ke2& ke2() const noexcept { return ke2_; }
  // The session key, when the client proved the password; else Error::identity_not_accepted. One attempt
  // only.
  Result<SecretArray<64>> finish(const Ke3& ke3) &&;
  // For a server that keeps attempts elsewhere than in its memory: expected MAC || session key. A restored
  // attempt has no ke2().
  [[nodiscard]] SecretArray<kStateSize> state() const;
  static OpaqueServerLogin restore(const SecretArray<kStateSize>& state);

 private:
  friend class OpaqueServer;
  OpaqueServerLogin() = default;
  Ke2 ke2_;
  SecretArray<64> expected_client_mac_;
  SecretArray<64> session_key_;
};

class OpaqueServer {
 public:
  // From the server's two secret files (32 random bytes each, docs/spec/opaque.md). The key pair is derived
  // from the second as RFC 9807 section 6.4.1 does it, so any 32 bytes will do.
  static Result<OpaqueServer> from_secrets(const SecretKey32& oprf_seed, const SecretKey32& ake_seed);
  // The RFC's own forms: a 64-byte seed and a private scalar (published vectors, imported deployments).
  static Result<OpaqueServer> from_rfc(const SecretArray<64>& oprf_seed, ByteView private_key);

  [[nodiscard]] const OpaqueElement& public_key() const noexcept { return public_key_; }
  // `credential_identifier`: 1 to 255 bytes, unique per user and credential, and never changed for it.
  [[nodiscard]] Result<RegistrationResponse> registration_response(const RegistrationRequest& request,
                                                                   ByteView credential_identifier) const;
  // `record` is null for an account that does not exist; the answer then has the same shape, takes the same
  // steps, and is the same for the same identifier, and no KE3 fits it. Draws 32 (masking nonce), 32 (nonce)
  // and 32 bytes (key share seed), in this order.
  [[nodiscard]] Result<OpaqueServerLogin> login_start(const Ke1& ke1, const RegistrationRecord* record,
                                                      ByteView credential_identifier,
                                                      const OpaqueIdentities& identities, Random& random,
                                                      std::string_view context = kOpaqueContext,
                                                      const RistrettoScalar* moved_key = nullptr) const;
  // The seed's key for one credential: for a user who moves to a server with another seed, which gives it to
  // login_start as `moved_key` (docs/spec/relocation.md).
  [[nodiscard]] Result<RistrettoScalar> oprf_key(ByteView credential_identifier) const;

 private:
  OpaqueServer() = default;
  [[nodiscard]] Result<RegistrationRecord> fake_record(ByteView credential_identifier) const;
  SecretBytes oprf_seed_;
  RistrettoScalar private_key_;
  OpaqueElement public_key_{};
};

}  // namespace cardea::crypto
