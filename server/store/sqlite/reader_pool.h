// SPDX-License-Identifier: Apache-2.0
// Read-only connections with their cached statements, lent to one thread at a time. In WAL mode readers never
// wait for the writer. Opened on demand up to a limit; beyond it a reader waits for microseconds.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "server/store/sqlite/database.h"

namespace cardea::server::sqlite {

class ReaderPool {
 public:
  ReaderPool(std::string path, std::size_t limit) : path_(std::move(path)), limit_(limit) {}

  // Runs `body` on a connection; `body` returns a Result or Status.
  template <typename Body>
  auto read(Body&& body) -> decltype(body(std::declval<Connection&>())) {
    TRY_ASSIGN(auto connection, borrow());
    const Return give_back{*this, connection};
    return body(*connection);
  }

 private:
  struct Return {
    ReaderPool& pool;
    std::unique_ptr<Connection>& connection;
    ~Return() { pool.give_back(std::move(connection)); }
  };
  Result<std::unique_ptr<Connection>> borrow();
  void give_back(std::unique_ptr<Connection> connection);

  const std::string path_;
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace cardea::server::sqlite
