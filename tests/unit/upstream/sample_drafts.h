// SPDX-License-Identifier: Apache-2.0
// The calls about a registration that was prepared in a browser, for sample_calls.cpp.
#pragma once

#include "tests/unit/upstream/sample_parts.h"
#include "upstream/draft_calls.h"

namespace cardea::upstream {
namespace {

void add_draft_logins(std::vector<SampleCall>& out, const Bytes& ke2) {
  const Bytes sheet(44, 7);
  const std::string body =
      R"({"sheet_check":")" + b64(sheet) + R"(","ke1":")" + b64(crypto::Ke1{}.serialise()) + "\"}";
  out.push_back(
      {.name = "ask_draft_question",
       .run = [sheet](ServerClient& c) { return status_of(ask_draft_question(c, sheet, {})); },
       .method = "POST",
       .path = "/v1/drafts/question",
       .body = body,
       .may_repeat = false,
       .answer = Json::Object{
           {"user_id", fixture().user.text()}, {"ke2", b64(ke2)}, {"question_seal", b64(Bytes(80, 1))}}});
  out.push_back({.name = "answer_draft_question",
                 .run = [sheet](ServerClient& c) { return status_of(answer_draft_question(c, sheet, {})); },
                 .method = "POST",
                 .path = "/v1/drafts/answer",
                 .body = body,
                 .may_repeat = false,
                 .answer = Json::Object{{"login_id", "token"},
                                        {"ke2", b64(ke2)},
                                        {"recovery_seal", b64(Bytes(94, 1))},
                                        {"recovery_public", b64(fixture().recovery.point())}}});
}

void add_draft_end(std::vector<SampleCall>& out) {
  const Fixture& f = fixture();
  const DraftFinish finish{.login_id = "token",
                           .ke3 = {},
                           .account = "ada",
                           .profile = to_bytes(as_bytes("{}")),
                           .card = {Bytes(91, 6), Bytes(91, 7), Bytes(64, 8), "Blue", "0815"},
                           .device_spki = f.device.spki(),
                           .computer_name = "laptop",
                           .computer_serial = "S1",
                           .holders = {sample_holder()}};
  const std::string body =
      R"({"login_id":"token","ke3":")" + b64(crypto::Ke3{}.serialise()) +
      R"(","account":"ada","profile":"e30","card":{"auth_spki":")" + b64(Bytes(91, 6)) +
      R"(","wrap_spki":")" + b64(Bytes(91, 7)) + R"(","proof":")" + b64(Bytes(64, 8)) +
      R"(","label":"Blue","serial":"0815"},"computer":{"device_spki":")" + b64(f.device.spki()) +
      R"(","name":"laptop","serial":"S1"},"holders":[{"kind":"sheet","ref":"sheet","epoch":1,"envelope":")" +
      b64(Bytes(94, 9)) + R"("}]})";
  out.push_back(
      {.name = "finish_draft",
       .run =
           [finish](ServerClient& c) {
             return status_of(finish_draft(c, fixture().device_request, finish, "key-1"));
           },
       .method = "POST",
       .path = "/v1/drafts/finish",
       .body = body,
       .headers = {{"Idempotency-Key", "key-1"}},
       .keyid = dev(),
       .status = 201,
       .answer = Json::Object{{"user_id", f.user.text()}, {"epoch", 1}, {"audit", audit_answer()}}});
}

}  // namespace
}  // namespace cardea::upstream
