// SPDX-License-Identifier: Apache-2.0
// The single writer with group commit: all changes go through one thread, which puts what has queued up into
// one transaction, a SAVEPOINT around each, and answers after COMMIT. Under load one disk flush serves many
// changes; with a busy handler instead, some wait for seconds (docs/decisions/0002-sqlite-directly.md).
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "server/store/sqlite/database.h"

namespace cardea::server::sqlite {

class Writer {
 public:
  using Body = std::function<Status(Connection&)>;

  explicit Writer(std::unique_ptr<Connection> connection);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // finishes what was submitted

  // Runs `body` in a transaction and waits until it is durable. When `body` fails, nothing of it stays.
  Status run(Body body);
  template <typename T>
  Result<T> run_for(const std::function<Result<T>(Connection&)>& body) {
    std::optional<T> value;
    TRY(run([&](Connection& database) -> Status {
      auto result = body(database);
      if (!result.ok()) return result.failure();
      value = std::move(result).value();
      return {};
    }));
    return std::move(*value);
  }
  // Queued before everything submitted later; nobody waits for it, and it reaches the disk with the next
  // change or shortly after.
  void run_later(Body body);

  // Changes and commits so far: their ratio is the batch size.
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }
  [[nodiscard]] std::uint64_t commits() const noexcept { return commits_; }

 private:
  struct Job {
    Body body;
    Status outcome;
    std::optional<std::promise<Status>> done;
  };
  void submit(std::unique_ptr<Job> job);
  void loop();
  void run_batch(std::deque<std::unique_ptr<Job>>& batch);
  Status run_jobs(std::deque<std::unique_ptr<Job>>& batch);
  Status run_job(Job& job);

  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> queue_;
  std::size_t waited_ = 0;  // jobs in the queue that somebody waits for
  bool stopping_ = false;
  std::atomic<std::uint64_t> changes_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::thread thread_;
};

}  // namespace cardea::server::sqlite
