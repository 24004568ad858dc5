// SPDX-License-Identifier: Apache-2.0
// Ends a connection when its time is up. A socket's own timeouts are per read: a server that sends a byte a
// second, or that stretches the handshake, would never meet one. Called by poco_line.cpp and
// server_look.cpp.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace cardea::upstream {

class DeadlineGuard {
 public:
  // Shuts the connection down in `millis` from now, unless the guard has ended before. Works on a duplicate
  // of the descriptor, so the owner may close his at any time.
  DeadlineGuard(int descriptor, long long millis);
  DeadlineGuard(const DeadlineGuard&) = delete;
  DeadlineGuard& operator=(const DeadlineGuard&) = delete;
  ~DeadlineGuard();
  [[nodiscard]] bool expired() const noexcept { return expired_; }

 private:
  void wait(long long millis);
  const int descriptor_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  std::atomic<bool> expired_{false};
  std::thread thread_;
};

}  // namespace cardea::upstream
