// SPDX-License-Identifier: Apache-2.0
// `cardea card replace`: a new card takes over everything the old one had, and the old one is dead (walk 3 of
// docs/architecture.md). The server's transaction decides; before it nothing has changed, after it every
// further step can be repeated (docs/decisions/0011-replacement-commits-locally-early.md). This is the way
// with password and answer; the other one is replacement_by_access_key.
#pragma once

#include "recoveryd/service/identity.h"
#include "recoveryd/service/replacement_steps.h"

namespace cardea::recoveryd {

class ReplacementService {
 public:
  explicit ReplacementService(Context& context) : context_(context) {}
  Result<OperationOutcome> replace(Conversation& client, const OperationRequest& request,
                                   const std::string& user);

 private:
  Result<OperationOutcome> by_password(Conversation& client, const OperationRequest& request,
                                       ReplacementWish wish);
  Status open_old_root_key(Conversation& client, worker::Vault& vault, ServerLink& server,
                           const ProvenIdentity& identity, const login::EnrolmentRecord& record);
  Context& context_;
};

}  // namespace cardea::recoveryd
