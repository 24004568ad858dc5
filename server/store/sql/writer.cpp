// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/writer.h"

#include <algorithm>
#include <chrono>

namespace cardea::server::sql {
namespace {

// Changes nobody waits for are dropped beyond this, so that they can't fill the memory of a server whose disk
// stands still.
constexpr std::size_t kMaxUnwaited = 100'000;
// Changes nobody waits for gather this long, so that reading clients, each of whose requests leaves one
// behind, don't cost a disk flush each.
constexpr std::chrono::milliseconds kUnwaitedDelay{100};

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::size_t max_batch)
    : connection_(std::move(connection)), max_batch_(max_batch), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Writer::submit(std::unique_ptr<Job> job) {
  bool wakes = job->done.has_value();
  {
    const std::lock_guard lock(mutex_);
    if (!wakes && queue_.size() >= kMaxUnwaited) return;
    if (wakes) ++waited_;
    queue_.push_back(std::move(job));
    wakes |= queue_.size() == 1 || queue_.size() == max_batch_;
  }
  if (wakes) wake_.notify_one();
}

std::future<Status> Writer::start(Body body) {
  auto job = std::make_unique<Job>();
  job->body = std::move(body);
  auto outcome = job->done.emplace().get_future();
  submit(std::move(job));
  return outcome;
}

void Writer::run_later(Body body) {
  auto job = std::make_unique<Job>();
  job->body = std::move(body);
  submit(std::move(job));
}

void Writer::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    (void)wake_.wait_for(lock, kUnwaitedDelay,
                         [this] { return stopping_ || waited_ != 0 || queue_.size() >= max_batch_; });
    std::deque<std::unique_ptr<Job>> batch;
    while (!queue_.empty() && batch.size() < max_batch_) {
      if (queue_.front()->done) --waited_;
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    lock.unlock();
    run_batch(batch);
    lock.lock();
  }
}

void Writer::run_batch(std::deque<std::unique_ptr<Job>>& batch) {
  Attempt attempt{1, std::chrono::steady_clock::now()};
  Status committed = run_jobs(batch);
  for (; !committed.ok(); ++attempt.number) {
    if (connection_->in_transaction()) (void)connection_->run("ROLLBACK");
    Recovery recovery = connection_->recover(committed.failure(), attempt);
    if (recovery.verdict == Recovery::Verdict::run_again) {
      committed = run_jobs(batch);
      continue;
    }
    if (recovery.verdict == Recovery::Verdict::committed) committed = Status();
    if (recovery.verdict == Recovery::Verdict::failed) committed = std::move(recovery.failure);
    break;
  }
  if (committed.ok()) {
    ++commits_;
    for (const auto& job : batch)
      if (job->outcome.ok()) ++changes_;
  }
  for (const auto& job : batch) {
    // What did not reach the disk has failed, whatever its own outcome was.
    if (job->done) job->done->set_value(committed.ok() ? job->outcome : committed);
  }
}

Status Writer::run_jobs(std::deque<std::unique_ptr<Job>>& batch) {
  TRY(connection_->begin());
  for (const auto& job : batch) {
    job->outcome = run_job(*job);
    // The engine ends the whole transaction by itself on a full disk, an I/O error or a lost connection.
    if (!connection_->in_transaction()) {
      return job->outcome.ok() ? fail(Error::io_failed, "database: the transaction ended early")
                               : job->outcome;
    }
  }
  return connection_->commit();
}

Status Writer::run_job(Job& job) {
  TRY(connection_->run("SAVEPOINT change"));
  Status outcome;
  try {
    outcome = job.body(*connection_);
  } catch (const std::exception& failure) {  // no memory; one change must not end the thread of all
    outcome = fail(Error::internal, failure.what());
  }
  if (!outcome.ok() && connection_->in_transaction()) TRY(connection_->run("ROLLBACK TO change"));
  if (connection_->in_transaction()) TRY(connection_->run("RELEASE change"));
  return outcome;
}

}  // namespace cardea::server::sql
