// SPDX-License-Identifier: Apache-2.0
// The single writer with group commit: all changes go through one thread, which puts what has queued up into
// one transaction, a SAVEPOINT around each, and answers after COMMIT. Under load one disk flush serves many
// changes (docs/decisions/0002-sqlite-directly.md, 0034-postgresql.md). A transaction that failed with its
// connection is run again when the connection says that nothing of it was committed: then `body` is called
// again.
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

#include "server/store/sql/connection.h"

namespace cardea::server::sql {

class Writer {
 public:
  using Body = std::function<Status(Connection&)>;

  // `max_batch` bounds the time the first change of a batch waits for the others.
  Writer(std::unique_ptr<Connection> connection, std::size_t max_batch);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // finishes what was submitted

  // Runs `body` in a transaction and waits until it is durable. When `body` fails, nothing of it stays.
  Status run(Body body) { return start(std::move(body)).get(); }
  // The same for who does not wait for ever: `body` is run also when nobody asks for its outcome any more.
  std::future<Status> start(Body body);
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

  const std::unique_ptr<Connection> connection_;
  const std::size_t max_batch_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> queue_;
  std::size_t waited_ = 0;  // jobs in the queue that somebody waits for
  bool stopping_ = false;
  std::atomic<std::uint64_t> changes_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::thread thread_;
};

}  // namespace cardea::server::sql
