// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/draft_registration.h"

#include "recoveryd/service/enrolling.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;
using worker::OpaqueRecordName;
using worker::Purpose;

// Argon2id with 64 MiB, on a slow machine.
constexpr worker::Timeout kStretchTimeout{30'000};

Result<crypto::Ke1> begin_login(worker::Vault& vault, OpaqueRecordName which) {
  TRY_ASSIGN(const Bytes ke1, vault.opaque_login_start(which, kCardTimeout));
  return crypto::Ke1::parse(ke1);
}

Result<worker::OpaqueSession> end_login(worker::Vault& vault, OpaqueRecordName which,
                                        const crypto::Ke2& ke2) {
  return vault.opaque_login_finish(which, ke2.serialise(), kStretchTimeout);
}

Result<upstream::DraftQuestion> find_draft(ServerLink& server, ByteView sheet_check, const crypto::Ke1& ke1) {
  auto found = upstream::ask_draft_question(server.client(), sheet_check, ke1);
  if (found.ok() || found.error() != Error::not_found) return found;
  return fail(Error::not_found,
              text::tr("Nothing was prepared with this sheet, or more than seven days ago. Take the newest "
                       "sheet, or prepare the account anew in the portal."));
}

}  // namespace

Result<OpenedDraft> open_draft(const Context& context, Conversation& client, worker::Vault& vault,
                               ServerLink& server, const std::string& account) {
  TRY_ASSIGN(UniqueFd code, ask_sheet(client));
  TRY(collect_sheet(client.voice(), vault, std::move(code)));
  TRY_ASSIGN(UniqueFd password,
             client.ask_private("password", client.voice().speak("Password of %1: ", {account})));
  TRY(vault.collect(Purpose::password, std::move(password), kCardTimeout));
  TRY_ASSIGN(const Bytes sheet_check, vault.sheet_check(kCardTimeout));
  TRY_ASSIGN(const auto ke1_a, begin_login(vault, OpaqueRecordName::a));
  TRY_ASSIGN(const auto found, find_draft(server, sheet_check, ke1_a));
  TRY(vault.set_identity(found.user.bytes(), context.device.computer_id, kCardTimeout));
  TRY(end_login(vault, OpaqueRecordName::a, found.ke2));

  TRY_ASSIGN(const std::string question, vault.open_question(found.question_seal, kCardTimeout));
  TRY_ASSIGN(UniqueFd answer, client.ask_private("answer", question + " "));
  TRY(vault.collect(Purpose::answer, std::move(answer), kCardTimeout));
  TRY_ASSIGN(const auto ke1_b, begin_login(vault, OpaqueRecordName::b));
  TRY_ASSIGN(auto answered, upstream::answer_draft_question(server.client(), sheet_check, ke1_b));
  TRY_ASSIGN(const auto session, end_login(vault, OpaqueRecordName::b, answered.ke2));
  // docs/spec/drafts.md, Attacks: the card will sign this key, and access keys will be sealed to it.
  if (!vault.recovery_key_open(answered.recovery_seal, answered.recovery_public, kCardTimeout).ok()) {
    return fail(Error::server_misbehaved,
                text::tr("The server shows another recovery key than the one you have made. Nothing is "
                         "registered; tell the server's administrator."));
  }
  OpenedDraft draft{found.user, std::move(answered.login_id), {}, std::move(answered.recovery_public)};
  TRY_ASSIGN(draft.ke3, crypto::Ke3::parse(session.ke3));
  return draft;
}

}  // namespace cardea::recoveryd
