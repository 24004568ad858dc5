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

Result<ProvenIdentity> prove_identity(const Context& context, Conversation& client, worker::Vault& vault,
                                      ServerLink& server, const std::string& account) {
  TRY_ASSIGN(UniqueFd password, client.ask_private("password", "Password of " + account + ": "));
  TRY(vault.collect(Purpose::password, std::move(password), kCardTimeout));
  TRY_ASSIGN(const Bytes ke1_a, vault.opaque_login_start(OpaqueRecordName::a, kCardTimeout));
  TRY_ASSIGN(const auto message_a, crypto::Ke1::parse(ke1_a));
  TRY_ASSIGN(const auto started_a, upstream::start_password_login(server.client(), account, message_a));
  TRY_ASSIGN(const worker::OpaqueSession session_a,
             vault.opaque_login_finish(OpaqueRecordName::a, started_a.ke2.serialise(), kStretchTimeout));
  TRY_ASSIGN(const auto ke3_a, crypto::Ke3::parse(session_a.ke3));
  TRY_ASSIGN(auto accepted, upstream::finish_password_login(server.client(), started_a.login_id, ke3_a));
  auto key = std::make_unique<SecretKey32>(api::request_key(session_a.session_key.expose()));
  const upstream::RequestKey session = upstream::session_key(accepted.session.id, *key);

  TRY(vault.set_identity(accepted.session.user.bytes(), context.device.computer_id, kCardTimeout));
  TRY_ASSIGN(const std::string question, vault.open_question(accepted.question_seal, kCardTimeout));
  TRY_ASSIGN(UniqueFd answer, client.ask_private("answer", question + " "));
  TRY(vault.collect(Purpose::answer, std::move(answer), kCardTimeout));
  TRY_ASSIGN(const Bytes ke1_b, vault.opaque_login_start(OpaqueRecordName::b, kCardTimeout));
  TRY_ASSIGN(const auto message_b, crypto::Ke1::parse(ke1_b));
  TRY_ASSIGN(const auto started_b, upstream::start_answer_login(server.client(), session, message_b));
  TRY_ASSIGN(const worker::OpaqueSession session_b,
             vault.opaque_login_finish(OpaqueRecordName::b, started_b.ke2.serialise(), kStretchTimeout));
  TRY_ASSIGN(const auto ke3_b, crypto::Ke3::parse(session_b.ke3));
  TRY_ASSIGN(auto answered,
             upstream::finish_answer_login(server.client(), session, started_b.login_id, ke3_b));
  return ProvenIdentity(std::move(accepted), std::move(key), std::move(answered));
}

}  // namespace cardea::recoveryd
