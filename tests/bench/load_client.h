// SPDX-License-Identifier: Apache-2.0
// HTTPS clients that ask as fast as they are answered: the same for our server and for its peer. Used by
// server_bench.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cardea::bench {

struct Load {
  std::uint16_t port = 0;
  std::string ca_file;
  unsigned connections = 16;  // at once, a thread each
  bool keep_alive = true;     // false: a new connection with a full TLS 1.3 handshake for each request
  std::chrono::milliseconds duration{1000};
};

struct LoadResult {
  double requests_per_second = 0;
  std::uint64_t requests = 0;
  std::size_t body_bytes = 0;  // of one answer
  double p50 = 0, p99 = 0;     // of one request, with its handshake if it has one; microseconds
};

// Each request is sent once, in order; the load ends early when there are no more. Throws std::runtime_error
// when any answer is not 200.
LoadResult run_load(const Load& load, const std::vector<std::string>& requests);
// Opens a connection for each request, one after the other, and calls `look` when all have been answered and
// are idle. Throws as run_load().
void hold_idle(const Load& load, const std::vector<std::string>& requests, const std::function<void()>& look);

}  // namespace cardea::bench
