// SPDX-License-Identifier: Apache-2.0
#include "upstream/login_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

constexpr std::size_t kMaxToken = 4096;

Result<LoginStarted> read_started(const Json& json) {
  auto fields = answer_fields(json);
  LoginStarted started;
  started.login_id = fields.text("login_id", 1, kMaxToken);
  const Bytes ke2 = fields.bytes("ke2", crypto::Ke2::kSize);
  TRY(complete_answer(fields, "login"));
  auto message = crypto::Ke2::parse(ke2);
  if (!message.ok()) return fail(Error::server_misbehaved, "login: not a KE2");
  started.ke2 = std::move(message).value();
  return started;
}

Call post(std::string path, Json::Object body, const RequestKey* key = nullptr) {
  Call call{.method = "POST", .path = std::move(path), .key = key, .repeat = Repeat::never};
  call.body = std::move(body);
  return call;
}

}  // namespace

Result<LoginStarted> start_password_login(ServerClient& client, const std::string& account,
                                          const crypto::Ke1& ke1) {
  TRY_ASSIGN(
      const Answer answer,
      client.call(post("/v1/opaque/a/start", {{"account", account}, {"ke1", Json::bytes(ke1.serialise())}})));
  return read_started(answer.body);
}

Result<PasswordAccepted> finish_password_login(ServerClient& client, const std::string& login_id,
                                               const crypto::Ke3& ke3) {
  TRY_ASSIGN(const Answer answer,
             client.call(post("/v1/opaque/a/finish",
                              {{"login_id", login_id}, {"ke3", Json::bytes(ke3.serialise())}})));
  auto fields = answer_fields(answer.body);
  PasswordAccepted accepted;
  accepted.question_seal = fields.bytes("question_seal", 1, kMaxSeal);
  TRY(complete_answer(fields, "login"));
  TRY_ASSIGN(accepted.session, read_session(answer.body));
  return accepted;
}

Result<LoginStarted> start_answer_login(ServerClient& client, const RequestKey& session,
                                        const crypto::Ke1& ke1) {
  TRY_ASSIGN(const Answer answer,
             client.call(post("/v1/opaque/b/start", {{"ke1", Json::bytes(ke1.serialise())}}, &session)));
  return read_started(answer.body);
}

Result<AnswerAccepted> finish_answer_login(ServerClient& client, const RequestKey& session,
                                           const std::string& login_id, const crypto::Ke3& ke3) {
  TRY_ASSIGN(const Answer answer,
             client.call(post("/v1/opaque/b/finish",
                              {{"login_id", login_id}, {"ke3", Json::bytes(ke3.serialise())}}, &session)));
  auto fields = answer_fields(answer.body);
  AnswerAccepted accepted;
  accepted.recovery_seal = fields.bytes("recovery_seal", 1, kMaxSeal);
  accepted.recovery_public = fields.bytes("recovery_public", 65);
  TRY(complete_answer(fields, "login"));
  TRY_ASSIGN(const SessionLevel level, read_level(answer.body));
  if (level != SessionLevel::answer) return fail(Error::server_misbehaved, "the session was not raised");
  return accepted;
}

Result<Challenge> get_challenge(ServerClient& client) {
  Call call = post("/v1/sessions/challenge", {});
  call.repeat = Repeat::harmless;  // one that nobody uses costs nothing
  TRY_ASSIGN(const Answer answer, client.call(call));
  auto fields = answer_fields(answer.body);
  Challenge challenge;
  challenge.bytes = fields.bytes("challenge", 16, 128);
  challenge.expires_at = fields.integer("expires_at", 0, std::int64_t{1} << 40);
  TRY(complete_answer(fields, "challenge"));
  return challenge;
}

Result<Answer> call_with_proof(ServerClient& client, int tries, const ProofMaker& prove) {
  Result<Answer> last = Error::server_unreachable;
  for (int n = 0; n < tries; ++n) {
    TRY_ASSIGN(const Challenge challenge, get_challenge(client));
    const std::string authority = client.authority();
    TRY_ASSIGN(Call call, prove(challenge, authority));
    call.only_at = authority;
    last = client.call(call);
    if (last.ok() || last.error() != Error::server_unreachable) break;
  }
  return last;
}

Result<SessionInfo> open_card_session(ServerClient& client, const api::CardId& card, ByteView session_spki,
                                      std::int64_t expires_at, const CardSigner& sign) {
  const auto answer = call_with_proof(
      client, kProofTries, [&](const Challenge& challenge, const std::string& authority) -> Result<Call> {
        TRY_ASSIGN(const Bytes signature,
                   sign(api::card_session_proof(authority, challenge.bytes, session_spki,
                                                static_cast<std::uint64_t>(expires_at))));
        return post("/v1/sessions/card", {{"card_id", card.text()},
                                          {"challenge", Json::bytes(challenge.bytes)},
                                          {"session_spki", Json::bytes(session_spki)},
                                          {"expires_at", expires_at},
                                          {"signature", Json::bytes(signature)}});
      });
  if (!answer.ok()) return answer.failure();
  return read_session(answer->body);
}

Result<SessionInfo> open_access_key_session(ServerClient& client, const access_key::ChainContext& whose,
                                            const access_key::AccessKey& root, ByteView session_spki) {
  const api::ComputerId computer(whose.computer);
  const api::UserId user(whose.user);
  const auto answer = call_with_proof(
      client, kProofTries, [&](const Challenge& challenge, const std::string& authority) -> Result<Call> {
        const auto signature = access_key::login_key_pair(root).sign(
            api::access_key_session_proof(authority, challenge.bytes, computer, user, whose.generation));
        return post("/v1/sessions/access-key", {{"computer_id", computer.text()},
                                                {"user_id", user.text()},
                                                {"generation", whose.generation},
                                                {"challenge", Json::bytes(challenge.bytes)},
                                                {"session_spki", Json::bytes(session_spki)},
                                                {"signature", Json::bytes(signature)}});
      });
  if (!answer.ok()) return answer.failure();
  return read_session(answer->body);
}

Status end_session(ServerClient& client, const RequestKey& session) {
  TRY(client.call({.method = "DELETE", .path = "/v1/sessions/current", .key = &session}));
  return {};
}

}  // namespace cardea::upstream
