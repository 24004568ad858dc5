// SPDX-License-Identifier: Apache-2.0
// Reads the head of an HTTP/1.1 request (RFC 9112), strictly. Poco 1.11's own reader takes bare line feeds,
// repeated and negative lengths, Content-Length beside Transfer-Encoding and requests without Host; behind a
// proxy that reads them otherwise each of these is a smuggled request, so the server has a reader of its own.
// Pure: no socket, no Poco. Called by connection.cpp; fuzzed by tests/fuzz/request_head_fuzz.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cardea::server::http {

inline constexpr std::size_t kMaxHeadSize = 16 * 1024;  // request line and fields together
inline constexpr std::size_t kMaxTargetSize = 2048;
inline constexpr std::size_t kMaxFields = 64;

struct RequestHead {
  struct Field {
    std::string name;   // lower case
    std::string value;  // without outer blanks
  };
  std::string method;
  std::string path;   // "/" and unreserved characters only, no empty, "." or ".." segment
  std::string query;  // with its '?', or empty
  int minor_version = 1;
  std::vector<Field> fields;
  std::string host;  // lower case
  std::uint64_t content_length = 0;
  bool chunked = false;
  bool keep_alive = true;
  bool expect_continue = false;

  // The field's value, or nullptr. Fields this server acts on occur at most once.
  [[nodiscard]] const std::string* field(std::string_view name) const;
};

// Where the head in `input` ends (after the empty line), or nothing when it has not come whole yet.
// frame_malformed as soon as a line does not end in CR LF; frame_too_large.
Result<std::optional<std::size_t>> find_head_end(std::string_view input);

// `head` is what find_head_end delimits. frame_malformed (400), not_supported (a coding or version, 501).
Result<RequestHead> parse_request_head(std::string_view head);

}  // namespace cardea::server::http
