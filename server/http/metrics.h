// SPDX-License-Identifier: Apache-2.0
// Counters of this process for metrics_sink, which shows them. Counting is lock-free; routes are known by
// their index in the route table.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace cardea::server::http {

// How somebody who has lost something came back, and what he did about the loss.
enum class Recovery : std::uint8_t { access_key_issued, access_key_used, card_replaced, card_suspended };
inline constexpr std::array<const char*, 4> kRecoveryNames = {"access-key-issued", "access-key-used",
                                                              "card-replaced", "card-suspended"};

class Metrics {
 public:
  static constexpr std::size_t kMaxRoutes = 128;  // the last counts what has no route
  static constexpr std::size_t kPortal = kMaxRoutes - 2;

  void count_request(std::size_t route, int status) noexcept {
    requests_[route < kMaxRoutes ? route : kMaxRoutes - 1][status_class(status)].fetch_add(
        1, std::memory_order_relaxed);
  }

  // Upper bounds in milliseconds of the time a request took from its last byte to the answer's making.
  static constexpr std::array<std::int64_t, 9> kDurationBounds = {1,   3,     10,    30,    100,
                                                                  300, 1'000, 3'000, 10'000};

  void observe_duration(std::int64_t millis) noexcept {
    std::size_t bucket = 0;
    while (bucket < kDurationBounds.size() && millis >= kDurationBounds[bucket])
      ++bucket;
    durations_[bucket].fetch_add(1, std::memory_order_relaxed);
    duration_millis_.fetch_add(static_cast<std::uint64_t>(millis), std::memory_order_relaxed);
  }
  void count(Recovery kind) noexcept {
    recoveries_[static_cast<std::size_t>(kind)].fetch_add(1, std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> connections_refused{0};  // by the caps
  std::atomic<std::uint64_t> connections_cut{0};      // by the watchdog
  std::atomic<std::uint64_t> handshakes_failed{0};    // ended before a byte of a request
  std::atomic<std::uint64_t> connection_errors{0};    // TLS and socket failures after that
  std::atomic<std::uint64_t> requests_malformed{0};   // refused before routing
  std::atomic<std::uint64_t> requests_limited{0};     // more at once than a network behind a proxy may have
  std::atomic<std::uint64_t> proxy_headers_refused{0};
  std::atomic<std::uint64_t> exceptions{0};  // that reached an outermost edge
  std::atomic<std::uint64_t> guesses{0};     // evaluated
  std::atomic<std::uint64_t> guesses_refused{0};
  std::atomic<std::uint64_t> signatures_refused{0};
  std::atomic<std::uint64_t> fit_mismatches{
      0};  // check-ins of computers whose access keys are not the server's
  std::atomic<std::int64_t> busy_threads{0};
  std::array<std::atomic<std::uint64_t>, 3> notifications{};  // by Told (server/service/notifier.h)

  [[nodiscard]] std::uint64_t requests(std::size_t route, std::size_t status_class) const noexcept {
    return requests_[route][status_class].load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t recoveries(std::size_t kind) const noexcept {
    return recoveries_[kind].load(std::memory_order_relaxed);
  }
  // Of one bucket alone; the last is what took longer than every bound.
  [[nodiscard]] std::uint64_t durations(std::size_t bucket) const noexcept {
    return durations_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t duration_millis() const noexcept {
    return duration_millis_.load(std::memory_order_relaxed);
  }

 private:
  static std::size_t status_class(int status) noexcept {
    return status >= 200 && status < 600 ? static_cast<std::size_t>(status / 100 - 2) : 3;
  }
  std::array<std::array<std::atomic<std::uint64_t>, 4>, kMaxRoutes> requests_{};  // 2xx, 3xx, 4xx, 5xx
  std::array<std::atomic<std::uint64_t>, kRecoveryNames.size()> recoveries_{};
  std::array<std::atomic<std::uint64_t>, kDurationBounds.size() + 1> durations_{};
  std::atomic<std::uint64_t> duration_millis_{0};
};

}  // namespace cardea::server::http
