// SPDX-License-Identifier: Apache-2.0
#include "server/notify_loop.h"

namespace cardea::server {
namespace {

// How long an event waits, and how long the next message after one that failed.
constexpr std::chrono::seconds kNotifyInterval{2};
// Beyond twice the program's time: for the database, before and after.
constexpr std::int64_t kLeaseMargin = 10;

}  // namespace

Result<std::unique_ptr<NotifyLoop>> NotifyLoop::start(const NotifySettings& settings, std::string server,
                                                      Store& store, const Clock& clock,
                                                      http::Metrics& metrics, const Log& log) {
  TRY_ASSIGN(auto program, NotifyProgram::make(settings.program, settings.timeout_seconds, log));
  return std::unique_ptr<NotifyLoop>(
      new NotifyLoop(std::move(program), settings, std::move(server), store, clock, metrics, log));
}

NotifyLoop::NotifyLoop(std::unique_ptr<NotifyProgram> program, const NotifySettings& settings,
                       std::string server, Store& store, const Clock& clock, http::Metrics& metrics,
                       const Log& log)
    : program_(std::move(program)),
      notifier_(store, *program_, clock, std::move(server), 2 * settings.timeout_seconds + kLeaseMargin),
      metrics_(metrics),
      log_(log),
      thread_([this] { run(); }) {}

NotifyLoop::~NotifyLoop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  program_->stop();
  wake_.notify_all();
  thread_.join();
}

void NotifyLoop::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const bool more = round();
    lock.lock();
    if (!more) wake_.wait_for(lock, kNotifyInterval, [this] { return stopping_; });
  }
}

// Whether the next message can go out at once.
bool NotifyLoop::round() {
  try {
    const auto told = notifier_.tell_next();
    if (!told.ok()) {
      log_.warning("notifications can't be read", {{"detail", told.failure().detail}});
      return false;
    }
    if (!*told) return false;
    metrics_.notifications.at(static_cast<std::size_t>(**told)).fetch_add(1, std::memory_order_relaxed);
    return **told != Told::failed;
  } catch (const std::exception& failure) {  // no memory
    log_.error("a notification was not told", {{"exception", failure.what()}});
    return false;
  }
}

}  // namespace cardea::server
