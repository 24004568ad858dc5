// SPDX-License-Identifier: Apache-2.0
// Clients over TLS that ask as fast as they are answered: the same for our server and for its peers. Used by
// server_bench.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardea::bench {

// Bytes of the body of a whole answer; nothing while it is not whole. Throws std::runtime_error unless it is
// 200.
std::optional<std::size_t> whole_http_answer(std::string_view received);

// What a server speaks: HTTP, if nothing else is said.
struct Dialect {
  std::string opening = {};  // sent and answered first on each connection; empty: nothing
  // Bytes of what was asked for in a whole answer; nothing while it is not whole. Throws unless it is a
  // success.
  std::optional<std::size_t> (*whole)(std::string_view received) = whole_http_answer;
};

struct Load {
  std::uint16_t port = 0;
  std::string ca_file;
  Dialect dialect = {};
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

// Each request is sent once, in order; the load ends early when there are no more. Connections that are kept
// are opened before the time begins, which is when `begins` is called. Throws std::runtime_error when any
// answer is not a success.
LoadResult run_load(const Load& load, const std::vector<std::string>& requests,
                    const std::function<void()>& begins);
// Opens a connection for each request, one after the other, and calls `look` when all have been answered and
// are idle. Throws as run_load().
void hold_idle(const Load& load, const std::vector<std::string>& requests, const std::function<void()>& look);

}  // namespace cardea::bench
