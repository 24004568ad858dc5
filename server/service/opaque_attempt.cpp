// SPDX-License-Identifier: Apache-2.0
#include "server/service/opaque_attempt.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::server {
namespace {

using LoginState = SecretArray<crypto::OpaqueServerLogin::kStateSize>;

}  // namespace

Digest opaque_token(std::string_view login_id) {
  return crypto::sha256({as_bytes("login"), as_bytes(login_id)});
}

Result<OpaqueOffer> offer_opaque(const ServerSecrets& secrets, Random& random, std::string_view kind,
                                 const crypto::OpaqueServerLogin& login, const OpaqueAttempt& attempt) {
  const LoginState state = login.state();
  SecretBytes payload(8 + UserId::kSize + 2 + attempt.bound_to.size() + LoginState::kSize);
  ByteWriter writer(payload.expose_mutable());
  writer.u64(static_cast<std::uint64_t>(attempt.expires_at));
  writer.bytes(attempt.user.view());
  writer.lp(attempt.bound_to);
  writer.bytes(state.expose());
  OpaqueOffer out;
  TRY_ASSIGN(out.login_id, secrets.seal_token(kind, payload.expose(), random));
  out.ke2 = login.ke2().serialise();
  return out;
}

Result<OpaqueProven> check_ke3(Store& store, const ServerSecrets& secrets, std::string_view kind,
                               std::string_view login_id, ByteView ke3, UnixSeconds now) {
  TRY_ASSIGN(const SecretBytes payload, secrets.open_token(kind, login_id));
  ByteReader reader(payload.expose());
  OpaqueProven proven;
  proven.attempt.expires_at = static_cast<UnixSeconds>(reader.u64());
  const auto user = UserId::from_bytes(reader.bytes(UserId::kSize));
  proven.attempt.bound_to = to_bytes(reader.lp());
  auto state = LoginState::from(reader.bytes(LoginState::kSize));
  if (!reader.complete() || !user.ok() || !state.ok()) return Error::identity_not_accepted;
  if (now >= proven.attempt.expires_at) return fail(Error::session_expired, "the login took too long");
  proven.attempt.user = *user;
  TRY_ASSIGN(const auto parsed, crypto::Ke3::parse(ke3));
  auto session_key = crypto::OpaqueServerLogin::restore(*state).finish(parsed);
  if (!session_key.ok()) {
    // A login attempt ends with its first KE3 (docs/spec/opaque.md); the one that fits ends it with what it
    // proves.
    TRY(store.spend_token(opaque_token(login_id), proven.attempt.expires_at));
    return session_key.failure();
  }
  proven.session_key = std::move(session_key).value();
  return proven;
}

}  // namespace cardea::server
