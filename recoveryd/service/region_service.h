// SPDX-License-Identifier: Apache-2.0
// `cardea server show|days|move`: the home region of a user, whether his days are recorded, and his answer
// when he is asked to move (docs/spec/relocation.md). The last two take his card. What `cardea status` says
// of it, and what a check-in learns and tells.
#pragma once

#include "recoveryd/dispatcher.h"
#include "recoveryd/json.h"
#include "recoveryd/upstream/server_link.h"

namespace cardea::recoveryd {

struct RegionStatus {
  std::string message;  // sentences; empty where there is one region, or nothing was heard yet
  std::optional<JsonObject> json;
};

class RegionService {
 public:
  explicit RegionService(Context& context) : context_(context) {}
  Result<OperationOutcome> show(Conversation& client, const std::string& user);
  Result<OperationOutcome> days(Conversation& client, const OperationRequest& request,
                                const std::string& user);
  Result<OperationOutcome> move(Conversation& client, const OperationRequest& request,
                                const std::string& user);

  // Before a check-in: asks for his home, and returns the region he works in today, if his days are recorded;
  // else nothing. An older server, or one that does not answer now, says nothing.
  std::string look(ServerLink& server, const login::EnrolmentRecord& record);
  [[nodiscard]] RegionStatus status(const std::string& user, const text::Voice& voice) const;

 private:
  Context& context_;
};

}  // namespace cardea::recoveryd
