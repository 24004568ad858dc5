// SPDX-License-Identifier: Apache-2.0
#include "upstream/sheet_calls.h"

#include "core/api/proofs.h"
#include "upstream/login_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

constexpr std::uint32_t kMaxSuspended = 10'000;

Result<Answer> prove(ServerClient& client, int tries, const char* path, const std::string& account,
                     const records::SheetCode& code, std::string_view purpose) {
  return call_with_proof(
      client, tries, [&](const Challenge& challenge, const std::string& authority) -> Result<Call> {
        const Bytes proof = api::sheet_proof(authority, challenge.bytes, account, purpose);
        Call call{.method = "POST", .path = path, .repeat = Repeat::never};
        call.body = Json::Object{{"account", account},
                                 {"challenge", Json::bytes(challenge.bytes)},
                                 {"signature", Json::bytes(records::sheet_key(code).sign(proof))}};
        return call;
      });
}

}  // namespace

Result<CardsSuspended> suspend_by_sheet(ServerClient& client, const std::string& account,
                                        const records::SheetCode& code) {
  TRY_ASSIGN(const Answer answer, prove(client, kProofTries, "/v1/sheet/suspend", account, code, "suspend"));
  auto fields = answer_fields(answer.body);
  const CardsSuspended done{fields.number("changed", 0, kMaxSuspended),
                            fields.number("suspended", 0, kMaxSuspended)};
  TRY(complete_answer(fields, "sheet"));
  return done;
}

Result<bool> reopen_by_sheet(ServerClient& client, const std::string& account,
                             const records::SheetCode& code) {
  // Once a day: a second one would be told to wait.
  TRY_ASSIGN(const Answer answer, prove(client, 1, "/v1/accounts/reopen", account, code, "reopen"));
  auto fields = answer_fields(answer.body);
  const bool reopened = fields.boolean("reopened");
  TRY(complete_answer(fields, "sheet"));
  return reopened;
}

}  // namespace cardea::upstream
