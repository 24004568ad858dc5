// SPDX-License-Identifier: Apache-2.0
// The one connection of a server that changes things. Any number of servers share a database: a lock lets one
// transaction after the other run, because each continues the global audit chain. After a lost connection it
// finds out whether the last transaction was committed, so that none is lost and none is applied twice: each
// leaves its number in a row of this connection's own. Used by the store's Writer.
#pragma once

#include "core/base/random.h"
#include "server/store/postgres/connection.h"

namespace cardea::server::postgres {

class WriteConnection final : public Connection {
 public:
  static Result<std::unique_ptr<WriteConnection>> open(const Settings& settings, Random& random);

  // Waits for the transactions of other servers; timeout when one takes too long.
  Status begin() override;
  Status commit() override;
  sql::Recovery recover(const Failure& failure, const sql::Attempt& attempt) override;

 private:
  WriteConnection(const Settings& settings, std::string name)
      : Connection(settings), name_(std::move(name)) {}
  // Whether the transaction whose COMMIT was sent is there. Waits until its backend has ended.
  Result<bool> was_committed();

  const std::string name_;  // 32 hex digits
  std::uint64_t number_ = 0;
  bool commit_sent_ = false;
};

}  // namespace cardea::server::postgres
