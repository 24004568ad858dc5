// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/housekeeper.h"

#include <algorithm>

#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/guest_service.h"

namespace cardea::recoveryd {
namespace {

constexpr std::chrono::seconds kFirstRetry{30};
constexpr std::chrono::seconds kLongestRetry{3600};

}  // namespace

void Housekeeper::start() {
  thread_ = std::thread([this] { run(); });
}

void Housekeeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Housekeeper::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

bool Housekeeper::visit_all() {
  const auto users = context_.enrolments.users();
  if (!users.ok()) {
    context_.log.error("enrolments can't be listed", {{"detail", users.failure().detail}});
    return false;
  }
  bool all = true;
  for (const std::string& user : *users) {
    const Status done = AccessKeyService(context_).keep_up(user);
    if (done.ok()) continue;
    all = false;
    context_.log.info(
        "server not up to date",
        {{"user", user}, {"error", error_name(done.error())}, {"detail", done.failure().detail}});
  }
  GuestService(context_).refresh_servers();
  return all;
}

std::chrono::seconds Housekeeper::until_next_visit() const {
  const std::chrono::seconds usual(context_.settings.check_in_seconds);
  // When the time is up in which somebody who came in with an access key may replace his card.
  const auto end = context_.memory.kept_keys.next_end(context_.clock.monotonic());
  return end ? std::min(usual, std::chrono::seconds(*end / 1000 + 1)) : usual;
}

void Housekeeper::run() {
  std::chrono::seconds retry = kFirstRetry;
  std::chrono::seconds wait{0};
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, wait, [this] { return stopping_ || woken_; });
      if (stopping_) return;
      woken_ = false;
    }
    try {
      if (also_) also_();
      if (visit_all()) {
        retry = kFirstRetry;
        wait = until_next_visit();
        continue;
      }
    } catch (const std::exception& problem) {
      context_.log.error("check-in ended by an exception", {{"what", problem.what()}});
    }
    wait = std::min(retry, std::chrono::seconds(context_.settings.check_in_seconds));
    retry = std::min(retry * 2, kLongestRetry);
  }
}

}  // namespace cardea::recoveryd
