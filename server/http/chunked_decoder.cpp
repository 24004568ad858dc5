// SPDX-License-Identifier: Apache-2.0
#include "server/http/chunked_decoder.h"

#include <algorithm>

namespace cardea::server::http {
namespace {

constexpr std::size_t kMaxSizeDigits = 8;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

// Everything but content: one character of the framing.
ChunkedDecoder::Progress ChunkedDecoder::step(char c) {
  switch (state_) {
    case State::size:
      if (const int value = hex_value(c); value >= 0 && digits_ < kMaxSizeDigits) {
        remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(value);
        ++digits_;
        return Progress::more;
      }
      if (c != '\r' || digits_ == 0) return Progress::malformed;
      state_ = State::size_end;
      return Progress::more;
    case State::size_end:
      if (c != '\n') return Progress::malformed;
      state_ = remaining_ == 0 ? State::final_cr : State::data;
      return Progress::more;
    case State::data_cr:
      state_ = State::data_lf;
      return c == '\r' ? Progress::more : Progress::malformed;
    case State::data_lf:
      state_ = State::size;
      digits_ = 0;
      return c == '\n' ? Progress::more : Progress::malformed;
    case State::final_cr:
      state_ = State::final_lf;
      return c == '\r' ? Progress::more : Progress::malformed;
    case State::final_lf:
      return c == '\n' ? Progress::done : Progress::malformed;
    case State::data:
      break;
  }
  return Progress::malformed;
}

ChunkedDecoder::Progress ChunkedDecoder::feed(std::string_view input, std::string& body, std::size_t& used) {
  used = 0;
  while (used < input.size()) {
    if (state_ == State::data) {
      if (body.size() + remaining_ > limit_) return Progress::too_large;
      const auto count = std::min<std::uint64_t>(remaining_, input.size() - used);
      body.append(input.substr(used, count));
      used += count;
      remaining_ -= count;
      if (remaining_ == 0) state_ = State::data_cr;
      continue;
    }
    const Progress progress = step(input[used++]);
    if (progress != Progress::more) return progress;
  }
  return Progress::more;
}

}  // namespace cardea::server::http
