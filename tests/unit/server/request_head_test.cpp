// SPDX-License-Identifier: Apache-2.0
#include "server/http/request_head.h"

#include <gtest/gtest.h>

namespace cardea::server::http {
namespace {

using namespace std::string_view_literals;

TEST(RequestHead, ReadsAWholeOne) {
  const auto head = parse_request_head(
      "POST /v1/cards/ab/state?x=1 HTTP/1.1\r\nHost: Server.Test:8443\r\nContent-Length: 17\r\n"
      "If-Match:\t\"3\" \r\nConnection: Keep-Alive\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(head.ok()) << head.failure().detail;
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->path, "/v1/cards/ab/state");
  EXPECT_EQ(head->query, "?x=1");
  EXPECT_EQ(head->host, "server.test:8443");
  EXPECT_EQ(head->content_length, 17u);
  EXPECT_EQ(*head->field("if-match"), "\"3\"");
  EXPECT_EQ(head->field("absent"), nullptr);
  EXPECT_TRUE(head->keep_alive);
  EXPECT_TRUE(head->expect_continue);
  EXPECT_FALSE(head->chunked);
}

TEST(RequestHead, KeepAliveFollowsVersionAndField) {
  EXPECT_FALSE(parse_request_head("GET / HTTP/1.0\r\nHost: a\r\n\r\n")->keep_alive);
  EXPECT_FALSE(parse_request_head("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n")->keep_alive);
  EXPECT_TRUE(parse_request_head("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n")->chunked);
}

struct Probe {
  const char* name;
  std::string_view head;
  Error error = Error::frame_malformed;
};
void PrintTo(const Probe& probe, std::ostream* out) { *out << probe.name; }
class RequestHeadRefused : public testing::TestWithParam<Probe> {};

TEST_P(RequestHeadRefused, Is) {
  const auto head = parse_request_head(GetParam().head);
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.error(), GetParam().error);
}

constexpr auto kUnsupported = Error::not_supported;
INSTANTIATE_TEST_SUITE_P(
    Probes, RequestHeadRefused,
    testing::Values(
        Probe{"length and coding",
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"},
        Probe{"coding and length",
              "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"},
        Probe{"two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"},
        Probe{"two equal lengths",
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"},
        Probe{"listed lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n"},
        Probe{"negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"},
        Probe{"signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n"},
        Probe{"hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x10\r\n\r\n"},
        Probe{"empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"},
        Probe{"huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"},
        Probe{"other coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", kUnsupported},
        Probe{"list of codings", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
              kUnsupported},
        Probe{"coding hidden by a tab",
              "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
              "chunked\r\n\r\n"},
        Probe{"two codings",
              "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n"},
        Probe{"coding in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
        Probe{"blank before the colon", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n"},
        Probe{"folded line", "POST / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"},
        Probe{"folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        Probe{"no host", "GET / HTTP/1.1\r\n\r\n"}, Probe{"no host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"},
        Probe{"empty host", "GET / HTTP/1.1\r\nHost: \r\n\r\n"},
        Probe{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        Probe{"host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        Probe{"host with a name", "GET / HTTP/1.1\r\nHost: x@a\r\n\r\n"},
        Probe{"bare line feed", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
        Probe{"bare carriage return", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"},
        Probe{"zero byte", "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"sv},
        Probe{"no colon", "GET / HTTP/1.1\r\nHost a\r\n\r\n"},
        Probe{"empty name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"},
        Probe{"no version", "GET /\r\nHost: a\r\n\r\n"},
        Probe{"HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", kUnsupported},
        Probe{"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", kUnsupported},
        Probe{"lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n"},
        Probe{"small method", "get / HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"long method", "GETGETGETGETGETGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"absolute target", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"percent", "GET /%2e HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"dots", "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"two slashes", "GET //a HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"backslash", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n"},
        Probe{"content coding", "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\n\r\n", kUnsupported},
        Probe{"expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", kUnsupported},
        Probe{"two signatures", "GET / HTTP/1.1\r\nHost: a\r\nSignature: x\r\nSignature: y\r\n\r\n"},
        Probe{"no end", "GET / HTTP/1.1\r\nHost: a\r\n"}, Probe{"nothing", ""}));

TEST(RequestHead, TooManyFieldsOrTooLongATarget) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 64; ++i)
    head += "X: y\r\n";
  EXPECT_FALSE(parse_request_head(head + "\r\n").ok());
  EXPECT_FALSE(parse_request_head("GET /" + std::string(2048, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n").ok());
}

TEST(FindHeadEnd, WaitsRefusesAndFinds) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size) {
    const auto end = find_head_end(head.substr(0, size));
    ASSERT_TRUE(end.ok()) << size;
    EXPECT_FALSE(end->has_value()) << size;
  }
  EXPECT_EQ(**find_head_end(head + "rest"), head.size());
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\n").error(), Error::frame_malformed);
  EXPECT_EQ(find_head_end("\r\nGET").error(), Error::frame_malformed);
  EXPECT_EQ(find_head_end("\n").error(), Error::frame_malformed);
  EXPECT_EQ(find_head_end(std::string(kMaxHeadSize, 'a')).error(), Error::frame_too_large);
}

}  // namespace
}  // namespace cardea::server::http
