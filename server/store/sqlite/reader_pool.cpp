// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/reader_pool.h"

namespace cardea::server::sqlite {

Result<std::unique_ptr<Connection>> ReaderPool::borrow() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !idle_.empty() || open_ < limit_; });
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  ++open_;
  lock.unlock();
  auto connection = Connection::open(path_, Connection::Access::read_only);
  if (!connection.ok()) {
    lock.lock();
    --open_;
    returned_.notify_one();
  }
  return connection;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace cardea::server::sqlite
