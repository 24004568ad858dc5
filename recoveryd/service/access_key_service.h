// SPDX-License-Identifier: Apache-2.0
// New generations of access keys, in two phases, and the daily comparison with the server
// (docs/spec/access-key.md, "Generations"; docs/spec/enrolment-store.md, "Order of writes"). Called by
// registration and replacement, by `cardea access-key rotate|check`, and by the housekeeper after every use.
#pragma once

#include "recoveryd/dispatcher.h"
#include "recoveryd/upstream/server_link.h"

namespace cardea::recoveryd {

class AccessKeyService {
 public:
  explicit AccessKeyService(Context& context) : context_(context) {}
  Result<OperationOutcome> rotate(const std::string& user);
  Result<OperationOutcome> check(const std::string& user);

  // PREPARE at the server, the record with both generations, COMMIT at the server, the record with the new
  // one. A crash in between leaves keys of the old, of both, or of the new generation opening; never of
  // neither. `vault` has its identity; when its root key is open, the computer's own holder is made as well.
  Status make_generation(worker::Vault& vault, bool root_key_open, ServerLink& server,
                         const std::string& user);
  // Finishes an interrupted COMMIT, tells the server what was used, and learns the states of the cards. True:
  // a new generation is wanted.
  Result<bool> check_in(ServerLink& server, const std::string& user);
  // check_in, and a new generation when one is wanted. What the housekeeper does.
  Status keep_up(const std::string& user);

 private:
  Status commit(ServerLink& server, const login::EnrolmentRecord& record);
  Status make_generation_alone(ServerLink& server, const std::string& user);
  Context& context_;
};

}  // namespace cardea::recoveryd
