// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/enrolling.h"

#include <algorithm>

#include <unistd.h>

#include "core/access_key/grouped_code.h"
#include "core/api/proofs.h"
#include "core/records/sheet_code.h"
#include "recoveryd/peer_policy.h"
#include "recoveryd/service/card_data.h"

namespace cardea::recoveryd {
namespace {

using worker::HolderKind;
using worker::HolderParameters;
using worker::kCardTimeout;
using worker::Purpose;

constexpr int kSheetTries = 3;
static_assert(256 % records::kSheetCodeGroups == 0, "each group is drawn equally often");

}  // namespace

login::EnrolledCard CardToEnrol::enrolled() const {
  return {id(), keys.auth_spki, keys.wrap_spki, view.info.label, keys.serial, login::CardState::active};
}

Result<upstream::NewCard> prove_card(worker::Vault& vault, const CardToEnrol& card, const api::UserId& user,
                                     ByteView recovery_public) {
  const Bytes message = api::card_proof(user, card.keys.auth_spki, card.keys.wrap_spki, recovery_public);
  TRY_ASSIGN(Bytes proof, vault.card_sign(message, kCardTimeout));
  // Checked here, too: a card that signs wrongly should be told apart from a server that refuses.
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(card.keys.auth_spki));
  if (!key.verify(message, proof).ok())
    return fail(Error::card_fault, text::tr("The card made a wrong signature. Try another card."));
  return upstream::NewCard{card.keys.auth_spki, card.keys.wrap_spki, std::move(proof), card.view.info.label,
                           card.keys.serial};
}

Result<std::vector<records::Holder>> make_holders(worker::Vault& vault, const CardToEnrol& card,
                                                  const api::ComputerId& computer,
                                                  const SecretKey32& device_share, std::uint32_t epoch,
                                                  bool password_known) {
  HolderParameters for_card, for_recovery;
  for_card.wrap_spki = card.keys.wrap_spki;
  for_recovery.device_share = device_share.expose();
  const std::string card_ref = to_hex(card.id());
  TRY_ASSIGN(Bytes by_card, vault.holder_seal(HolderKind::card, card_ref, for_card, kCardTimeout));
  TRY_ASSIGN(Bytes by_sheet, vault.holder_seal(HolderKind::sheet, "sheet", {}, kCardTimeout));
  std::vector<records::Holder> holders;
  holders.push_back({records::HolderKind::card, card_ref, epoch, std::move(by_card)});
  if (password_known) {
    TRY_ASSIGN(Bytes by_recovery,
               vault.holder_seal(HolderKind::recovery, computer.text(), for_recovery, kCardTimeout));
    holders.push_back({records::HolderKind::recovery, computer.text(), epoch, std::move(by_recovery)});
  }
  holders.push_back({records::HolderKind::sheet, "sheet", epoch, std::move(by_sheet)});
  return holders;
}

Bytes envelope_of(const std::vector<records::Holder>& holders, records::HolderKind kind) {
  for (const records::Holder& holder : holders) {
    if (holder.kind == kind) return holder.envelope;
  }
  return {};
}

Status write_card_header(worker::Vault& vault, const login::EnrolmentRecord& record, Bytes card_holder) {
  records::CardHeader header;
  header.user = record.user_id;
  header.account = record.account;
  header.servers = record.servers;
  header.epoch = record.epoch;
  header.card_holder = std::move(card_holder);
  if (record.audit_length > 0)
    header.audit = records::AuditHead{record.audit_length, record.audit_head, record.epoch};
  return write_header(vault, header);
}

Status show_sheet(Conversation& client, worker::Vault& vault) {
  return client.reveal(
      "sheet-code",
      text::tr("Your recovery sheet. Print it or write it down, keep it apart from card and computer:"),
      [&](UniqueFd channel) { return vault.reveal(Purpose::sheet_code, std::move(channel), kCardTimeout); });
}

Result<UniqueFd> ask_sheet(Conversation& client) {
  return client.ask_private("sheet-code", text::tr("Code of your recovery sheet: "));
}

Status collect_sheet(text::Voice& voice, worker::Vault& vault, UniqueFd code) {
  const Status collected = vault.collect(Purpose::sheet_code, std::move(code), kCardTimeout);
  if (collected.ok() || collected.error() != Error::access_key_mistyped) return collected;
  const int group = access_key::mistyped_group(collected.failure());
  return voice.refuse(Error::access_key_mistyped, "Group %1 of the sheet's code is mistyped.",
                      {std::to_string(group)});
}

Result<bool> confirm_sheet(const Context& context, Conversation& client, worker::Vault& vault,
                           const OperationRequest& request) {
  if (request.argument("sheet-confirm") == "no") return false;
  const auto group = static_cast<std::uint8_t>(context.random.array<1>()[0] % records::kSheetCodeGroups + 1);
  const std::string number = std::to_string(group);
  Question question{"sheet-group",
                    client.voice().speak("Group %1 of the sheet, as you have it on paper: ", {number}),
                    {},
                    wire::Route::private_channel,
                    wire::kEcho};
  for (int tries = 0; tries < kSheetTries; ++tries) {
    client.renew_deadline();
    TRY_ASSIGN(Reply reply, client.ask(question));
    if (reply.kind == wire::AnswerKind::refused) return Error::cancelled;
    if (reply.kind == wire::AnswerKind::in_private_channel) {
      TRY(vault.collect(Purpose::sheet_group, std::move(reply.channel), kCardTimeout));
      TRY_ASSIGN(const bool fits, vault.sheet_group_fits(group, kCardTimeout));
      if (fits) return true;
    }
    question.notice = client.voice().speak("That is not group %1 of this sheet.", {number});
  }
  return fail(
      Error::identity_not_accepted,
      text::tr(
          "The recovery sheet was not typed back. Nothing is registered: run “cardea register” again and "
          "keep the new sheet."));
}

Result<std::vector<std::string>> servers_of(const Context& context, Conversation& client,
                                            const OperationRequest& request) {
  const std::string server = request.argument("server");
  const std::vector<std::string>& configured = context.settings.server_urls;
  if (server.empty() && configured.empty()) {
    return fail(Error::invalid_argument, text::tr("Name a server: --server https://…"));
  }
  const bool named = std::find(configured.begin(), configured.end(), server) != configured.end();
  if (!server.empty() && !configured.empty() && !named &&
      !acts_for_everybody(client.peer().uid, context.administrator)) {
    return client.voice().refuse(Error::permission_denied,
                                 "This computer belongs to other servers (%1). Only root can name another.",
                                 {configured.front()});
  }
  return server.empty() ? context.settings.server_urls : std::vector<std::string>{server};
}

}  // namespace cardea::recoveryd
