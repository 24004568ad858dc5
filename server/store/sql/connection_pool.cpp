// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/connection_pool.h"

#include <thread>

namespace cardea::server::sql {
namespace {

// Between two tries to reach a database that does not answer.
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

Status ConnectionPool::read(const Body& body) {
  const auto end = std::chrono::steady_clock::now() + limits_.recover;
  for (bool first = true;; first = false) {
    bool again = false;
    const Status status = try_read(body, again);
    if (status.ok() || !again || std::chrono::steady_clock::now() + kPause >= end) return status;
    if (!first) std::this_thread::sleep_for(kPause);
  }
}

Status ConnectionPool::try_read(const Body& body, bool& broken) {
  auto borrowed = borrow();
  if (!borrowed.ok()) {
    broken = borrowed.error() == Error::io_failed;
    return borrowed.failure();
  }
  struct Lent {
    ConnectionPool& pool;
    std::unique_ptr<Connection> connection;
    ~Lent() { pool.give_back(std::move(connection)); }
  } lent{*this, std::move(borrowed).value()};
  Status status = body(*lent.connection);
  broken = !lent.connection->usable();
  return status;
}

Result<std::unique_ptr<Connection>> ConnectionPool::borrow() {
  std::unique_lock lock(mutex_);
  if (!returned_.wait_for(lock, limits_.wait,
                          [this] { return !idle_.empty() || open_ < limits_.connections; }))
    return fail(Error::timeout,
                "database: all " + std::to_string(limits_.connections) + " connections for reading are busy");
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  ++open_;
  lock.unlock();
  auto connection = open_connection_();
  if (!connection.ok()) {
    lock.lock();
    --open_;
    returned_.notify_one();
  }
  return connection;
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
  std::vector<std::unique_ptr<Connection>> ended;  // closed when the lock is free
  const std::lock_guard lock(mutex_);
  if (connection->usable()) {
    idle_.push_back(std::move(connection));
    returned_.notify_one();
    return;
  }
  // What broke one has most often broken the others: they are made anew when they are needed.
  ended.swap(idle_);
  ended.push_back(std::move(connection));
  open_ -= ended.size();
  returned_.notify_all();
}

}  // namespace cardea::server::sql
