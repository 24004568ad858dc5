// SPDX-License-Identifier: Apache-2.0
// The owner's sealed records: on his card, and at the server, which can't open them. `cardea records
// put|get|list|remove|sync`.
#pragma once

#include "recoveryd/dispatcher.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/record_calls.h"

namespace cardea::recoveryd {

class RecordService {
 public:
  explicit RecordService(Context& context) : context_(context) {}
  Result<OperationOutcome> put(Conversation& client, const OperationRequest& request,
                               const std::string& user);
  Result<OperationOutcome> get(Conversation& client, const OperationRequest& request,
                               const std::string& user);
  Result<OperationOutcome> list(Conversation& client, const OperationRequest& request,
                                const std::string& user);
  Result<OperationOutcome> remove(Conversation& client, const OperationRequest& request,
                                  const std::string& user);
  Result<OperationOutcome> sync(Conversation& client, const OperationRequest& request,
                                const std::string& user);

 private:
  Context& context_;
};

// What happened to the records in a move to the card in the vault.
struct RecordsMoved {
  std::size_t rewrapped = 0;  // from an older root key to the current one
  std::size_t on_card = 0;
  std::size_t server_only = 0;  // no room on the card
};
// Brings every record of the user under the current root key and onto the card, as far as there is room. Can
// be repeated after an interruption. `session` may be of level answer or card; the vault has the card and all
// root keys open.
Result<RecordsMoved> move_records(worker::Vault& vault, upstream::ServerClient& server,
                                  const upstream::RequestKey& session, std::uint32_t epoch);

}  // namespace cardea::recoveryd
