// SPDX-License-Identifier: Apache-2.0
#include "upstream/opaque_login.h"

#include "core/crypto/opaque_client.h"
#include "core/crypto/password_input.h"

namespace cardea::upstream {
namespace {

// Both identities are the public keys (RFC 9807 section 4): nobody may have a second name.
Result<crypto::OpaqueClientSession> finish(crypto::OpaqueClientLogin login, const crypto::Ke2& ke2) {
  TRY_ASSIGN(const crypto::KeyStretch stretch, crypto::argon2id_stretch());
  return std::move(login).finish(ke2, crypto::OpaqueIdentities{}, stretch);
}

}  // namespace

Result<PasswordSession> login_with_password(ServerClient& client, const std::string& account,
                                            ByteView password) {
  TRY_ASSIGN(const SecretBytes input, crypto::password_input(password));
  TRY_ASSIGN(auto login, crypto::OpaqueClientLogin::start(input.expose(), client.random()));
  TRY_ASSIGN(const LoginStarted started, start_password_login(client, account, login.ke1()));
  TRY_ASSIGN(const auto opaque, finish(std::move(login), started.ke2));
  TRY_ASSIGN(const PasswordAccepted accepted, finish_password_login(client, started.login_id, opaque.ke3));
  PasswordSession session;
  session.info = accepted.session;
  session.hmac_key = std::make_unique<SecretKey32>(api::request_key(opaque.session_key.expose()));
  session.key = session_key(session.info.id, *session.hmac_key);
  TRY_ASSIGN(session.question,
             records::open_question(accepted.question_seal, session.info.user.bytes(), opaque.export_key));
  return session;
}

Result<Recovered> login_with_answer(ServerClient& client, const PasswordSession& session, ByteView password,
                                    ByteView answer) {
  TRY_ASSIGN(const SecretBytes input, crypto::password_and_answer_input(password, answer));
  TRY_ASSIGN(auto login, crypto::OpaqueClientLogin::start(input.expose(), client.random()));
  TRY_ASSIGN(const LoginStarted started, start_answer_login(client, session.key, login.ke1()));
  TRY_ASSIGN(auto opaque, finish(std::move(login), started.ke2));
  TRY_ASSIGN(const AnswerAccepted accepted,
             finish_answer_login(client, session.key, started.login_id, opaque.ke3));
  TRY_ASSIGN(crypto::P256KeyPair recovery_key,
             records::open_recovery_key(accepted.recovery_seal, session.info.user.bytes(), opaque.export_key,
                                        accepted.recovery_public));
  return Recovered{std::move(recovery_key), std::move(opaque.export_key)};
}

}  // namespace cardea::upstream
