// SPDX-License-Identifier: Apache-2.0
// A user's cards: their states, and the one transaction in which a new card takes over.
#pragma once

#include "upstream/registration_calls.h"

namespace cardea::upstream {

struct Replacement {
  std::string reason;  // lost, stolen, damaged, replaced
  std::uint32_t expected_epoch = 0;
  NewCard card;
  std::vector<records::Holder> holders;  // all of them, of the next epoch
  Bytes epoch_seal;
  Bytes sheet_check = {};  // of the recovery sheet among the holders; empty: that of the server goes on
  api::ComputerId computer;
  Bytes computer_proof;  // device key over replace_proof()
  std::optional<api::SessionId> access_key_session;
};

struct Replaced {
  std::uint32_t epoch = 0;
  std::vector<api::CardId> revoked;
  AuditState audit;
};

Result<std::vector<CardInfo>> list_cards(ServerClient& client, const RequestKey& key,
                                         const std::optional<api::UserId>& user);
// Error::precondition_failed when `version` is not the card's any more.
Result<CardInfo> change_card_state(ServerClient& client, const RequestKey& session, const api::CardId& card,
                                   CardState state, const std::string& reason, std::uint64_t version);
// `idempotency_key` is stored before the call, so that after a crash the same replacement can be asked for.
Result<Replaced> replace_card(ServerClient& client, const RequestKey& session, const Replacement& replacement,
                              const std::string& idempotency_key);

}  // namespace cardea::upstream
