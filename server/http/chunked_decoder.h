// SPDX-License-Identifier: Apache-2.0
// Takes the chunked coding (RFC 9112 section 7.1) off a body as it comes in. No extensions, no trailers: no
// client of ours sends them, and proxies differ about them. Called by connection.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cardea::server::http {

class ChunkedDecoder {
 public:
  enum class Progress { more, done, malformed, too_large };

  explicit ChunkedDecoder(std::size_t limit) : limit_(limit) {}
  // Reads from `input` what belongs to the body, appends the content to `body`, and says in `used` how much
  // of the input that was. After anything but `more` it must not be called again.
  Progress feed(std::string_view input, std::string& body, std::size_t& used);

 private:
  enum class State { size, size_end, data, data_cr, data_lf, final_cr, final_lf };
  Progress step(char c);
  const std::size_t limit_;
  State state_ = State::size;
  std::uint64_t remaining_ = 0;
  std::size_t digits_ = 0;
};

}  // namespace cardea::server::http
