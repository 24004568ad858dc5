// SPDX-License-Identifier: Apache-2.0
// Steps that registration, joining and replacement share: the proofs and holders of a card that is about to
// be enrolled, its header, and the sheet.
#pragma once

#include "recoveryd/conversation.h"
#include "recoveryd/dispatcher.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/registration_calls.h"

namespace cardea::recoveryd {

struct CardToEnrol {
  worker::CardView view;
  worker::CardKeys keys;
  [[nodiscard]] crypto::CardId id() const { return crypto::card_id(keys.auth_spki); }
  [[nodiscard]] login::EnrolledCard enrolled() const;
};

// The card's signature over itself and the user's recovery key, as the server wants it.
Result<upstream::NewCard> prove_card(worker::Vault& vault, const CardToEnrol& card, const api::UserId& user,
                                     ByteView recovery_public);
// Holders of the vault's current root key: the card, the sheet, and, when password and answer were proved in
// this vault, this computer's recovery holder.
Result<std::vector<records::Holder>> make_holders(worker::Vault& vault, const CardToEnrol& card,
                                                  const api::ComputerId& computer,
                                                  const SecretKey32& device_share, std::uint32_t epoch,
                                                  bool password_known);
// The envelope of one kind in a list; empty when there is none.
Bytes envelope_of(const std::vector<records::Holder>& holders, records::HolderKind kind);
// Writes the card's header, from which it serves its owner on any computer.
Status write_card_header(worker::Vault& vault, const login::EnrolmentRecord& record, Bytes card_holder);
// Shows the recovery sheet. It is the only copy.
Status show_sheet(Conversation& client, worker::Vault& vault);
// The whole code of a sheet, from the person to the vault. Error::access_key_mistyped names the group.
Result<UniqueFd> ask_sheet(Conversation& client);
Status collect_sheet(text::Voice& voice, worker::Vault& vault, UniqueFd code);
// Has one group of the sheet typed back, so that nobody registers without having it on paper. False: the
// script has said that it keeps the code by itself (argument sheet-confirm=no). Error::identity_not_accepted
// after three wrong ones.
Result<bool> confirm_sheet(const Context& context, Conversation& client, worker::Vault& vault,
                           const OperationRequest& request);
// The servers an operation names: its argument "server", or those of the configuration. Where the
// configuration names any, only root may name another: Error::permission_denied.
Result<std::vector<std::string>> servers_of(const Context& context, Conversation& client,
                                            const OperationRequest& request);

}  // namespace cardea::recoveryd
