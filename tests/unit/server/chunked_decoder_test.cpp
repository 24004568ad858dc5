// SPDX-License-Identifier: Apache-2.0
#include "server/http/chunked_decoder.h"

#include <gtest/gtest.h>

namespace cardea::server::http {
namespace {

using Progress = ChunkedDecoder::Progress;

struct Outcome {
  Progress progress;
  std::string body;
  std::size_t used = 0;
};

Outcome decode(std::string_view input, std::size_t step, std::size_t limit = 100) {
  ChunkedDecoder decoder(limit);
  Outcome out{Progress::more, "", 0};
  while (out.progress == Progress::more && out.used < input.size()) {
    std::size_t used = 0;
    out.progress = decoder.feed(input.substr(out.used, step), out.body, used);
    out.used += used;
  }
  return out;
}

TEST(ChunkedDecoder, TakesTheCodingOffInAnyPortions) {
  constexpr std::string_view kInput = "5\r\nhello\r\n0006\r\n world\r\n0\r\n\r\nGET ";
  for (std::size_t step = 1; step <= kInput.size(); ++step) {
    const Outcome out = decode(kInput, step);
    EXPECT_EQ(out.progress, Progress::done) << step;
    EXPECT_EQ(out.body, "hello world");
    EXPECT_EQ(out.used, kInput.size() - 4);
  }
}

TEST(ChunkedDecoder, RefusesEverythingElse) {
  for (const char* input : {"\r\n", "g\r\n", "5;x=y\r\nhello\r\n", "5 \r\nhello\r\n", "-5\r\nhello",
                            "5\nhello", "5\r\nhelloX\r\n", "5\r\nhello\n", "0\r\nTrailer: x\r\n\r\n",
                            "0\r\n\rX", "123456789\r\n", "0x5\r\nhello\r\n"}) {
    EXPECT_EQ(decode(input, 1).progress, Progress::malformed) << input;
  }
}

TEST(ChunkedDecoder, StopsBeforeTheLimitIsPassed) {
  EXPECT_EQ(decode("a\r\n0123456789\r\n0\r\n\r\n", 7, 10).progress, Progress::done);
  EXPECT_EQ(decode("b\r\n0123456789a\r\n0\r\n\r\n", 7, 10).progress, Progress::too_large);
  EXPECT_EQ(decode("6\r\n012345\r\n5\r\n01234\r\n0\r\n\r\n", 7, 10).progress, Progress::too_large);
  EXPECT_EQ(decode("ffffffff\r\nx", 64, 10).progress, Progress::too_large);
}

}  // namespace
}  // namespace cardea::server::http
