// SPDX-License-Identifier: Apache-2.0
#include "upstream/windows/winhttp_exchange.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <system_error>
#include <thread>

namespace cardea::upstream {
namespace {

// Threads of this process that nobody waits for any more.
std::atomic<int> abandoned_count{0};

Failure unreachable(std::string_view why) { return fail(Error::server_unreachable, std::string(why)); }

std::chrono::milliseconds until(MonotonicMillis limit, const Clock& clock) {
  return std::chrono::milliseconds(std::max<MonotonicMillis>(limit - clock.monotonic(), 0));
}

}  // namespace

Result<std::shared_ptr<WinHttpExchange>> WinHttpExchange::start(CallPlan plan) {
  if (abandoned_count.load() >= kMaxAbandonedExchanges)
    return unreachable("too many connections hang, of servers that do not answer");
  std::shared_ptr<WinHttpExchange> exchange(new WinHttpExchange(std::move(plan)));
  try {
    std::thread([exchange] { exchange->run(); }).detach();
  } catch (const std::system_error&) {
    return unreachable("there can't be another thread");
  }
  return exchange;
}

Attempt WinHttpExchange::await(const AttemptLimits& limits, const Clock& clock) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, until(limits.connected, clock), [this] { return connected_ || end_; });
  if (connected_) changed_.wait_for(lock, until(limits.answered, clock), [this] { return end_.has_value(); });
  if (end_) return std::move(*end_);
  abandoned_ = true;
  ++abandoned_count;
  // A request without a body goes out as soon as there is a connection, whoever waits for it.
  const bool may_go_out = !plan_.request.may_repeat && plan_.request.body.empty();
  return {unreachable("no answer in time"), sent_ || may_go_out ? Stage::sent : Stage::connecting};
}

void WinHttpExchange::run() noexcept {
  Attempt end{Error::internal};
  try {
    end = call_over_winhttp(plan_, *this);
  } catch (const std::exception&) {  // no memory
    end = {Error::out_of_memory};
  }
  const std::lock_guard lock(mutex_);
  end.stage = sent_ ? Stage::sent : Stage::connecting;
  end_ = std::move(end);
  if (abandoned_) --abandoned_count;
  changed_.notify_all();
}

void WinHttpExchange::connected() noexcept {
  const std::lock_guard lock(mutex_);
  connected_ = true;
  if (plan_.request.body.empty()) sent_ = true;
  changed_.notify_all();
}

bool WinHttpExchange::may_send_body() noexcept {
  const std::lock_guard lock(mutex_);
  sent_ = sent_ || !abandoned_;
  return sent_;
}

bool WinHttpExchange::is_wanted() noexcept {
  const std::lock_guard lock(mutex_);
  return !abandoned_;
}

}  // namespace cardea::upstream
