// SPDX-License-Identifier: Apache-2.0
// The server's secrets, which live in files outside of the database, and the keys derived from them. A thief
// of the database has none of them. Read once at start (server/secret_files), shared by the services.
#pragma once

#include "core/base/random.h"
#include "core/crypto/opaque.h"
#include "core/crypto/signature.h"
#include "server/store/types.h"

namespace cardea::server {

class ServerSecrets {
 public:
  static Result<ServerSecrets> make(const SecretKey32& oprf_seed, const SecretKey32& ake_seed,
                                    const SecretKey32& checkpoint_seed);

  [[nodiscard]] const crypto::OpaqueServer& opaque() const noexcept { return opaque_; }
  [[nodiscard]] const crypto::Ed25519KeyPair& checkpoint_key() const noexcept { return checkpoint_key_; }

  // What the server hands out to get back later: sealed, so that it needs no table. `kind` keeps one from
  // being used in the place of another. Text is base64url.
  [[nodiscard]] Result<std::string> seal_token(std::string_view kind, ByteView payload, Random& random) const;
  // identity_not_accepted for whatever is not one of ours.
  [[nodiscard]] Result<SecretBytes> open_token(std::string_view kind, std::string_view text) const;

  // HMAC keys of sessions at rest.
  [[nodiscard]] Result<Bytes> seal_session_key(const SessionId& session, const SecretKey32& key,
                                               Random& random) const;
  [[nodiscard]] Result<SecretKey32> open_session_key(const SessionId& session, ByteView sealed) const;

  // OPRF keys of users who moved here (docs/spec/relocation.md), at rest.
  [[nodiscard]] Result<Bytes> seal_moved_key(ByteView credential, const SecretKey32& key,
                                             Random& random) const;
  [[nodiscard]] Result<SecretKey32> open_moved_key(ByteView credential, ByteView sealed) const;

  // 40 bytes that only this server can have made: time, randomness, tag.
  [[nodiscard]] Bytes make_challenge(UnixSeconds now, Random& random) const;
  // The time it was made; identity_not_accepted when it is none.
  [[nodiscard]] Result<UnixSeconds> challenge_time(ByteView challenge) const;

  // The identity an account that does not exist has towards OPAQUE: always the same for the same name.
  [[nodiscard]] UserId stand_in_user(std::string_view account_key) const;

 private:
  ServerSecrets(crypto::OpaqueServer opaque, crypto::Ed25519KeyPair checkpoint_key,
                const SecretKey32& oprf_seed, const SecretKey32& ake_seed);
  crypto::OpaqueServer opaque_;
  crypto::Ed25519KeyPair checkpoint_key_;
  SecretKey32 token_key_;
  SecretKey32 moved_key_;  // from the seed: the AKE key is common to all regions
};

}  // namespace cardea::server
