// SPDX-License-Identifier: Apache-2.0
// `cardea card replace`: a new card takes over everything the old one had, and the old one is dead (walk 3 of
// docs/architecture.md). The server's transaction decides; before it nothing has changed, after it every
// further step can be repeated (docs/decisions/0011-replacement-commits-locally-early.md).
#pragma once

#include "recoveryd/service/enrolling.h"
#include "recoveryd/service/identity.h"

namespace cardea::recoveryd {

class ReplacementService {
 public:
  explicit ReplacementService(Context& context) : context_(context) {}
  Result<OperationOutcome> replace(Conversation& client, const OperationRequest& request,
                                   const std::string& user);

 private:
  struct Taken;  // what the server's transaction made
  Status open_old_root_key(Conversation& client, worker::Vault& vault, ServerLink& server,
                           const ProvenIdentity& identity, const login::EnrolmentRecord& record);
  Result<Taken> take_over(Conversation& client, worker::Vault& vault, ServerLink& server,
                          const ProvenIdentity& identity, const CardToEnrol& card,
                          const login::EnrolmentRecord& record, const std::string& reason);
  Status set_awaited(const std::string& user, std::optional<login::EnrolledCard> card);
  Context& context_;
};

}  // namespace cardea::recoveryd
