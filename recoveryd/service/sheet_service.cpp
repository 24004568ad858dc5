// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/sheet_service.h"

#include "recoveryd/service/enrolling.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/account_calls.h"

namespace cardea::recoveryd {

using worker::kCardTimeout;

Result<OperationOutcome> SheetService::check(Conversation& client, const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record));
  TRY_ASSIGN(const upstream::Holders holders,
             upstream::get_holders(server->client(), server->device(), api::UserId(record.user_id)));
  TRY_ASSIGN(UniqueFd code, ask_sheet(client));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(kCardTimeout));
  TRY(vault->set_identity(record.user_id, context_.device.computer_id, kCardTimeout));
  TRY(collect_sheet(client.voice(), *vault, std::move(code)));
  for (const records::Holder& holder : holders.holders) {
    if (holder.kind != records::HolderKind::sheet) continue;
    TRY(vault->root_open(worker::HolderKind::sheet, holder.ref, holder.epoch, holder.envelope, {},
                         kCardTimeout));
    return OperationOutcome{text::tr("The sheet opens your records. Keep it where it is.")};
  }
  return fail(Error::holder_missing, text::tr("There is no recovery sheet for this account."));
}

}  // namespace cardea::recoveryd
