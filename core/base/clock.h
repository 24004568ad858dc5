// SPDX-License-Identifier: Apache-2.0
// Time is an argument below the edge of a process: programs own one SystemClock, tests move a FakeClock.
#pragma once

#include <cstdint>

namespace cardea {

using UnixSeconds = std::int64_t;      // wall clock, UTC; may jump in either direction
using MonotonicMillis = std::int64_t;  // since some fixed point of this boot; never goes back

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UnixSeconds now() const = 0;
  [[nodiscard]] virtual MonotonicMillis monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] UnixSeconds now() const override;
  [[nodiscard]] MonotonicMillis monotonic() const override;
};

class FakeClock final : public Clock {
 public:
  explicit FakeClock(UnixSeconds start = 1'800'000'000) : now_(start) {}
  [[nodiscard]] UnixSeconds now() const override { return now_; }
  [[nodiscard]] MonotonicMillis monotonic() const override { return monotonic_; }
  void advance(std::int64_t seconds) {
    now_ += seconds;
    monotonic_ += seconds * 1000;
  }
  void set_wall(UnixSeconds now) { now_ = now; }  // somebody moves the clock; monotonic time stays

 private:
  UnixSeconds now_;
  MonotonicMillis monotonic_ = 0;
};

}  // namespace cardea
