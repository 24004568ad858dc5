// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/test_user.h"

#include <stdexcept>

namespace cardea::test {
namespace {

using api::Json;

// Argon2id would cost 100 ms a login and tests nothing of the server, which never sees it.
Result<SecretArray<64>> no_stretch(const SecretArray<64>& input) { return input.clone(); }

SystemRandom& random() {
  static SystemRandom source;
  return source;
}

std::string both(const std::string& password, const std::string& answer) { return password + "\n" + answer; }

void expect(const HttpReply& reply, int status, const char* what) {
  if (reply.status != status) {
    throw std::runtime_error(std::string(what) + ": " + std::to_string(reply.status) + " " + reply.body);
  }
}

}  // namespace

std::string random_text(std::size_t bytes) {
  Bytes out(bytes);
  random().fill(out);
  return to_base64url(out);
}

Json holder_json(std::string_view kind, std::string_view ref, std::uint32_t epoch) {
  return Json::Object{{"kind", kind}, {"ref", ref}, {"epoch", epoch}, {"envelope", random_text(104)}};
}

TestCard TestCard::make() {
  return {crypto::P256KeyPair::generate(random()), crypto::P256KeyPair::generate(random())};
}

Json TestCard::json(const api::UserId& user, ByteView recovery_public) const {
  const Bytes proof = api::card_proof(user, auth.spki(), wrap.spki(), recovery_public);
  return Json::Object{{"auth_spki", Json::bytes(auth.spki())},
                      {"wrap_spki", Json::bytes(wrap.spki())},
                      {"proof", Json::bytes(auth.sign(proof))},
                      {"label", "cardea00"},
                      {"serial", "0001"}};
}

TestComputer TestComputer::make() {
  return {std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(random()))};
}

Identity TestComputer::identity() const {
  return {"device:" + id().text(), api::SignatureAlgorithm::ed25519, device, nullptr};
}

std::string TestComputer::path(std::string_view rest) const {
  return "/v1/computers/" + id().text() + std::string(rest);
}

TestUser::TestUser(ApiClient& api_client, std::string account_name, std::string user_password,
                   std::string user_answer)
    : client(api_client),
      account(std::move(account_name)),
      password(std::move(user_password)),
      answer(std::move(user_answer)),
      card(TestCard::make()),
      computer(TestComputer::make()) {
  const auto recovery = crypto::P256KeyPair::generate(random());
  recovery_public = to_bytes(recovery.point());
}

HttpReply TestUser::register_now(const std::function<void(Json::Object&)>& change,
                                 ApiClient::Headers headers) {
  auto a = crypto::OpaqueClientRegistration::start(as_bytes(password), random()).value();
  auto b = crypto::OpaqueClientRegistration::start(as_bytes(both(password, answer)), random()).value();
  const auto started = client.post("/v1/registrations/start",
                                   Json::Object{{"account", account},
                                                {"opaque_a_request", Json::bytes(a.request().serialise())},
                                                {"opaque_b_request", Json::bytes(b.request().serialise())}});
  if (started.status != 200) return started;
  id = api::UserId::from_text(started.text("user_id")).value();
  const auto finish = [&](crypto::OpaqueClientRegistration&& one, const char* name) {
    const auto response = crypto::RegistrationResponse::parse(started.bytes(name)).value();
    return std::move(one).finalize(response, {}, no_stretch, random()).value();
  };
  const auto record_a = finish(std::move(a), "opaque_a_response");
  const auto record_b = finish(std::move(b), "opaque_b_response");
  export_key_hex = to_hex(record_b.export_key.expose());
  Json::Object body = *finish_body(started).object();
  for (auto& [name, value] : body) {
    if (name == "opaque_a_record") value = Json::bytes(record_a.record.serialise());
    if (name == "opaque_b_record") value = Json::bytes(record_b.record.serialise());
  }
  if (change) change(body);
  return client.post("/v1/registrations/finish", body, computer.identity(), std::move(headers));
}

Json TestUser::finish_body(const HttpReply& started) {
  const auto user = api::UserId::from_text(started.text("user_id")).value();
  return Json::Object{{"registration_id", started.text("registration_id")},
                      {"opaque_a_record", random_text(192)},
                      {"opaque_b_record", random_text(192)},
                      {"question_seal", random_text(100)},
                      {"recovery_seal", random_text(104)},
                      {"recovery_public", Json::bytes(recovery_public)},
                      {"profile", random_text(200)},
                      {"card", card.json(user, recovery_public)},
                      {"computer", Json::Object{{"device_spki", Json::bytes(computer.device->spki())},
                                                {"name", "laptop"},
                                                {"serial", "SN1"}}},
                      {"holders", Json::Array{holder_json("card", card.id().text(), 1),
                                              holder_json("recovery", computer.id().text(), 1),
                                              holder_json("sheet", "sheet", 1)}},
                      {"sheet_check", random_text(32)}};
}

HttpReply TestUser::opaque(const std::string& which, const std::string& secret, const Identity* identity,
                           SecretArray<64>* session_key) {
  auto login = crypto::OpaqueClientLogin::start(as_bytes(secret), random()).value();
  Json::Object start{{"ke1", Json::bytes(login.ke1().serialise())}};
  if (which == "a") start.emplace_back("account", account);
  const HttpReply started = client.call("POST", "/v1/opaque/" + which + "/start", Json(start), identity);
  if (started.status != 200) return started;
  const auto ke2 = crypto::Ke2::parse(started.bytes("ke2")).value();
  auto finished = std::move(login).finish(ke2, {}, no_stretch);
  // A client that sees the wrong answer has nothing to send; the test sends something all the same.
  const Bytes ke3 = finished.ok() ? finished->ke3.serialise() : Bytes(64, 7);
  if (finished.ok() && session_key != nullptr) *session_key = std::move(finished->session_key);
  return client.call("POST", "/v1/opaque/" + which + "/finish",
                     Json(Json::Object{{"login_id", started.text("login_id")}, {"ke3", Json::bytes(ke3)}}),
                     identity);
}

HttpReply TestUser::login_password(const std::string& secret) {
  SecretArray<64> session_key;
  const HttpReply reply = opaque("a", secret, nullptr, &session_key);
  if (reply.status == 200) {
    session = {"session:" + reply.text("session_id"), api::SignatureAlgorithm::hmac_sha256, nullptr,
               std::make_shared<SecretKey32>(api::request_key(session_key.expose()))};
  }
  return reply;
}

HttpReply TestUser::login_answer(const std::string& given) {
  return opaque("b", both(password, given), &session, nullptr);
}

void TestUser::log_in() {
  expect(login_password(password), 200, "password");
  expect(login_answer(answer), 200, "answer");
}

HttpReply TestUser::open_card_session(const TestCard& with) {
  const Bytes challenge = client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge");
  auto key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(random()));
  const std::int64_t expires_at = client.now() + 3600;
  const Bytes proof = api::card_session_proof(client.authority(), challenge, key->spki(),
                                              static_cast<std::uint64_t>(expires_at));
  const HttpReply reply =
      client.post("/v1/sessions/card", Json::Object{{"card_id", with.id().text()},
                                                    {"challenge", Json::bytes(challenge)},
                                                    {"session_spki", Json::bytes(key->spki())},
                                                    {"expires_at", expires_at},
                                                    {"signature", Json::bytes(with.auth.sign(proof))}});
  if (reply.status == 201) {
    card_identity = {"session:" + reply.text("session_id"), api::SignatureAlgorithm::ed25519, key, nullptr};
  }
  return reply;
}

HttpReply TestUser::open_access_key_session(const TestComputer& of, const TestGeneration& generation) {
  const Bytes challenge = client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge");
  auto key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(random()));
  const Bytes proof =
      api::access_key_session_proof(client.authority(), challenge, of.id(), id, generation.number);
  const HttpReply reply = client.post(
      "/v1/sessions/access-key", Json::Object{{"computer_id", of.id().text()},
                                              {"user_id", id.text()},
                                              {"generation", generation.number},
                                              {"challenge", Json::bytes(challenge)},
                                              {"session_spki", Json::bytes(key->spki())},
                                              {"signature", Json::bytes(generation.login_key->sign(proof))}});
  if (reply.status == 201) {
    access_key_identity = {"session:" + reply.text("session_id"), api::SignatureAlgorithm::ed25519, key,
                           nullptr};
  }
  return reply;
}

TestGeneration TestUser::begin(const TestComputer& of) {
  const HttpReply begun =
      client.post(of.path("/access-keys/begin"), Json::Object{{"user_id", id.text()}}, of.identity());
  expect(begun, 200, "begin");
  TestGeneration generation;
  generation.number = static_cast<std::uint32_t>(begun.number("generation"));
  generation.check_k0 = from_base64url(random_text(32)).value();
  generation.seal = from_base64url(random_text(115)).value();
  generation.login_key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(random()));
  return generation;
}

HttpReply TestUser::prepare(const TestComputer& of, const TestGeneration& generation) {
  return client.post(of.path("/access-keys/prepare"),
                     Json::Object{{"user_id", id.text()},
                                  {"generation", generation.number},
                                  {"seal", Json::bytes(generation.seal)},
                                  {"check_k0", Json::bytes(generation.check_k0)},
                                  {"login_public", Json::bytes(generation.login_key->spki())}},
                     of.identity());
}

HttpReply TestUser::commit(const TestComputer& of, const TestGeneration& generation) {
  return client.post(of.path("/access-keys/commit"),
                     Json::Object{{"user_id", id.text()},
                                  {"generation", generation.number},
                                  {"check_k0", Json::bytes(generation.check_k0)}},
                     of.identity());
}

TestGeneration TestUser::make_generation(const TestComputer& of) {
  TestGeneration generation = begin(of);
  expect(prepare(of, generation), 204, "prepare");
  expect(commit(of, generation), 200, "commit");
  return generation;
}

HttpReply TestUser::check_in(const TestComputer& of, const TestGeneration& generation, std::uint32_t used) {
  return client.post(of.path("/checkin"),
                     Json::Object{{"user_id", id.text()},
                                  {"generation", generation.number},
                                  {"check_k0", Json::bytes(generation.check_k0)},
                                  {"used", used}},
                     of.identity());
}

HttpReply TestUser::issue(const TestComputer& of, ApiClient::Headers headers) {
  return client.post("/v1/access-keys/issue", Json::Object{{"computer_id", of.id().text()}}, session,
                     std::move(headers));
}

HttpReply TestUser::add_computer(const TestComputer& added, const Identity& by) {
  const Bytes proof = api::computer_proof(id, added.device->spki());
  return client.post("/v1/computers",
                     Json::Object{{"device_spki", Json::bytes(added.device->spki())},
                                  {"name", "desk"},
                                  {"serial", "SN2"},
                                  {"proof", Json::bytes(added.device->sign(proof))},
                                  {"holders", Json::Array{holder_json("recovery", added.id().text(), 1)}}},
                     by);
}

Json TestUser::replace_body(const TestCard& new_card, const TestComputer& on, std::uint32_t epoch,
                            std::string_view reason) {
  const Bytes proof = api::replace_proof(id, new_card.id(), epoch + 1);
  return Json::Object{{"reason", reason},
                      {"expected_epoch", epoch},
                      {"card", new_card.json(id, recovery_public)},
                      {"holders", Json::Array{holder_json("card", new_card.id().text(), epoch + 1),
                                              holder_json("recovery", on.id().text(), epoch + 1),
                                              holder_json("sheet", "sheet", epoch + 1)}},
                      {"epoch_seal", random_text(94)},
                      {"computer_id", on.id().text()},
                      {"computer_proof", Json::bytes(on.device->sign(proof))}};
}

}  // namespace cardea::test
