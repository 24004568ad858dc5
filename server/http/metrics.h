// SPDX-License-Identifier: Apache-2.0
// Counters of this process in the Prometheus text format. Counting is lock-free; routes are known by their
// index in the route table.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace cardea::server::http {

class Metrics {
 public:
  static constexpr std::size_t kMaxRoutes = 64;  // the last counts what has no route
  static constexpr std::size_t kPortal = kMaxRoutes - 2;

  void count_request(std::size_t route, int status) noexcept {
    requests_[route < kMaxRoutes ? route : kMaxRoutes - 1][status_class(status)].fetch_add(
        1, std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> connections_refused{0};  // by the caps
  std::atomic<std::uint64_t> connections_cut{0};      // by the watchdog
  std::atomic<std::uint64_t> connection_errors{0};    // TLS and socket failures
  std::atomic<std::uint64_t> requests_malformed{0};   // refused before routing
  std::atomic<std::uint64_t> requests_limited{0};     // more at once than a network behind a proxy may have
  std::atomic<std::uint64_t> proxy_headers_refused{0};
  std::atomic<std::uint64_t> exceptions{0};  // that reached an outermost edge
  std::atomic<std::uint64_t> guesses_refused{0};
  std::atomic<std::uint64_t> signatures_refused{0};
  std::atomic<std::int64_t> busy_threads{0};

  [[nodiscard]] std::uint64_t requests(std::size_t route, std::size_t status_class) const noexcept {
    return requests_[route][status_class].load(std::memory_order_relaxed);
  }

 private:
  static std::size_t status_class(int status) noexcept {
    return status >= 200 && status < 600 ? static_cast<std::size_t>(status / 100 - 2) : 3;
  }
  std::array<std::array<std::atomic<std::uint64_t>, 4>, kMaxRoutes> requests_{};  // 2xx, 3xx, 4xx, 5xx
};

// One line of the text format, with its HELP and TYPE.
std::string metric(const char* name, const char* type, const char* help, std::int64_t value);

}  // namespace cardea::server::http
