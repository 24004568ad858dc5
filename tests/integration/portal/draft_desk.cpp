// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/portal/draft_desk.h"

#include "core/crypto/opaque_client.h"
#include "core/crypto/password_input.h"
#include "core/records/recovery_key.h"
#include "core/records/sheet_code.h"
#include "upstream/draft_calls.h"

namespace cardea::upstream {
namespace {

Result<crypto::OpaqueClientSession> finish_login(crypto::OpaqueClientLogin login, const crypto::Ke2& ke2) {
  TRY_ASSIGN(const auto stretch, crypto::argon2id_stretch());
  return std::move(login).finish(ke2, {}, stretch);
}

NewCard software_card(const DraftOwner& owner, const api::UserId& user, ByteView recovery_public) {
  const Bytes proof = api::card_proof(user, owner.auth.spki(), owner.wrap.spki(), recovery_public);
  return {owner.auth.spki(), owner.wrap.spki(), to_bytes(owner.auth.sign(proof)), "Blue card", "0815-4711"};
}

}  // namespace

Result<FinishedDraft> finish_prepared(ServerClient& client, Random& random, const DraftOwner& owner,
                                      std::string_view typed_sheet) {
  TRY_ASSIGN(auto sheet, records::parse_sheet_code(as_bytes(typed_sheet)));
  const Bytes check = records::sheet_check(sheet);
  TRY_ASSIGN(const auto input_a, crypto::password_input(as_bytes(owner.password)));
  TRY_ASSIGN(const auto input_b,
             crypto::password_and_answer_input(as_bytes(owner.password), as_bytes(owner.answer)));
  TRY_ASSIGN(auto a, crypto::OpaqueClientLogin::start(input_a.expose(), random));
  TRY_ASSIGN(const auto found, ask_draft_question(client, check, a.ke1()));
  TRY_ASSIGN(const auto session_a, finish_login(std::move(a), found.ke2));
  const auto& user = found.user.bytes();
  TRY_ASSIGN(const auto question, records::open_question(found.question_seal, user, session_a.export_key));
  TRY_ASSIGN(auto b, crypto::OpaqueClientLogin::start(input_b.expose(), random));
  TRY_ASSIGN(const auto answered, answer_draft_question(client, check, b.ke1()));
  TRY_ASSIGN(const auto session_b, finish_login(std::move(b), answered.ke2));
  TRY(records::open_recovery_key(answered.recovery_seal, user, session_b.export_key,
                                 answered.recovery_public));

  DraftFinish finish;
  finish.login_id = answered.login_id;
  finish.ke3 = session_b.ke3;
  finish.account = owner.account;
  finish.card = software_card(owner, found.user, answered.recovery_public);
  finish.device_spki = owner.device.spki();
  finish.computer_name = owner.computer_name;
  TRY_ASSIGN(const auto by_card,
             records::seal_for_card(owner.root, user, api::card_id_of(owner.auth.spki()).bytes(),
                                    owner.wrap.spki(), random));
  TRY_ASSIGN(const auto by_sheet, records::seal_for_sheet(owner.root, user, sheet, random));
  finish.holders = {by_card, by_sheet};
  const RequestKey key = device_key(api::computer_id_of(owner.device.spki()), owner.device);
  TRY(finish_draft(client, key, finish));
  return FinishedDraft{found.user, std::string(question.expose_text()), std::move(sheet)};
}

}  // namespace cardea::upstream
