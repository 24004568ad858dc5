// SPDX-License-Identifier: Apache-2.0
// From one server to the next: when, for which requests, and who is told (docs/spec/server-list.md,
// "Failover").
#include <gmock/gmock.h>

#include "tests/support/temp_dir.h"
#include "tests/unit/upstream/tls_test_server.h"
#include "upstream/https_transport.h"

namespace cardea::upstream {
namespace {

using Poco::Net::StreamSocket;
using testing::ElementsAre;

class Told final : public ServerWatch {
 public:
  void answered(const std::string& url, MonotonicMillis) override { lines.push_back("answered " + url); }
  void failed(const std::string& url) override { lines.push_back("failed " + url); }
  std::vector<std::string> lines;
};

class Failover : public ::testing::Test {
 protected:
  static constexpr MonotonicMillis kTotal = 20'000;

  std::unique_ptr<HttpsTransport> to(std::vector<std::string> urls, MonotonicMillis total = kTotal) {
    HttpsSettings settings{.urls = std::move(urls), .ca_file = authority_.certificate()};
    settings.total_millis = total;
    settings.patience_millis = 300;
    settings.watch = &told_;
    return HttpsTransport::create(settings, clock_).value();
  }
  static HttpRequest request(bool may_repeat) {
    HttpRequest out;
    out.method = "POST";
    out.path = "/v1/x";
    out.body = "{}";
    out.may_repeat = may_repeat;
    return out;
  }
  static TlsTestServer::Handler always(std::string answer) {
    return [answer](StreamSocket& connection) {
      while (!read_request(connection).empty()) {
        if (!send_text(connection, answer)) return;
      }
    };
  }
  static void silent(StreamSocket& connection) {
    (void)read_request(connection);
    wait_for_end(connection);
  }
  static std::string answer(const std::string& status) {
    return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  }
  SystemClock clock_;
  test::TempDir directory_;
  TestAuthority authority_{directory_.path(), "authority"};
  CertificateFiles good_ = authority_.issue("good");
  Told told_;
};

TEST_F(Failover, ASilentServerIsLeftWhenTheRequestMayBeRepeated) {
  const TlsTestServer quiet(good_, silent), well(good_, always(answer("200 OK")));
  const auto transport = to({quiet.url(), well.url()});
  const MonotonicMillis began = clock_.monotonic();
  EXPECT_TRUE(transport->send(request(true)).ok());
  EXPECT_LT(clock_.monotonic() - began, kTotal / 2);
  EXPECT_THAT(told_.lines, ElementsAre("failed " + quiet.url(), "answered " + well.url()));
  // And stays there.
  EXPECT_TRUE(transport->send(request(true)).ok());
  EXPECT_EQ(quiet.connections(), 1);
}

TEST_F(Failover, WhatMayHaveBeenDoneIsNotSentToAnother) {
  const TlsTestServer quiet(good_, silent), well(good_, always(answer("200 OK")));
  EXPECT_EQ(to({quiet.url(), well.url()}, 700)->send(request(false)).error(), Error::server_unreachable);
  EXPECT_EQ(well.connections(), 0);
  EXPECT_THAT(told_.lines, ElementsAre("failed " + quiet.url()));
}

TEST_F(Failover, BeforeAnythingIsSentEveryRequestMayGoOn) {
  const TlsTestServer no_tls(wait_for_end), well(good_, always(answer("200 OK")));
  EXPECT_TRUE(to({no_tls.url(), well.url()})->send(request(false)).ok());
  EXPECT_THAT(told_.lines, ElementsAre("failed " + no_tls.url(), "answered " + well.url()));
}

TEST_F(Failover, TheLastServerHasTheWholeTime) {
  const TlsTestServer slow(good_, [](StreamSocket& connection) {
    (void)read_request(connection);
    (void)connection.poll(Poco::Timespan(800'000), Poco::Net::Socket::SELECT_READ);
    send_text(connection, answer("200 OK"));
  });
  EXPECT_TRUE(to({slow.url()})->send(request(true)).ok());
}

TEST_F(Failover, AProofGoesToTheServerItNames) {
  const TlsTestServer no_tls(wait_for_end), well(good_, always(answer("200 OK")));
  const auto transport = to({no_tls.url(), well.url()}, 600);
  HttpRequest bound = request(false);
  bound.only_at = no_tls.url().substr(8);
  EXPECT_EQ(transport->send(bound).error(), Error::server_unreachable);
  EXPECT_EQ(well.connections(), 0);
  bound.only_at = "elsewhere.example";
  EXPECT_EQ(transport->send(bound).error(), Error::server_unreachable);
  bound.only_at = well.url().substr(8);
  EXPECT_TRUE(transport->send(bound).ok());
  EXPECT_EQ("https://" + transport->authority(), well.url());
}

TEST_F(Failover, AServerThatCannotServeHasFailedAndARefusalHasNot) {
  const TlsTestServer away(good_, always(answer("503 Service Unavailable")));
  const TlsTestServer refusing(good_, always(answer("403 Forbidden")));
  const auto refused = to({away.url(), refusing.url()})->send(request(true));
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->status, 403);
  EXPECT_THAT(told_.lines, ElementsAre("failed " + away.url(), "answered " + refusing.url()));
}

TEST_F(Failover, ASignatureThatCannotBeMadeIsNoFaultOfTheServer) {
  const TlsTestServer well(good_, always(answer("200 OK")));
  HttpRequest unsigned_request = request(true);
  unsigned_request.sign = [](std::string_view) -> Result<Headers> { return fail(Error::card_removed); };
  EXPECT_EQ(to({well.url()})->send(unsigned_request).error(), Error::card_removed);
  EXPECT_TRUE(told_.lines.empty());
}

TEST_F(Failover, AHeadHasNoBody) {
  const TlsTestServer well(good_, [](StreamSocket& connection) {
    while (!read_request(connection).empty()) {
      if (!send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n")) return;
    }
  });
  const auto transport = to({well.url()});
  HttpRequest head;
  head.method = "HEAD";
  head.path = "/healthz";
  head.may_repeat = true;
  for (int i = 0; i < 2; ++i) {
    const auto answered = transport->send(head);
    ASSERT_TRUE(answered.ok()) << answered.failure().detail;
    EXPECT_EQ(answered->body, "");
  }
  EXPECT_EQ(well.connections(), 1);
}

}  // namespace
}  // namespace cardea::upstream
