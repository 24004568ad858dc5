// SPDX-License-Identifier: Apache-2.0
// How much longer than alone a process of this test takes while others have the processors: by that factor a
// goal in seconds is stretched on a busy machine. 1 on one that is not.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <thread>

namespace cardea::test {

// Watches from its making on.
class Slowness {
 public:
  // To be asked once.
  double factor() {
    thread_.request_stop();
    thread_.join();
    return std::max(1.0, passed_ / worked_);
  }

 private:
  using Seconds = std::chrono::duration<double>;
  static Seconds processor_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
  // A millisecond of work, fifty times a second: like the programs that are measured, which mostly wait.
  void watch(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    while (!stop.stop_requested()) {
      const auto due = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
      never.wait_until(lock, stop, due, [] { return false; });
      const Seconds start = processor_time();
      while (processor_time() - start < Seconds(0.001)) {
      }
      worked_ += processor_time() - start;
      passed_ += std::chrono::steady_clock::now() - due;  // its late beginning, too
    }
  }
  Seconds worked_{0}, passed_{0};
  std::jthread thread_{[this](const std::stop_token& stop) { watch(stop); }};
};

}  // namespace cardea::test
