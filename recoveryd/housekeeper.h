// SPDX-License-Identifier: Apache-2.0
// A thread that keeps enrolments and server together: once a day, and soon after an access key was used. A
// server that can't be reached is tried again, later and later; nobody waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "recoveryd/context.h"

namespace cardea::recoveryd {

class Housekeeper {
 public:
  // `also` is done at every turn, before the servers are visited.
  explicit Housekeeper(Context& context, std::function<void()> also = {})
      : context_(context), also_(std::move(also)) {}
  ~Housekeeper() { stop(); }
  void start();
  void stop();
  // From any thread: look at the server now rather than at the next turn.
  void wake();

 private:
  void run();
  // True when every user's server was reached.
  bool visit_all();
  [[nodiscard]] std::chrono::seconds until_next_visit() const;

  Context& context_;
  std::function<void()> also_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false, woken_ = true;  // the first visit is at the start
  std::thread thread_;
};

}  // namespace cardea::recoveryd
