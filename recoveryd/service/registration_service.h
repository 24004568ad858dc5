// SPDX-License-Identifier: Apache-2.0
// `cardea register`: makes an account at a server, the card's keys, this computer's enrolment, the recovery
// sheet and the first access keys. With `existing` it joins this computer, and the card in its reader, to an
// account that is there already; with `continue` it takes what was prepared in a browser
// (docs/spec/drafts.md). What is local is written first, so that a crash leaves nothing that can't be resumed
// (docs/decisions/0010-registration-order.md).
#pragma once

#include <functional>

#include "recoveryd/service/draft_registration.h"
#include "recoveryd/service/enrolling.h"

namespace cardea::recoveryd {

// Whether a server's refusal to this computer says that it was never registered there. Any other refusal
// (busy, a wrong clock, a fault) says nothing, and an enrolment that is removed takes its device share with
// it for ever.
bool says_never_registered(Error error) noexcept;

class RegistrationService {
 public:
  explicit RegistrationService(Context& context) : context_(context) {}
  Result<OperationOutcome> run(Conversation& client, const OperationRequest& request,
                               const std::string& user);

 private:
  struct Secrets;  // the private channels, filled before the vault is opened
  Result<OperationOutcome> register_account(Conversation& client, const OperationRequest& request,
                                            const std::string& user, const std::string& account,
                                            const std::vector<std::string>& servers);
  // Whether the sheet was typed back.
  Result<bool> make_account(Conversation& client, const OperationRequest& request, worker::Vault& vault,
                            ServerLink& server, const CardToEnrol& card, login::EnrolmentRecord& record);
  // The same from what was prepared in a browser.
  Status finish_draft(const OperationRequest& request, worker::Vault& vault, ServerLink& server,
                      const CardToEnrol& card, const OpenedDraft& draft, login::EnrolmentRecord& record);
  // The record here, then the account there, then the card's header.
  Status commit(worker::Vault& vault, login::EnrolmentRecord& record, Bytes card_holder,
                const std::function<Result<upstream::Registered>()>& at_server);
  Status clear_the_way(text::Voice& voice, const std::string& user);
  Result<CardToEnrol> open_card(Conversation& client, const OperationRequest& request,
                                const std::string& user, worker::Vault& vault);
  Context& context_;
};

}  // namespace cardea::recoveryd
