// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/upstream/sample_pairings.h"
#include "tests/unit/upstream/sample_parts.h"
#include "tests/unit/upstream/sample_regions.h"
#include "upstream/guest_calls.h"

namespace cardea::upstream {
namespace {

void add_registration(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  out.push_back({.name = "start_registration",
                 .run =
                     [](ServerClient& c) {
                       return status_of(start_registration(c, "ada", Bytes(32, 1), Bytes(32, 2)));
                     },
                 .method = "POST",
                 .path = "/v1/registrations/start",
                 .body = R"({"account":"ada","opaque_a_request":")" + b64(Bytes(32, 1)) +
                         R"(","opaque_b_request":")" + b64(Bytes(32, 2)) + "\"}",
                 .may_repeat = false,
                 .answer = Json::Object{{"registration_id", "token"},
                                        {"user_id", f.user.text()},
                                        {"opaque_a_response", b64(Bytes(64, 1))},
                                        {"opaque_b_response", b64(Bytes(64, 1))},
                                        {"expires_at", 1'800'000'000}}});
  const RegistrationFinish finish{.registration_id = "token",
                                  .opaque_a_record = Bytes(192, 1),
                                  .opaque_b_record = Bytes(192, 2),
                                  .question_seal = Bytes(80, 3),
                                  .recovery_seal = Bytes(94, 4),
                                  .recovery_public = Bytes(65, 5),
                                  .profile = to_bytes(as_bytes("{}")),
                                  .card = {Bytes(91, 6), Bytes(91, 7), Bytes(64, 8), "Blue", "0815"},
                                  .device_spki = f.device.spki(),
                                  .computer_name = "laptop",
                                  .computer_serial = "S1",
                                  .holders = {sample_holder()},
                                  .sheet_check = Bytes(32, 9)};
  const std::string body =
      R"({"registration_id":"token","opaque_a_record":")" + b64(finish.opaque_a_record) +
      R"(","opaque_b_record":")" + b64(finish.opaque_b_record) + R"(","question_seal":")" +
      b64(finish.question_seal) + R"(","recovery_seal":")" + b64(finish.recovery_seal) +
      R"(","recovery_public":")" + b64(finish.recovery_public) +
      R"(","profile":"e30","card":{"auth_spki":")" + b64(Bytes(91, 6)) + R"(","wrap_spki":")" +
      b64(Bytes(91, 7)) + R"(","proof":")" + b64(Bytes(64, 8)) +
      R"(","label":"Blue","serial":"0815"},"computer":{"device_spki":")" + b64(f.device.spki()) +
      R"(","name":"laptop","serial":"S1"},"holders":[{"kind":"sheet","ref":"sheet","epoch":1,"envelope":")" +
      b64(Bytes(94, 9)) + R"("}],"sheet_check":")" + b64(Bytes(32, 9)) + "\"}";
  out.push_back(
      {.name = "finish_registration",
       .run =
           [finish](ServerClient& c) {
             return status_of(finish_registration(c, fixture().device_request, finish, "key-1"));
           },
       .method = "POST",
       .path = "/v1/registrations/finish",
       .body = body,
       .headers = {{"Idempotency-Key", "key-1"}},
       .keyid = dev(),
       .status = 201,
       .answer = Json::Object{{"user_id", f.user.text()}, {"epoch", 1}, {"audit", audit_answer()}}});
}

// The group's base point where elements must be valid.
Bytes sample_ke2() {
  crypto::Ke2 ke2;
  const Bytes base = from_hex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76").value();
  std::copy(base.begin(), base.end(), ke2.evaluated_element.begin());
  std::copy(base.begin(), base.end(), ke2.server_keyshare.begin());
  return ke2.serialise();
}

void add_logins(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  const std::string ke1 = b64(crypto::Ke1{}.serialise());
  const std::string ke3 = b64(crypto::Ke3{}.serialise());
  const Json started = Json::Object{{"login_id", "token"}, {"ke2", b64(sample_ke2())}};
  out.push_back({.name = "start_password_login",
                 .run = [](ServerClient& c) { return status_of(start_password_login(c, "ada", {})); },
                 .method = "POST",
                 .path = "/v1/opaque/a/start",
                 .body = R"({"account":"ada","ke1":")" + ke1 + "\"}",
                 .may_repeat = false,
                 .answer = started});
  Json::Object accepted = *session_answer("password").object();
  accepted.emplace_back("question_seal", b64(Bytes(80, 1)));
  out.push_back({.name = "finish_password_login",
                 .run = [](ServerClient& c) { return status_of(finish_password_login(c, "token", {})); },
                 .method = "POST",
                 .path = "/v1/opaque/a/finish",
                 .body = R"({"login_id":"token","ke3":")" + ke3 + "\"}",
                 .may_repeat = false,
                 .answer = accepted});
  out.push_back(
      {.name = "start_answer_login",
       .run = [](ServerClient& c) { return status_of(start_answer_login(c, fixture().session_request, {})); },
       .method = "POST",
       .path = "/v1/opaque/b/start",
       .body = R"({"ke1":")" + ke1 + "\"}",
       .keyid = ses(),
       .may_repeat = false,
       .answer = started});
  out.push_back({.name = "finish_answer_login",
                 .run =
                     [](ServerClient& c) {
                       return status_of(finish_answer_login(c, fixture().session_request, "token", {}));
                     },
                 .method = "POST",
                 .path = "/v1/opaque/b/finish",
                 .body = R"({"login_id":"token","ke3":")" + ke3 + "\"}",
                 .keyid = ses(),
                 .may_repeat = false,
                 .answer = Json::Object{{"level", "answer"},
                                        {"recovery_seal", b64(Bytes(94, 1))},
                                        {"recovery_public", b64(f.recovery.point())}}});
  out.push_back({.name = "get_challenge",
                 .run = [](ServerClient& c) { return status_of(get_challenge(c)); },
                 .method = "POST",
                 .path = "/v1/sessions/challenge",
                 .body = "{}",
                 .is_keyed = false,
                 .answer = Json::Object{{"challenge", b64(Bytes(32, 1))}, {"expires_at", 1'800'000'000}}});
  out.push_back({.name = "end_session",
                 .run = [](ServerClient& c) { return end_session(c, fixture().session_request); },
                 .method = "DELETE",
                 .path = "/v1/sessions/current",
                 .keyid = ses(),
                 .status = 204});
}

void add_account(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  const std::string user = "?user_id=" + f.user.text();
  out.push_back({.name = "get_account",
                 .run =
                     [](ServerClient& c) {
                       return status_of(get_account(c, fixture().device_request, fixture().user));
                     },
                 .method = "GET",
                 .path = "/v1/account",
                 .query = user,
                 .keyid = dev(),
                 .answer = Json::Object{{"user_id", f.user.text()},
                                        {"account", "ada"},
                                        {"epoch", 1},
                                        {"recovery_public", b64(f.recovery.point())},
                                        {"recovery_signer", signer_answer()},
                                        {"profile", "e30"},
                                        {"audit", audit_answer()}}});
  const Json holder =
      Json::Object{{"kind", "sheet"}, {"ref", "sheet"}, {"epoch", 1}, {"envelope", b64(Bytes(94, 9))}};
  out.push_back(
      {.name = "get_holders",
       .run =
           [](ServerClient& c) { return status_of(get_holders(c, fixture().session_request, std::nullopt)); },
       .method = "GET",
       .path = "/v1/account/holders",
       .keyid = ses(),
       .answer = Json::Object{
           {"holders", Json::Array{holder}},
           {"epoch_seals", Json::Array{Json::Object{{"epoch", 1}, {"envelope", b64(Bytes(94, 1))}}}}}});
  out.push_back({.name = "put_holder",
                 .run =
                     [](ServerClient& c) {
                       return put_holder(c, fixture().device_request, fixture().user, sample_holder());
                     },
                 .method = "PUT",
                 .path = "/v1/account/holders/sheet/sheet",
                 .query = user,
                 .body = R"({"epoch":1,"envelope":")" + b64(Bytes(94, 9)) + "\"}",
                 .keyid = dev(),
                 .status = 204});
  const Json event = Json::Object{{"sequence", 1},
                                  {"time", 1'800'000'000},
                                  {"kind", "card-revoked"},
                                  {"details", Json::Object{}},
                                  {"hash", b64(Bytes(32, 1))}};
  out.push_back({.name = "get_audit",
                 .run =
                     [](ServerClient& c) {
                       return status_of(get_audit(c, fixture().device_request, fixture().user, 7));
                     },
                 .method = "GET",
                 .path = "/v1/audit",
                 .query = user + "&after=7",
                 .keyid = dev(),
                 .answer = Json::Object{{"events", Json::Array{event}}, {"audit", audit_answer()}}});
}

void add_cards(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  out.push_back(
      {.name = "list_cards",
       .run =
           [](ServerClient& c) { return status_of(list_cards(c, fixture().session_request, std::nullopt)); },
       .method = "GET",
       .path = "/v1/cards",
       .keyid = ses(),
       .answer = Json::Object{{"cards", Json::Array{card_answer()}}}});
  out.push_back({.name = "change_card_state",
                 .run =
                     [](ServerClient& c) {
                       const Fixture& x = fixture();
                       return status_of(change_card_state(c, x.session_request, x.card_id,
                                                          CardState::suspended, "lost", 3));
                     },
                 .method = "POST",
                 .path = "/v1/cards/" + f.card_id.text() + "/state",
                 .body = R"({"state":"suspended","reason":"lost"})",
                 .headers = {{"If-Match", "\"3\""}},
                 .keyid = ses(),
                 .answer = card_answer("suspended"),
                 .optional = {"reason"}});
  const Replacement replacement{.reason = "lost",
                                .expected_epoch = 1,
                                .card = {Bytes(91, 6), Bytes(91, 7), Bytes(64, 8), "Red", ""},
                                .holders = {},
                                .epoch_seal = Bytes(94, 1),
                                .computer = f.computer,
                                .computer_proof = Bytes(64, 2),
                                .access_key_session = f.session};
  out.push_back({.name = "replace_card",
                 .run =
                     [replacement](ServerClient& c) {
                       return status_of(replace_card(c, fixture().session_request, replacement, "key-2"));
                     },
                 .method = "POST",
                 .path = "/v1/cards/replace",
                 .body = R"({"reason":"lost","expected_epoch":1,"card":{"auth_spki":")" + b64(Bytes(91, 6)) +
                         R"(","wrap_spki":")" + b64(Bytes(91, 7)) + R"(","proof":")" + b64(Bytes(64, 8)) +
                         R"(","label":"Red","serial":""},"holders":[],"epoch_seal":")" + b64(Bytes(94, 1)) +
                         R"(","computer_id":")" + f.computer.text() + R"(","computer_proof":")" +
                         b64(Bytes(64, 2)) + R"(","access_key_session":")" + f.session.text() + "\"}",
                 .headers = {{"Idempotency-Key", "key-2"}},
                 .keyid = ses(),
                 .answer = Json::Object{
                     {"epoch", 2}, {"revoked", Json::Array{f.card_id.text()}}, {"audit", audit_answer()}}});
}

void add_computers(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  out.push_back({.name = "list_computers",
                 .run =
                     [](ServerClient& c) {
                       return status_of(list_computers(c, fixture().session_request, std::nullopt));
                     },
                 .method = "GET",
                 .path = "/v1/computers",
                 .keyid = ses(),
                 .answer = Json::Object{{"computers", Json::Array{computer_answer()}}}});
  out.push_back({.name = "get_computer",
                 .run =
                     [](ServerClient& c) {
                       const Fixture& x = fixture();
                       return status_of(get_computer(c, x.device_request, x.user, x.computer));
                     },
                 .method = "GET",
                 .path = computer_path(),
                 .query = "?user_id=" + f.user.text(),
                 .keyid = dev(),
                 .answer = computer_answer()});
  out.push_back({.name = "add_computer",
                 .run =
                     [](ServerClient& c) {
                       const NewComputer computer{fixture().device.spki(), "laptop", "S1", Bytes(64, 1), {}};
                       return status_of(add_computer(c, fixture().session_request, computer));
                     },
                 .method = "POST",
                 .path = "/v1/computers",
                 .body = R"({"device_spki":")" + b64(f.device.spki()) +
                         R"(","name":"laptop","serial":"S1","proof":")" + b64(Bytes(64, 1)) +
                         R"(","holders":[]})",
                 .keyid = ses(),
                 .status = 201,
                 .answer = computer_answer()});
  const Json checked = Json::Object{
      {"fit", "ok"},
      {"issued", 2},
      {"generation", 3},
      {"rotate", true},
      {"cards",
       Json::Array{Json::Object{
           {"card_id", f.card_id.text()}, {"state", "revoked"}, {"reason", "lost"}, {"version", 5}}}},
      {"epoch", 1},
      {"server_time", 1'800'000'000},
      {"audit", audit_answer()}};
  const auto check = [](std::uint32_t generation) {
    return [generation](ServerClient& c) {
      const Fixture& x = fixture();
      return status_of(check_in(c, x.device_request, x.computer, {x.user, generation, Bytes(32, 1), 4}));
    };
  };
  out.push_back({.name = "check_in",
                 .run = check(3),
                 .method = "POST",
                 .path = computer_path("/checkin"),
                 .body = R"({"user_id":")" + f.user.text() + R"(","generation":3,"check_k0":")" +
                         b64(Bytes(32, 1)) + R"(","used":4})",
                 .keyid = dev(),
                 .answer = checked});
  out.push_back({.name = "check_in without generation",
                 .run = check(0),
                 .method = "POST",
                 .path = computer_path("/checkin"),
                 .body = R"({"user_id":")" + f.user.text() + R"(","generation":0,"used":4})",
                 .keyid = dev(),
                 .answer = checked});
}

void add_access_keys(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  const std::string user = R"({"user_id":")" + f.user.text() + "\"";
  out.push_back({.name = "begin_generation",
                 .run =
                     [](ServerClient& c) {
                       const Fixture& x = fixture();
                       return status_of(begin_generation(c, x.device_request, x.computer, x.user));
                     },
                 .method = "POST",
                 .path = computer_path("/access-keys/begin"),
                 .body = user + "}",
                 .keyid = dev(),
                 .answer = Json::Object{{"generation", 3},
                                        {"server_random", b64(Bytes(32, 1))},
                                        {"recovery_public", b64(f.recovery.point())},
                                        {"recovery_signer", signer_answer()}}});
  access_key::CheckValue check{};
  check.fill(7);
  out.push_back({.name = "prepare_generation",
                 .run =
                     [check](ServerClient& c) {
                       const Fixture& x = fixture();
                       return prepare_generation(c, x.device_request, x.computer,
                                                 {x.user, 3, Bytes(115, 1), check, x.device.spki()});
                     },
                 .method = "POST",
                 .path = computer_path("/access-keys/prepare"),
                 .body = user + R"(,"generation":3,"seal":")" + b64(Bytes(115, 1)) + R"(","check_k0":")" +
                         b64(check) + R"(","login_public":")" + b64(f.device.spki()) + "\"}",
                 .keyid = dev(),
                 .status = 204});
  out.push_back({.name = "commit_generation",
                 .run =
                     [check](ServerClient& c) {
                       const Fixture& x = fixture();
                       return commit_generation(c, x.device_request, x.computer, x.user, 3, check);
                     },
                 .method = "POST",
                 .path = computer_path("/access-keys/commit"),
                 .body = user + R"(,"generation":3,"check_k0":")" + b64(check) + "\"}",
                 .keyid = dev(),
                 .answer = Json::Object{{"generation", 3}, {"state", "current"}}});
  out.push_back({.name = "issue_access_key",
                 .run =
                     [](ServerClient& c) {
                       return status_of(issue_access_key(c, fixture().session_request, fixture().computer));
                     },
                 .method = "POST",
                 .path = "/v1/access-keys/issue",
                 .body = R"({"computer_id":")" + f.computer.text() + "\"}",
                 .keyid = ses(),
                 .answer = Json::Object{{"computer", computer_answer()},
                                        {"generation", 3},
                                        {"index", 1},
                                        {"seal", b64(Bytes(115, 1))},
                                        {"check_k0", b64(check)}}});
}

void add_guests(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  const Bytes spki(44, 3);
  out.push_back(
      {.name = "get_guest_statement",
       .run =
           [spki](ServerClient& c) {
             return status_of(get_guest_statement(c, fixture().device_request, spki, fixture().card_id));
           },
       .method = "POST",
       .path = "/v1/guests/statement",
       .body = R"({"computer":{"device_spki":")" + b64(spki) + R"("},"card_id":")" + f.card_id.text() + "\"}",
       .keyid = dev(),
       .answer = Json::Object{
           {"statement", b64(Bytes(200, 1))}, {"signature", b64(Bytes(64, 2))}, {"key", b64(Bytes(44, 3))}}});
}

void add_records(std::vector<SampleCall>& out) {
  const auto record = sample_record(5);
  const auto fresh = sample_record(1);
  const std::string id = to_hex(record.name.id);
  const Json stored = Json::Object{{"record_id", id}, {"version", 5}, {"epoch", 1}};
  const Json entry = Json::Object{{"record_id", id}, {"version", 5},     {"epoch", 1},
                                  {"size", 414},     {"deleted", false}, {"changed", 1'800'000'000}};
  const auto list = [](const std::string& cursor) {
    return
        [cursor](ServerClient& c) { return status_of(list_records(c, fixture().session_request, cursor)); };
  };
  const Json page = Json::Object{{"records", Json::Array{entry}}, {"cursor", "18"}, {"more", true}};
  out.push_back({.name = "list_records",
                 .run = list(""),
                 .method = "GET",
                 .path = "/v1/records",
                 .keyid = ses(),
                 .answer = page});
  out.push_back({.name = "list_records from a cursor",
                 .run = list("17"),
                 .method = "GET",
                 .path = "/v1/records",
                 .query = "?cursor=17",
                 .keyid = ses(),
                 .answer = page});
  Json::Object whole = *stored.object();
  whole.emplace_back("envelope", b64(record.envelope));
  out.push_back({.name = "get_record",
                 .run =
                     [record](ServerClient& c) {
                       return status_of(
                           get_record(c, fixture().session_request, api::RecordId(record.name.id)));
                     },
                 .method = "GET",
                 .path = "/v1/records/" + id,
                 .keyid = ses(),
                 .answer = whole});
  const auto put = [](const records::SealedRecord& r) {
    return [r](ServerClient& c) { return put_record(c, fixture().session_request, r); };
  };
  const auto put_body = [](const records::SealedRecord& r) {
    return R"({"epoch":1,"envelope":")" + b64(r.envelope) + "\"}";
  };
  out.push_back({.name = "put_record",
                 .run = put(record),
                 .method = "PUT",
                 .path = "/v1/records/" + id,
                 .body = put_body(record),
                 .headers = {{"If-Match", "\"4\""}},
                 .keyid = ses(),
                 .may_repeat = false,
                 .answer = stored,
                 .optional = {"record_id", "epoch"}});
  out.push_back({.name = "put_record, a new one",
                 .run = put(fresh),
                 .method = "PUT",
                 .path = "/v1/records/" + id,
                 .body = put_body(fresh),
                 .headers = {{"If-None-Match", "*"}},
                 .keyid = ses(),
                 .may_repeat = false,
                 .status = 201,
                 .answer = Json::Object{{"record_id", id}, {"version", 1}, {"epoch", 1}},
                 .optional = {"record_id", "epoch"}});
  out.push_back(
      {.name = "rewrap_record",
       .run = [record](ServerClient& c) { return rewrap_record(c, fixture().session_request, record); },
       .method = "POST",
       .path = "/v1/records/" + id + "/rewrap",
       .body =
           R"({"version":5,"epoch":1,"wrapped_key":")" + b64(records::wrapped_key_of(record).value()) + "\"}",
       .headers = {{"If-Match", "\"5\""}},
       .keyid = ses(),
       .answer = stored,
       .optional = {"record_id", "epoch"}});
  out.push_back(
      {.name = "delete_record",
       .run = [record](ServerClient& c) { return delete_record(c, fixture().session_request, record.name); },
       .method = "DELETE",
       .path = "/v1/records/" + id,
       .headers = {{"If-Match", "\"5\""}},
       .keyid = ses(),
       .may_repeat = false,
       .status = 204});
}

std::vector<SampleCall> make_calls() {
  std::vector<SampleCall> out;
  add_registration(out);
  add_logins(out);
  add_account(out);
  add_cards(out);
  add_computers(out);
  add_access_keys(out);
  add_records(out);
  add_guests(out);
  add_pairings(out);
  add_regions(out);
  add_officers(out);
  return out;
}

}  // namespace

const std::vector<SampleCall>& sample_calls() {
  static const std::vector<SampleCall> kCalls = make_calls();
  return kCalls;
}

}  // namespace cardea::upstream
