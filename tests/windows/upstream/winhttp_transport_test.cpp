// SPDX-License-Identifier: Apache-2.0
// The transport over WinHTTP against real TLS servers, good and bad ones: what
// tests/unit/upstream/https_transport_test.cpp asks of the one over Poco.
#include <gmock/gmock.h>

#include "tests/windows/upstream/test_servers.h"

namespace cardea::upstream {
namespace {

using testing::HasSubstr;
using testing::Not;

class WinHttpTransport : public WinHttpTest {
 protected:
  std::string path(const std::string& behaviour) const { return "/" + behaviour + "/" + name_; }
};

TEST_F(WinHttpTransport, RequestAndAnswer) {
  const auto transport = to({url_of("good")});
  HttpRequest request = post(path("echo"));
  std::string signed_for;
  request.sign = [&](std::string_view authority) -> Result<Headers> {
    signed_for = authority;
    return Headers{{"Signature", "sig1=:eA==:"}};
  };
  const auto response = transport->send(request);
  ASSERT_TRUE(response.ok()) << response.failure().detail;
  EXPECT_EQ(response->status, 200);
  const std::string& seen = response->body;
  EXPECT_TRUE(seen.starts_with("POST " + path("echo") + "?q=1 HTTP/1.1\r\n")) << seen;
  EXPECT_TRUE(seen.ends_with("\r\n\r\n{\"b\":2}")) << seen;
  EXPECT_THAT(seen, HasSubstr("\r\nHost: " + signed_for + "\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nX-Test: yes\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nSignature: sig1=:eA==:\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Length: 7\r\n"));
  EXPECT_EQ("https://" + signed_for, url_of("good"));
  EXPECT_EQ(transport->authority(), signed_for);
  EXPECT_EQ(requests(name_), 1);
}

TEST_F(WinHttpTransport, HeadersOfTheAnswer) {
  const auto response = to({url_of("good")})->send(get(path("ok")));
  ASSERT_TRUE(response.ok()) << response.failure().detail;
  EXPECT_EQ(response->body, "{\"a\":1}");
  EXPECT_EQ(response->header("content-type"), "application/json");
  EXPECT_EQ(response->header("etag"), "\"3\"");
}

TEST_F(WinHttpTransport, TargetsGoOutAsTheyAre) {
  HttpRequest request = get(path("echo") + "/%2Fa%20b/../c//d;e=f,g~");
  request.query = "?x=%25+y&z=[1]";
  const auto response = to({url_of("good")})->send(request);
  ASSERT_TRUE(response.ok()) << response.failure().detail;
  EXPECT_TRUE(response->body.starts_with("GET " + request.path + request.query + " HTTP/1.1\r\n"))
      << response->body;
}

TEST_F(WinHttpTransport, APostWithoutABodySaysSo) {
  HttpRequest request = post(path("echo"));
  request.body.clear();
  const auto response = to({url_of("good")})->send(request);
  ASSERT_TRUE(response.ok()) << response.failure().detail;
  EXPECT_THAT(response->body, HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST_F(WinHttpTransport, LargeBodies) {
  HttpRequest request = post(path("echo"));
  request.body = std::string(300'000, 'y');
  const auto response = to({url_of("good")})->send(request);
  ASSERT_TRUE(response.ok()) << response.failure().detail;
  EXPECT_TRUE(response->body.ends_with("\r\n\r\n" + request.body));
}

TEST_F(WinHttpTransport, NothingIsSmuggledIntoARequest) {
  HttpRequest request = get(path("ok"));
  request.headers = {{"X-Test", "a\r\nX-Other: b"}};
  EXPECT_EQ(error_of(to({url_of("good")})->send(request)), Error::invalid_argument);
  EXPECT_EQ(error_of(to({url_of("good")})->send(get(path("ok") + " HTTP/1.1\r\nX-Other: b"))),
            Error::invalid_argument);
  EXPECT_EQ(error_of(to({url_of("good")})->send(get(path("ok") + "/\xc3\xa4"))), Error::invalid_argument);
  EXPECT_EQ(requests(name_), 0);
}

TEST_F(WinHttpTransport, ConnectionsAreKept) {
  const int before = connections("second");
  const auto transport = to({url_of("second")});
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(transport->send(get(path("ok"))).ok());
  EXPECT_LE(connections("second") - before, 1);  // Wine keeps those of other sessions, too
}

TEST_F(WinHttpTransport, AKeptConnectionThatHasEndedIsReplaced) {
  const auto transport = to({url_of("good")});
  for (int i = 0; i < 3; ++i) {
    const auto response = transport->send(get(path("once")));
    EXPECT_TRUE(response.ok()) << response.failure().detail;
  }
}

TEST_F(WinHttpTransport, AnswersWithoutABody) {
  const auto transport = to({url_of("second")});
  const int before = connections("second");
  HttpRequest head = get(path("head"));
  head.method = "HEAD";
  for (const HttpRequest& request : {head, get(path("none")), head, get(path("ok"))}) {
    const auto response = transport->send(request);
    ASSERT_TRUE(response.ok()) << request.path << ": " << response.failure().detail;
    EXPECT_EQ(response->body, request.path == path("ok") ? "{\"a\":1}" : "");
  }
  EXPECT_LE(connections("second") - before, 1);
}

TEST_F(WinHttpTransport, UntrustedServersAreNotAsked) {
  for (const char* server : {"stranger", "self-signed", "expired", "early", "other-name", "old", "plain"}) {
    for (const char* host : {"127.0.0.1", "localhost"}) {
      const auto response = to({url_of(server, host)})->send(get(path("ok")));
      EXPECT_EQ(error_of(response), Error::server_untrusted) << server << " " << host;
    }
  }
  EXPECT_EQ(requests(name_), 0);
  EXPECT_EQ(requests("in-the-clear"), 0);
}

TEST_F(WinHttpTransport, AnUntrustedServerIsNamed) {
  const auto response = to({url_of("other-name")})->send(get(path("ok")));
  ASSERT_FALSE(response.ok());
  EXPECT_THAT(response.failure().detail, HasSubstr(url_of("other-name").substr(8) + ": "));
  EXPECT_THAT(response.failure().detail, HasSubstr("certificate"));
}

TEST_F(WinHttpTransport, NobodyThereIsUnreachable) {
  EXPECT_EQ(error_of(to({url_of("nobody")})->send(get(path("ok")))), Error::server_unreachable);
  EXPECT_EQ(error_of(to({"https://no-such-host.invalid"})->send(get(path("ok")))), Error::server_unreachable);
}

TEST_F(WinHttpTransport, ALostConnectionIsTriedOnceMore) {
  const auto response = to({fresh_url()})->send(get(path("lose-first")));
  EXPECT_TRUE(response.ok()) << response.failure().detail;
  EXPECT_EQ(requests(name_), 2);
}

TEST_F(WinHttpTransport, WhatMayNotBeRepeatedIsNot) {
  const std::vector<std::string> both = {fresh_url(), fresh_url()};
  EXPECT_EQ(error_of(to(both)->send(post(path("lose")))), Error::server_unreachable);
  EXPECT_EQ(requests(name_), 1);
  EXPECT_EQ(error_of(to(both)->send(get(path("lose")))), Error::server_unreachable);
  EXPECT_EQ(requests(name_), 5);  // each server twice
}

// On a kept connection WinHTTP itself might ask again.
TEST_F(WinHttpTransport, WhatMayNotBeRepeatedIsNotOnAKeptConnectionEither) {
  for (const bool with_body : {true, false}) {
    name_ = fresh_name();
    const auto transport = to({fresh_url()});
    ASSERT_TRUE(transport->send(get(path("lose-second"))).ok());
    HttpRequest request = post(path("lose-second"));
    if (!with_body) request.body.clear();
    EXPECT_EQ(error_of(transport->send(request)), Error::server_unreachable) << with_body;
    EXPECT_EQ(requests(name_), 2) << with_body;
  }
}

TEST_F(WinHttpTransport, AnAttemptSaysHowFarItCame) {
  const auto line = line_to(fresh_url());
  const Attempt lost = line->attempt(get(path("lose")), within(10'000), false);
  EXPECT_EQ(error_of(lost.result), Error::server_unreachable);
  EXPECT_EQ(lost.stage, Stage::sent);
  EXPECT_TRUE(lost.lost);
  const Attempt answered = line->attempt(get(path("slow")), within(10'000), false);
  ASSERT_TRUE(answered.result.ok());
  EXPECT_GE(answered.millis, 1'100);
  EXPECT_LT(answered.millis, 10'000);
  const Attempt nobody = line_to(url_of("nobody"))->attempt(post(path("ok")), within(10'000), false);
  EXPECT_EQ(nobody.stage, Stage::connecting);
  EXPECT_FALSE(nobody.lost);
  const Attempt untrusted = line_to(url_of("stranger"))->attempt(post(path("ok")), within(10'000), false);
  EXPECT_EQ(untrusted.stage, Stage::connecting);
  EXPECT_FALSE(untrusted.lost);
}

TEST_F(WinHttpTransport, EachAttemptIsSignedAnew) {
  int signatures = 0;
  HttpRequest request = get(path("lose"));
  request.sign = [&](std::string_view) -> Result<Headers> {
    ++signatures;
    return Headers{};
  };
  EXPECT_EQ(error_of(to({fresh_url()})->send(request)), Error::server_unreachable);
  EXPECT_EQ(signatures, 2);
}

TEST_F(WinHttpTransport, AFailingSignerSendsNothing) {
  HttpRequest request = get(path("ok"));
  request.sign = [](std::string_view) -> Result<Headers> { return Error::card_removed; };
  EXPECT_EQ(error_of(to({url_of("good")})->send(request)), Error::card_removed);
  EXPECT_EQ(requests(name_), 0);
}

TEST_F(WinHttpTransport, ChunkedAnswersAreRead) {
  const auto transport = to({url_of("good")});
  for (int i = 0; i < 2; ++i) {
    const auto response = transport->send(get(path("chunked")));
    ASSERT_TRUE(response.ok()) << response.failure().detail;
    EXPECT_EQ(response->body, "{\"a\":1}");
  }
}

TEST_F(WinHttpTransport, HostileAnswersAreMisbehaviour) {
  for (const char* behaviour :
       {"garbage", "redirect", "too-long", "no-length", "te-gzip", "gzip", "bad-length", "two-lengths",
        "status-999", "status-101", "huge-head", "endless"}) {
    const auto response = to({url_of("good")})->send(get(path(behaviour)));
    EXPECT_EQ(error_of(response), Error::server_misbehaved)
        << behaviour << ": " << (response.ok() ? response->body : response.failure().detail);
  }
}

TEST_F(WinHttpTransport, ATruncatedAnswerIsALostConnection) {
  EXPECT_EQ(error_of(to({fresh_url()})->send(get(path("truncated")))), Error::server_unreachable);
}

TEST_F(WinHttpTransport, NoCookiesAndNoCredentials) {
  const auto transport = to({url_of("good")});
  ASSERT_TRUE(transport->send(get(path("cookie"))).ok());
  const auto denied = transport->send(get(path("denied")));
  ASSERT_TRUE(denied.ok()) << denied.failure().detail;
  EXPECT_EQ(denied->status, 401);
  EXPECT_EQ(requests(name_), 2);
  const auto echo = transport->send(get(path("echo")));
  ASSERT_TRUE(echo.ok());
  EXPECT_THAT(echo->body, Not(HasSubstr("Cookie")));
  EXPECT_THAT(echo->body, Not(HasSubstr("Authorization")));
}

TEST_F(WinHttpTransport, BadSettingsAreRefused) {
  const auto made = HttpsTransport::create({.urls = {"https://a"}, .ca_file = "authority.pem"}, clock_);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error(), Error::config_invalid);
  EXPECT_THAT(made.failure().detail, HasSubstr("Trusted Root Certification Authorities"));
}

}  // namespace
}  // namespace cardea::upstream
