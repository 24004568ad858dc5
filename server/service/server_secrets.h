// SPDX-License-Identifier: Apache-2.0
// The server's secrets, which live in files outside of the database, and the keys derived from them. A thief
// of the database has none of them. Read once at start (server/secret_files), shared by the services.
#pragma once

#include "core/base/random.h"
#include "core/crypto/opaque.h"
#include "core/crypto/signature.h"
#include "server/service/key_files.h"
#include "server/store/types.h"

namespace cardea::server {

class ServerSecrets {
 public:
  static Result<ServerSecrets> make(const std::vector<OprfSeed>& oprf_seeds, const SecretKey32& ake_seed,
                                    const CheckpointKeys& checkpoint_keys);
  // With one seed and one checkpoint key, as they are before any rotation.
  static Result<ServerSecrets> make(const SecretKey32& oprf_seed, const SecretKey32& ake_seed,
                                    const SecretKey32& checkpoint_seed);

  // OPAQUE under the newest seed, for records that are made now, and that seed's number.
  [[nodiscard]] const crypto::OpaqueServer& opaque() const noexcept { return opaque_.back().second; }
  [[nodiscard]] std::uint32_t oprf_seed() const noexcept { return opaque_.back().first; }
  // Under the seed of a record; corrupted when this server's file does not have it.
  [[nodiscard]] Result<const crypto::OpaqueServer*> opaque_of(std::uint32_t seed) const;
  // Under the oldest seed, for accounts that do not exist: theirs never changes, as that of a record does
  // not.
  [[nodiscard]] const crypto::OpaqueServer& opaque_of_nobody() const noexcept {
    return opaque_.front().second;
  }
  [[nodiscard]] const crypto::Ed25519KeyPair& checkpoint_key() const noexcept { return checkpoint_key_; }

  // How the checkpoint key came to be the one it is; empty when it is the first.
  [[nodiscard]] const std::vector<api::KeyHandover>& handovers() const noexcept { return handovers_; }

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
  using NumberedOpaque = std::vector<std::pair<std::uint32_t, crypto::OpaqueServer>>;
  ServerSecrets(NumberedOpaque opaque, const CheckpointKeys& checkpoint_keys,
                const SecretKey32& oldest_oprf_seed, const SecretKey32& ake_seed);
  NumberedOpaque opaque_;  // never empty
  crypto::Ed25519KeyPair checkpoint_key_;
  std::vector<api::KeyHandover> handovers_;
  // Of this store alone: regions have the AKE key in common, and what one hands out must open nowhere else.
  SecretKey32 token_key_;
  SecretKey32 stand_in_key_;
  // From the oldest seed, which no rotation takes away; the AKE key is common to all regions.
  SecretKey32 moved_key_;
};

}  // namespace cardea::server
