// SPDX-License-Identifier: Apache-2.0
// The owner's records brought into one state on his card and at the server: `cardea records sync`, and the
// last step of a card replacement.
#pragma once

#include "recoveryd/service/record_history.h"
#include "recoveryd/worker_link/card_worker.h"
#include "upstream/record_calls.h"

namespace cardea::recoveryd {

// All that the server lists, removed ones too. Error::server_misbehaved when it lists without end.
Result<std::vector<upstream::RecordEntry>> all_entries(upstream::ServerClient& server,
                                                       const upstream::RequestKey& session);
// False, and the server has it alone, when there is no room on the card.
Result<bool> write_to_card(worker::Vault& vault, const records::SealedRecord& record);
// Whether the root keys in the vault open it.
Result<bool> opens(worker::Vault& vault, const records::SealedRecord& record);

// The card and the server between which records go. The vault has the card and all root keys open; the
// session is of level answer or card.
struct RecordPlaces {
  worker::Vault& vault;
  upstream::ServerClient& server;
  const upstream::RequestKey& session;
  std::uint32_t epoch;  // the current one
};

// What is to be done with a record that the server shows older than this computer or the card knows it, when
// the card has no newer one to bring there.
enum class OlderRecords { leave, take };

struct RecordsMoved {
  std::size_t rewrapped = 0;  // from an older root key to the current one
  std::size_t on_card = 0;
  std::size_t server_only = 0;  // no room on the card
  std::size_t brought = 0;      // newer on the card, or there alone: the server has it now
  std::size_t older = 0;        // at the server; left as it is
  std::size_t unreadable = 0;   // at the server; no root key opens it
};
// Brings every record of the user under the current root key, onto the card as far as there is room, and to
// the server what it has lost. Can be repeated after an interruption.
Result<RecordsMoved> move_records(const RecordPlaces& places, RecordHistory& history,
                                  OlderRecords older = OlderRecords::leave);

}  // namespace cardea::recoveryd
