// SPDX-License-Identifier: Apache-2.0
// What every replacement does, whatever the person proves (replacement_service, replacement_by_access_key):
// the offer to the server, the local record around its one transaction, and what is moved to the new card
// afterwards. Order and crashes: docs/decisions/0011 and 0014.
#pragma once

#include "recoveryd/service/enrolling.h"
#include "upstream/card_calls.h"

namespace cardea::recoveryd {

// What the person wants, and the card he put in.
struct ReplacementWish {
  std::string user;  // local
  std::string reason;
  CardToEnrol card;
};

// The server's word on the owner, as far as a replacement needs it.
struct ReplacedOwner {
  api::UserId id;
  std::uint32_t epoch = 0;
  Bytes recovery_public;        // checked: the new card is going to sign it
  bool password_known = false;  // the vault has export_B: the recovery holder can be made
};

class ReplacementSteps {
 public:
  ReplacementSteps(Context& context, worker::Vault& vault, ServerLink& server)
      : context_(context), vault_(vault), server_(server) {}

  // Epoch seals, so that records of earlier epochs can be re-wrapped. The newest root key is open.
  Status open_older_keys(const std::vector<records::EpochSeal>& seals);
  // The next epoch and its holders, in the vault. Nothing has changed outside of it afterwards.
  Result<upstream::Replacement> make_offer(const ReplacementWish& wish, const ReplacedOwner& owner,
                                           const SecretKey32& device_share);
  // The new card in the local record, opening nothing. `before` may change the record in the same write.
  Status announce(const ReplacementWish& wish, const EnrolmentStore::Change& before = {});
  // The transaction, and at once the local record: the old cards are dead. After a refusal the announced card
  // is taken back; after a lost answer it stays, and the next check-in finds out.
  Result<upstream::Replaced> carry_out(const ReplacementWish& wish, const upstream::RequestKey& session,
                                       const upstream::Replacement& offer);
  // The card's header, and access keys with a holder of their own.
  Status equip(const ReplacementWish& wish, const upstream::Replacement& offer);
  // Records, in a session that may read them.
  Result<OperationOutcome> move(Conversation& client, const ReplacementWish& wish,
                                const upstream::RequestKey& session, const upstream::Replaced& replaced);

 private:
  Context& context_;
  worker::Vault& vault_;
  ServerLink& server_;
};

}  // namespace cardea::recoveryd
