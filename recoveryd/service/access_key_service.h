// SPDX-License-Identifier: Apache-2.0
// New generations of access keys, in two phases, and the daily comparison with the server (docs/spec/access-key.md, "Generations";
// docs/spec/enrolment-store.md, "Order of writes"). Called by registration and replacement, by `cardea access-key rotate|check`, and by
// the housekeeper after every use.
#pragma once

#include "recoveryd/dispatcher.h"
#include "upstream/server_client.h"

namespace cardea::recoveryd {

class AccessKeyService {
 public:
  explicit AccessKeyService(Context& context) : context_(context) {}
  Result<OperationOutcome> rotate(const std::string& user);
  Result<OperationOutcome> check(const std::string& user);

  // PREPARE at the server, the record with both generations, COMMIT at the server, the record with the new one. A crash in between
  // leaves keys of the old, of both, or of the new generation opening; never of neither. `vault` has its identity; when its root
  // key is open, the computer's own holder is made as well.
  Status make_generation(worker::Vault& vault, bool root_key_open, upstream::ServerClient& server, const std::string& user);
  // Tells the server what was used, learns the states of the cards, finishes an interrupted COMMIT. Returns whether a new generation is wanted.
  Result<bool> check_in(upstream::ServerClient& server, const std::string& user);

 private:
  Status finish_pending(upstream::ServerClient& server, const login::EnrolmentRecord& record);
  Context& context_;
};

}  // namespace cardea::recoveryd
