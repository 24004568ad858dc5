// SPDX-License-Identifier: Apache-2.0
#include "upstream/answer_rules.h"

#include <gtest/gtest.h>

namespace cardea::upstream {
namespace {

constexpr std::size_t kMax = 100;

Error head_error(std::string_view text) {
  const auto parsed = parse_head(text);
  return parsed.ok() ? Error::internal : parsed.error();
}

TEST(AnswerHead, LinesAndFields) {
  const auto parsed =
      parse_head("HTTP/1.1 200 OK\r\nContent-LENGTH: 7\r\nETag:\"3\" \r\nX-Empty:\r\nX-Two: a: b\r\n\r\n");
  ASSERT_TRUE(parsed.ok()) << parsed.failure().detail;
  EXPECT_EQ(parsed->head.status, 200);
  EXPECT_EQ(parsed->head.length, 7);
  EXPECT_FALSE(parsed->head.chunked);
  EXPECT_FALSE(parsed->head.coded);
  const Headers expected = {{"content-length", "7"}, {"etag", "\"3\""}, {"x-empty", ""}, {"x-two", "a: b"}};
  EXPECT_EQ(parsed->headers, expected);
}

TEST(AnswerHead, TheStatusLineMayEndAfterTheNumber) {
  EXPECT_EQ(parse_head("HTTP/1.1 204\r\n\r\n")->head.status, 204);
  EXPECT_EQ(parse_head("HTTP/1.1 503 Not now\r\n")->head.status, 503);
}

TEST(AnswerHead, Codings) {
  EXPECT_TRUE(parse_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n")->head.chunked);
  EXPECT_FALSE(parse_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")->head.coded);
  EXPECT_FALSE(parse_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n")->head.coded);
  for (const char* field : {"Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked",
                            "Transfer-Encoding:", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                            "Content-Encoding: gzip", "content-encoding: identity",
                            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"}) {
    const auto parsed = parse_head(std::string("HTTP/1.1 200 OK\r\n") + field + "\r\n\r\n");
    ASSERT_TRUE(parsed.ok()) << field;
    EXPECT_TRUE(parsed->head.coded) << field;
  }
}

TEST(AnswerHead, WhatCannotBeReadIsMisbehaviour) {
  const std::string good = "HTTP/1.1 200 OK\r\n";
  for (const std::string& text : {std::string(),
                                  std::string("\r\n"),
                                  std::string("garbage\r\n\r\n"),
                                  std::string("HTTP/1.1\r\n"),
                                  std::string("HTTP/1.1 20 OK\r\n"),
                                  std::string("HTTP/1.1 2000 OK\r\n"),
                                  std::string("HTTP/1.1 2x0 OK\r\n"),
                                  std::string("HTTP/1.1 -20 OK\r\n"),
                                  good + "no colon\r\n\r\n",
                                  good + ": no name\r\n\r\n",
                                  good + "Name : blank\r\n\r\n",
                                  good + "X: a\r\n folded: b\r\n\r\n",
                                  good + "Content-Length: x\r\n\r\n",
                                  good + "Content-Length:\r\n\r\n",
                                  good + "Content-Length: -1\r\n\r\n",
                                  good + "Content-Length: +1\r\n\r\n",
                                  good + "Content-Length: 5, 5\r\n\r\n",
                                  good + "Content-Length: 9223372036854775808\r\n\r\n",
                                  good + "Content-Length: 18446744073709551616\r\n\r\n",
                                  good + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
                                  good + "X: " + std::string(kMaxHeadText, 'x') + "\r\n\r\n"}) {
    EXPECT_EQ(head_error(text), Error::server_misbehaved) << text.substr(0, 60);
  }
  EXPECT_TRUE(parse_head(good + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n").ok());
}

TEST(AnswerHead, Judgement) {
  const auto refused = [](AnswerHead head) { return !judge_head(head, kMax).ok(); };
  EXPECT_FALSE(refused({.status = 200, .length = 100}));
  EXPECT_FALSE(refused({.status = 599, .length = 0}));
  EXPECT_FALSE(refused({.status = 200, .chunked = true}));
  EXPECT_FALSE(refused({.status = 204}));
  EXPECT_TRUE(refused({.status = 199, .length = 1}));
  EXPECT_TRUE(refused({.status = 600, .length = 1}));
  EXPECT_TRUE(refused({.status = 300, .length = 1}));
  EXPECT_TRUE(refused({.status = 399, .length = 1}));
  EXPECT_TRUE(refused({.status = 200}));
  EXPECT_TRUE(refused({.status = 200, .length = 101}));
  EXPECT_TRUE(refused({.status = 200, .chunked = true, .length = 101}));
  EXPECT_TRUE(refused({.status = 200, .coded = true, .length = 1}));
}

TEST(AnswerBodies, WholeShortAndTooLong) {
  AnswerBody whole({.status = 200, .length = 4}, kMax);
  EXPECT_TRUE(whole.add("ab").ok());
  EXPECT_TRUE(whole.add("cd").ok());
  EXPECT_EQ(*std::move(whole).whole(false), "abcd");

  AnswerBody cut({.status = 200, .length = 4}, kMax);
  EXPECT_TRUE(cut.add("abc").ok());
  EXPECT_EQ(std::move(cut).whole(false).error(), Error::server_unreachable);

  AnswerBody broken({.status = 200, .chunked = true}, kMax);
  EXPECT_TRUE(broken.add("abc").ok());
  EXPECT_EQ(std::move(broken).whole(true).error(), Error::server_unreachable);

  AnswerBody longer({.status = 200, .chunked = true}, kMax);
  EXPECT_TRUE(longer.add(std::string(kMax, 'x')).ok());
  EXPECT_EQ(longer.add("x").error(), Error::server_misbehaved);
}

}  // namespace
}  // namespace cardea::upstream
