// SPDX-License-Identifier: Apache-2.0
// Connections for reading with their cached statements, lent to one thread at a time. Opened on demand up to
// a limit; beyond it a reader waits for the next one that comes back, but not for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "server/store/sql/connection.h"

namespace cardea::server::sql {

struct PoolLimits {
  std::size_t connections = 16;
  std::chrono::milliseconds wait{5000};  // for a connection that others have
  // How long a read is tried anew after its connection broke; 0 for an engine whose connections don't.
  std::chrono::milliseconds recover{0};
};

class ConnectionPool {
 public:
  using Body = std::function<Status(Connection&)>;
  using Open = std::function<Result<std::unique_ptr<Connection>>()>;

  ConnectionPool(Open open, PoolLimits limits) : open_connection_(std::move(open)), limits_(limits) {}

  // Runs `body` on a connection, and again on another one when the connection broke. timeout when all are
  // busy.
  Status read(const Body& body);

 private:
  Result<std::unique_ptr<Connection>> borrow();
  void give_back(std::unique_ptr<Connection> connection);
  Status try_read(const Body& body, bool& broken);

  const Open open_connection_;
  const PoolLimits limits_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace cardea::server::sql
