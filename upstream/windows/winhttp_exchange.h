// SPDX-License-Identifier: Apache-2.0
// A call over WinHTTP (winhttp_call.h) in a thread that can be left alone. WinHTTP's own limits are for each
// wait: a server that sends a byte now and then in its handshake or its answer's head holds it for as long as
// that likes, and closing its handles from elsewhere does not bring it back. The thread owns all it needs,
// ends by itself when WinHTTP returns, and nobody waits for it. Made by winhttp_line.cpp for each attempt.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "upstream/windows/winhttp_call.h"

namespace cardea::upstream {

// With so many threads of this process left behind no further exchange begins: silent servers cost this
// computer no more than these, and those that were under way.
inline constexpr int kMaxAbandonedExchanges = 16;

class WinHttpExchange final : private CallWatch {
 public:
  // Error::server_unreachable when too many are left behind, or there can't be another thread.
  static Result<std::shared_ptr<WinHttpExchange>> start(CallPlan plan);

  // Waits until the connection stands, and for the end, no longer than these limits; then leaves the thread
  // alone. `stage` holds for ever: with Stage::connecting, what may not be repeated is not sent later either.
  // Once, by whoever has started it.
  Attempt await(const AttemptLimits& limits, const Clock& clock);

 private:
  explicit WinHttpExchange(CallPlan plan) : plan_(std::move(plan)) {}
  void run() noexcept;
  void connected() noexcept override;
  bool may_send_body() noexcept override;
  bool is_wanted() noexcept override;

  const CallPlan plan_;
  std::mutex mutex_;  // for all below
  std::condition_variable changed_;
  bool connected_ = false;
  bool sent_ = false;  // the server may act
  bool abandoned_ = false;
  std::optional<Attempt> end_;
};

}  // namespace cardea::upstream
