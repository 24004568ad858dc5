// SPDX-License-Identifier: Apache-2.0
#include "server/service/server_secrets.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/envelope.h"
#include "core/crypto/kdf.h"

namespace cardea::server {
namespace {

constexpr crypto::Label kTokenLabel = "cardea/v1/server-token";
constexpr crypto::Label kMovedLabel = "cardea/v1/moved-oprf-key";
constexpr crypto::Label kSessionLabel = "cardea/v1/server-session";
constexpr std::size_t kChallengeRandom = 16;
constexpr std::size_t kChallengeTag = 16;

}  // namespace

ServerSecrets::ServerSecrets(NumberedOpaque opaque, const CheckpointKeys& checkpoint_keys,
                             const SecretKey32& oldest_oprf_seed, const SecretKey32& ake_seed)
    : opaque_(std::move(opaque)),
      checkpoint_key_(crypto::Ed25519KeyPair::from_seed(checkpoint_keys.seed)),
      handovers_(handovers_of(checkpoint_keys)),
      token_key_(crypto::derive_key(oldest_oprf_seed.expose(), "cardea/v1/store-tokens", {})),
      stand_in_key_(crypto::derive_key(ake_seed.expose(), "cardea/v1/server-keys", {})),
      moved_key_(crypto::derive_key(oldest_oprf_seed.expose(), "cardea/v1/region-keys", {})) {}

Result<ServerSecrets> ServerSecrets::make(const std::vector<OprfSeed>& oprf_seeds,
                                          const SecretKey32& ake_seed,
                                          const CheckpointKeys& checkpoint_keys) {
  if (oprf_seeds.empty()) return fail(Error::key_invalid, "there is no OPRF seed");
  NumberedOpaque opaque;
  for (const OprfSeed& seed : oprf_seeds) {
    TRY_ASSIGN(auto server, crypto::OpaqueServer::from_secrets(seed.seed, ake_seed));
    opaque.emplace_back(seed.number, std::move(server));
  }
  return ServerSecrets(std::move(opaque), checkpoint_keys, oprf_seeds.front().seed, ake_seed);
}

Result<ServerSecrets> ServerSecrets::make(const SecretKey32& oprf_seed, const SecretKey32& ake_seed,
                                          const SecretKey32& checkpoint_seed) {
  std::vector<OprfSeed> seeds(1);
  seeds.front().seed = oprf_seed.clone();
  return make(seeds, ake_seed, first_checkpoint_key(checkpoint_seed, 0));
}

Result<const crypto::OpaqueServer*> ServerSecrets::opaque_of(std::uint32_t seed) const {
  for (const auto& [number, opaque] : opaque_) {
    if (number == seed) return &opaque;
  }
  return fail(Error::corrupted, "the OPRF seed file has no seed " + std::to_string(seed) +
                                    "; copy the file of the server that has it");
}

Result<std::string> ServerSecrets::seal_token(std::string_view kind, ByteView payload, Random& random) const {
  TRY_ASSIGN(const Bytes sealed,
             crypto::seal(token_key_.expose(), kTokenLabel, as_bytes(kind), payload, random));
  return to_base64url(sealed);
}

Result<SecretBytes> ServerSecrets::open_token(std::string_view kind, std::string_view text) const {
  const auto sealed = from_base64url(text);
  if (!sealed.ok()) return Error::identity_not_accepted;
  auto payload = crypto::open(token_key_.expose(), kTokenLabel, as_bytes(kind), *sealed);
  if (!payload.ok()) return Error::identity_not_accepted;
  return payload;
}

Result<Bytes> ServerSecrets::seal_session_key(const SessionId& session, const SecretKey32& key,
                                              Random& random) const {
  return crypto::seal(token_key_.expose(), kSessionLabel, session.view(), key.expose(), random);
}

Result<SecretKey32> ServerSecrets::open_session_key(const SessionId& session, ByteView sealed) const {
  auto key = crypto::open_key(token_key_.expose(), kSessionLabel, session.view(), sealed);
  // Sealed under other keys, as in a store that came from elsewhere: its owner signs in again.
  if (!key.ok()) return fail(Error::session_expired, "the session's key can't be opened");
  return key;
}

Result<Bytes> ServerSecrets::seal_moved_key(ByteView credential, const SecretKey32& key,
                                            Random& random) const {
  return crypto::seal(moved_key_.expose(), kMovedLabel, credential, key.expose(), random);
}

Result<SecretKey32> ServerSecrets::open_moved_key(ByteView credential, ByteView sealed) const {
  return crypto::open_key(moved_key_.expose(), kMovedLabel, credential, sealed);
}

Bytes ServerSecrets::make_challenge(UnixSeconds now, Random& random) const {
  ByteBuilder out;
  out.u64(static_cast<std::uint64_t>(now)).raw(random.array<kChallengeRandom>());
  const Digest tag = crypto::hmac_sha256(token_key_.expose(), {as_bytes("challenge"), out.view()});
  return out.raw(ByteView(tag).first(kChallengeTag)).take();
}

Result<UnixSeconds> ServerSecrets::challenge_time(ByteView challenge) const {
  constexpr std::size_t kBody = 8 + kChallengeRandom;
  if (challenge.size() != kBody + kChallengeTag) return Error::identity_not_accepted;
  const Digest tag =
      crypto::hmac_sha256(token_key_.expose(), {as_bytes("challenge"), challenge.first(kBody)});
  if (!equal_constant_time(ByteView(tag).first(kChallengeTag), challenge.subspan(kBody))) {
    return Error::identity_not_accepted;
  }
  return static_cast<UnixSeconds>(ByteReader(challenge).u64());
}

UserId ServerSecrets::stand_in_user(std::string_view account_key) const {
  const Digest digest =
      crypto::hmac_sha256(stand_in_key_.expose(), {as_bytes("stand-in user"), as_bytes(account_key)});
  return *UserId::from_bytes(ByteView(digest).first(UserId::kSize));
}

}  // namespace cardea::server
