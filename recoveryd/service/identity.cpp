// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/identity.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;
using worker::OpaqueRecordName;
using worker::Purpose;

// Argon2id with 64 MiB, on a slow machine.
constexpr worker::Timeout kStretchTimeout{30'000};

}  // namespace

Result<ProvenPassword> prove_password(const Context& context, Conversation& client, worker::Vault& vault,
                                      ServerLink& server, const std::string& account) {
  TRY_ASSIGN(UniqueFd password,
             client.ask_private("password", client.voice().speak("Password of %1: ", {account})));
  TRY(vault.collect(Purpose::password, std::move(password), kCardTimeout));
  TRY_ASSIGN(const Bytes ke1, vault.opaque_login_start(OpaqueRecordName::a, kCardTimeout));
  TRY_ASSIGN(const auto message, crypto::Ke1::parse(ke1));
  TRY_ASSIGN(const auto started, upstream::start_password_login(server.client(), account, message));
  TRY_ASSIGN(const worker::OpaqueSession session,
             vault.opaque_login_finish(OpaqueRecordName::a, started.ke2.serialise(), kStretchTimeout));
  TRY_ASSIGN(const auto ke3, crypto::Ke3::parse(session.ke3));
  TRY_ASSIGN(auto accepted, upstream::finish_password_login(server.client(), started.login_id, ke3));
  TRY(vault.set_identity(accepted.session.user.bytes(), context.device.computer_id, kCardTimeout));
  return ProvenPassword(std::move(accepted),
                        std::make_unique<SecretKey32>(api::request_key(session.session_key.expose())));
}

Result<ProvenIdentity> prove_identity(const Context& context, Conversation& client, worker::Vault& vault,
                                      ServerLink& server, const std::string& account) {
  TRY_ASSIGN(ProvenPassword password, prove_password(context, client, vault, server, account));
  TRY_ASSIGN(const std::string question, vault.open_question(password.question_seal(), kCardTimeout));
  TRY_ASSIGN(UniqueFd answer, client.ask_private("answer", question + " "));
  TRY(vault.collect(Purpose::answer, std::move(answer), kCardTimeout));
  TRY_ASSIGN(const Bytes ke1, vault.opaque_login_start(OpaqueRecordName::b, kCardTimeout));
  TRY_ASSIGN(const auto message, crypto::Ke1::parse(ke1));
  TRY_ASSIGN(const auto started, upstream::start_answer_login(server.client(), password.session(), message));
  TRY_ASSIGN(const worker::OpaqueSession session,
             vault.opaque_login_finish(OpaqueRecordName::b, started.ke2.serialise(), kStretchTimeout));
  TRY_ASSIGN(const auto ke3, crypto::Ke3::parse(session.ke3));
  TRY_ASSIGN(auto answered,
             upstream::finish_answer_login(server.client(), password.session(), started.login_id, ke3));
  return ProvenIdentity(std::move(password), std::move(answered));
}

}  // namespace cardea::recoveryd
