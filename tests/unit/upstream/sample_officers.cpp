// SPDX-License-Identifier: Apache-2.0
// The sample calls of a help-desk officer; sample_calls.cpp has all the others.
#include "tests/unit/upstream/sample_calls.h"
#include "upstream/officer_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

// The same in every run.
struct Fixture {
  crypto::Ed25519KeyPair key = crypto::Ed25519KeyPair::from_seed(SecretKey32());
  api::SessionId session = api::SessionId::from_bytes(Bytes(16, 0xcd)).value();
  api::UserId user = api::UserId::from_bytes(Bytes(16, 0xab)).value();
  api::RequestId request = api::RequestId::from_bytes(Bytes(16, 0xef)).value();
  api::ComputerId computer = api::ComputerId::from_bytes(Bytes(32, 0x12)).value();
  api::CardId card = api::CardId::from_bytes(Bytes(32, 0x34)).value();
  RequestKey by = officer_key(session, key);
};

const Fixture& fixture() {
  static const Fixture kFixture;
  return kFixture;
}

template <typename T>
Status status_of(const Result<T>& result) {
  return result.ok() ? Status() : Status(result.failure());
}

Json request_answer() {
  const Fixture& f = fixture();
  return Json::Object{{"request_id", f.request.text()},
                      {"kind", "access-key"},
                      {"state", "approved"},
                      {"account", "anna"},
                      {"computer", Json::Object{{"name", "laptop"}}},
                      {"officer", "olaf"},
                      {"second", "otto"},
                      {"reason", "Lost her bag"},
                      {"expires_at", 1'800'003'600}};
}

Json person_answer() {
  const Fixture& f = fixture();
  const Json computer = Json::Object{
      {"computer_id", f.computer.text()}, {"name", "laptop"}, {"serial", "S1"}, {"can_issue", true}};
  const Json card = Json::Object{{"card_id", f.card.text()}, {"label", "Blue"}, {"state", "active"}};
  return Json::Object{{"user_id", f.user.text()},
                      {"account", "anna"},
                      {"computers", Json::Array{computer}},
                      {"cards", Json::Array{card}},
                      {"closed", false}};
}

Json issued_answer() {
  const Fixture& f = fixture();
  return Json::Object{{"computer", Json::Object{{"computer_id", f.computer.text()},
                                                {"name", "laptop"},
                                                {"serial", "S1"},
                                                {"generation", 3},
                                                {"issued", 1},
                                                {"used", 0},
                                                {"fit", "ok"},
                                                {"last_seen", 1'800'000'000}}},
                      {"user_id", f.user.text()},
                      {"generation", 3},
                      {"index", 1},
                      {"seal", to_base64url(Bytes(115, 1))},
                      {"check_k0", to_base64url(Bytes(32, 2))}};
}

SampleCall sample(const std::string& name, std::function<Status(ServerClient&)> run, const std::string& path,
                  const std::string& body, const Json& answer) {
  return {.name = name,
          .run = std::move(run),
          .method = "POST",
          .path = "/v1/officers/" + path,
          .body = body,
          .keyid = "officer:" + fixture().session.text(),
          .answer = answer};
}

}  // namespace

void add_officers(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  const std::vector<std::string> optional{"computer", "second"};
  out.push_back(sample(
      "get_officer_key_code",
      [](ServerClient& c) { return status_of(get_officer_key_code(c, fixture().by)); }, "key-codes", "{}",
      Json::Object{{"code", "AAECAw"}, {"expires_at", 1'800'000'600}}));
  out.push_back(sample(
      "find_person", [](ServerClient& c) { return status_of(find_person(c, fixture().by, "anna")); }, "find",
      R"({"account":"anna"})", person_answer()));
  const OfficerAsk ask{f.user, "access-key", f.computer, {}, {"call-back"}, "Lost her bag"};
  out.push_back(sample(
      "ask_as_officer", [ask](ServerClient& c) { return status_of(ask_as_officer(c, fixture().by, ask)); },
      "requests",
      R"({"user_id":")" + f.user.text() +
          R"(","kind":"access-key","verified":["call-back"],"reason":"Lost her bag","computer_id":")" +
          f.computer.text() + "\"}",
      request_answer()));
  out.back().status = 201;
  out.back().optional = optional;
  out.push_back(sample(
      "list_officer_requests",
      [](ServerClient& c) { return status_of(list_officer_requests(c, fixture().by)); }, "requests", "",
      Json::Object{{"requests", Json::Array{request_answer()}}}));
  out.back().method = "GET";
  out.back().optional = {"requests.computer", "requests.second"};
  const std::string request = "requests/" + f.request.text();
  out.push_back(sample(
      "step_officer_request",
      [](ServerClient& c) {
        return status_of(step_officer_request(c, fixture().by, fixture().request, "approve"));
      },
      request + "/approve", "{}", request_answer()));
  out.back().optional = optional;
  out.push_back(sample(
      "issue_as_officer",
      [](ServerClient& c) { return status_of(issue_as_officer(c, fixture().by, fixture().request)); },
      request + "/issue", "{}", issued_answer()));
}

}  // namespace cardea::upstream
