// SPDX-License-Identifier: Apache-2.0
// The real transport against real TLS servers, good and bad ones.
#include "upstream/https_transport.h"

#include <condition_variable>
#include <mutex>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"
#include "tests/unit/upstream/tls_test_server.h"

namespace cardea::upstream {
namespace {

using Poco::Net::StreamSocket;

constexpr std::string_view kGood =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\nETag: \"3\"\r\n\r\n{\"a\":1}";

class Transports : public ::testing::Test {
 protected:
  // Generous, because other builds share the machine; tests of deadlines set their own.
  std::unique_ptr<HttpsTransport> to(std::vector<std::string> urls, MonotonicMillis total = 30'000) {
    HttpsSettings settings{.urls = std::move(urls), .ca_file = authority_.certificate()};
    settings.total_millis = total;
    return HttpsTransport::create(settings, clock_).value();
  }
  static HttpRequest get(const std::string& path = "/v1/x") {
    return {.method = "GET",
            .path = path,
            .query = {},
            .headers = {},
            .body = {},
            .may_repeat = true,
            .sign = {}};
  }
  static HttpRequest post() {
    return {.method = "POST",
            .path = "/v1/x",
            .query = "?q=1",
            .headers = {{"X-Test", "yes"}},
            .body = "{\"b\":2}",
            .may_repeat = false,
            .sign = {}};
  }
  static Error error_of(const Result<HttpResponse>& result) {
    return result.ok() ? Error::internal : result.error();
  }
  // Answers every request of every connection with the same text.
  static TlsTestServer::Handler always(std::string_view answer) {
    return [answer](StreamSocket& connection) {
      while (!read_request(connection).empty()) {
        if (!send_text(connection, answer)) return;
      }
    };
  }
  // Answers one request with the text and closes.
  static TlsTestServer::Handler once(std::string answer) {
    return [answer](StreamSocket& connection) {
      (void)read_request(connection);
      send_text(connection, answer);
    };
  }
  // A port where nobody listens.
  static std::string dead_url() {
    const Poco::Net::ServerSocket listener(Poco::Net::SocketAddress("127.0.0.1", 0));
    return "https://127.0.0.1:" + std::to_string(listener.address().port());
  }
  SystemClock clock_;
  test::TempDir directory_;
  TestAuthority authority_{directory_.path(), "authority"};
  CertificateFiles good_ = authority_.issue("good");
};

TEST_F(Transports, RequestAndAnswer) {
  std::string seen;
  std::mutex mutex;
  const TlsTestServer server(good_, [&](StreamSocket& connection) {
    const std::string request = read_request(connection);
    {
      const std::lock_guard lock(mutex);
      seen = request;
    }
    send_text(connection, kGood);
  });
  const auto transport = to({server.url()});
  HttpRequest request = post();
  std::string signed_for;
  request.sign = [&](std::string_view authority) -> Result<Headers> {
    signed_for = authority;
    return Headers{{"Signature", "sig1=:eA==:"}};
  };
  const auto response = transport->send(request);
  ASSERT_TRUE(response.ok()) << response.failure().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "{\"a\":1}");
  EXPECT_EQ(response->header("content-type"), "application/json");
  EXPECT_EQ(response->header("etag"), "\"3\"");
  const std::lock_guard lock(mutex);
  EXPECT_TRUE(seen.starts_with("POST /v1/x?q=1 HTTP/1.1\r\n")) << seen;
  EXPECT_TRUE(seen.ends_with("\r\n\r\n{\"b\":2}")) << seen;
  EXPECT_NE(seen.find("\r\nHost: " + signed_for + "\r\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("\r\nX-Test: yes\r\n"), std::string::npos);
  EXPECT_NE(seen.find("\r\nSignature: sig1=:eA==:\r\n"), std::string::npos);
  EXPECT_EQ("https://" + signed_for, server.url());
  EXPECT_EQ(transport->authority(), signed_for);
}

TEST_F(Transports, ConnectionsAreKept) {
  const TlsTestServer server(good_, always(kGood));
  const auto transport = to({server.url()});
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(transport->send(get()).ok());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Transports, AKeptConnectionThatHasEndedIsReplaced) {
  const TlsTestServer server(good_, once(std::string(kGood)));
  const auto transport = to({server.url()});
  for (int i = 0; i < 3; ++i) {
    const auto response = transport->send(get());
    EXPECT_TRUE(response.ok()) << response.failure().detail;
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(Transports, NamesAndAddressesAreVerified) {
  const TlsTestServer server(good_, always(kGood));
  EXPECT_TRUE(to({server.url("127.0.0.1")})->send(get()).ok());
  EXPECT_TRUE(to({server.url("localhost")})->send(get()).ok());
}

TEST_F(Transports, OldTlsIsRefusedAndNewTaken) {
  const TlsTestServer tls12(good_, always(kGood), Poco::Net::Context::PROTO_TLSV1_2);
  EXPECT_TRUE(to({tls12.url()})->send(get()).ok());
  const TlsTestServer tls11(good_, always(kGood), Poco::Net::Context::PROTO_TLSV1_1);
  EXPECT_EQ(error_of(to({tls11.url()})->send(get())), Error::server_untrusted);
}

struct BadCertificate {
  const char* name;
  std::function<CertificateFiles(const TestAuthority&, const std::string& directory)> make;
  const char* reason;
};

TEST_F(Transports, UntrustedCertificatesAreNamed) {
  const TestAuthority stranger(directory_.path(), "stranger");
  const BadCertificate cases[] = {
      {"expired",
       [](const auto& a, const auto&) { return a.issue("expired", {.begins = -7200, .ends = -60}); },
       "its certificate has expired, or the clock of this computer is wrong"},
      {"early", [](const auto& a, const auto&) { return a.issue("early", {.begins = 3600, .ends = 7200}); },
       "its certificate is not valid yet, or the clock of this computer is wrong"},
      {"other name",
       [](const auto& a, const auto&) {
         return a.issue("other", {.subject_alt_name = "DNS:other.example,IP:127.0.0.2"});
       },
       "its certificate is for another name"},
      {"self-signed", [](const auto&, const auto& d) { return make_self_signed(d, "self"); },
       "its certificate is signed by nobody who is trusted here"},
      {"stranger", [&stranger](const auto&, const auto&) { return stranger.issue("by-stranger"); },
       "its certificate is signed by nobody who is trusted here"},
  };
  for (const BadCertificate& bad : cases) {
    std::atomic<bool> was_asked{false};
    const TlsTestServer server(bad.make(authority_, directory_.path()), [&](StreamSocket& connection) {
      if (!read_request(connection).empty()) was_asked = true;
    });
    for (const char* host : {"127.0.0.1", "localhost"}) {
      const auto response = to({server.url(host)})->send(get());
      ASSERT_EQ(error_of(response), Error::server_untrusted) << bad.name << " " << host;
      EXPECT_NE(response.failure().detail.find(bad.reason), std::string::npos) << response.failure().detail;
    }
    EXPECT_FALSE(was_asked) << bad.name;
  }
}

TEST_F(Transports, TheSystemsAuthoritiesDoNotKnowOurs) {
  const TlsTestServer server(good_, always(kGood));
  const auto transport = HttpsTransport::create({.urls = {server.url()}, .ca_file = {}}, clock_).value();
  EXPECT_EQ(error_of(transport->send(get())), Error::server_untrusted);
}

TEST_F(Transports, PlainTextIsNotSpokenTo) {
  std::atomic<bool> leaked{false};
  const TlsTestServer server([&](StreamSocket& connection) {
    char buffer[512];
    const int size = connection.receiveBytes(buffer, sizeof buffer);
    leaked = size > 0 &&
             std::string_view(buffer, static_cast<std::size_t>(size)).find("HTTP") != std::string::npos;
    send_text(connection, kGood);
  });
  EXPECT_EQ(error_of(to({server.url()})->send(get())), Error::server_untrusted);
  EXPECT_FALSE(leaked);
}

TEST_F(Transports, NobodyThereIsUnreachable) {
  EXPECT_EQ(error_of(to({dead_url()})->send(get())), Error::server_unreachable);
  EXPECT_EQ(error_of(to({"https://no-such-host.invalid"})->send(get())), Error::server_unreachable);
}

TEST_F(Transports, OneThatGoesDownInTheHandshakeIsUnreachable) {
  for (const bool all_read : {false, true}) {  // what is not read makes the end a reset
    const TlsTestServer server([&](StreamSocket& connection) {
      char buffer[4096];
      if (all_read) connection.receiveBytes(buffer, sizeof buffer);
    });
    EXPECT_EQ(error_of(to({server.url()})->send(get())), Error::server_unreachable) << all_read;
  }
}

TEST_F(Transports, SeveralServersAreTriedInOrder) {
  const TlsTestServer good(good_, always(kGood));
  const TlsTestServer untrusted(make_self_signed(directory_.path(), "self"), always(kGood));
  const auto transport = to({dead_url(), untrusted.url(), good.url()});
  EXPECT_TRUE(transport->send(get()).ok());
  EXPECT_EQ("https://" + transport->authority(), good.url());
  EXPECT_TRUE(transport->send(post()).ok());  // nothing was sent to the others
  EXPECT_EQ(untrusted.connections(), 1);      // the one that answered is asked first
}

TEST_F(Transports, TheMostTellingFailureIsReturned) {
  const TlsTestServer untrusted(make_self_signed(directory_.path(), "self"), always(kGood));
  EXPECT_EQ(error_of(to({untrusted.url(), dead_url()})->send(get())), Error::server_untrusted);
  EXPECT_EQ(error_of(to({dead_url(), untrusted.url()})->send(get())), Error::server_untrusted);
}

TEST_F(Transports, AServerThatCannotServeNowIsPassedOver) {
  const TlsTestServer busy(good_, always("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"));
  const TlsTestServer good(good_, always(kGood));
  EXPECT_EQ(to({busy.url(), good.url()})->send(get())->status, 200);
  EXPECT_EQ(to({busy.url(), good.url()})->send(post())->status, 503);
  EXPECT_EQ(to({busy.url(), dead_url()})->send(get())->status, 503);
}

TEST_F(Transports, ALostConnectionIsTriedOnceMore) {
  std::atomic<int> requests{0};
  const TlsTestServer server(good_, [&](StreamSocket& connection) {
    (void)read_request(connection);
    if (++requests >= 2) send_text(connection, kGood);
  });
  EXPECT_TRUE(to({server.url()})->send(get()).ok());
  EXPECT_EQ(requests, 2);
}

TEST_F(Transports, WhatMayNotBeRepeatedIsNot) {
  std::atomic<int> requests{0};
  const auto lose = [&](StreamSocket& connection) {
    (void)read_request(connection);
    ++requests;
  };
  const TlsTestServer first(good_, lose);
  const TlsTestServer second(good_, lose);
  EXPECT_EQ(error_of(to({first.url(), second.url()})->send(post())), Error::server_unreachable);
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(error_of(to({first.url(), second.url()})->send(get())), Error::server_unreachable);
  EXPECT_EQ(requests, 5);  // each server twice
}

TEST_F(Transports, EachAttemptIsSignedAnew) {
  const TlsTestServer server(good_, [](StreamSocket& connection) { (void)read_request(connection); });
  int signatures = 0;
  HttpRequest request = get();
  request.sign = [&](std::string_view) -> Result<Headers> {
    ++signatures;
    return Headers{};
  };
  EXPECT_EQ(error_of(to({server.url()})->send(request)), Error::server_unreachable);
  EXPECT_EQ(signatures, 2);
}

TEST_F(Transports, AFailingSignerSendsNothing) {
  std::atomic<int> requests{0};
  const TlsTestServer server(good_, [&](StreamSocket& connection) {
    if (!read_request(connection).empty()) ++requests;
  });
  HttpRequest request = get();
  request.sign = [](std::string_view) -> Result<Headers> { return Error::card_removed; };
  EXPECT_EQ(error_of(to({server.url()})->send(request)), Error::card_removed);
  EXPECT_EQ(requests, 0);
}

TEST_F(Transports, ChunkedAnswersAreRead) {
  const TlsTestServer server(
      good_,
      always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n"));
  const auto transport = to({server.url()});
  EXPECT_EQ(transport->send(get())->body, "{\"a\":1}");
  EXPECT_EQ(transport->send(get())->body, "{\"a\":1}");
}

TEST_F(Transports, HostileAnswersAreMisbehaviour) {
  const std::string long_length = std::to_string((1 << 20) + 1);
  const std::string answers[] = {
      "garbage\r\n\r\n",
      "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: " + long_length + "\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n{\"a\":1}",  // ends nowhere
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
      "HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 101 Switch\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\n" + std::string(200'000, 'x'),
  };
  for (const std::string& answer : answers) {
    const TlsTestServer server(good_, once(answer));
    EXPECT_EQ(error_of(to({server.url()})->send(get())), Error::server_misbehaved) << answer.substr(0, 60);
  }
}

TEST_F(Transports, AnEndlessChunkedAnswerIsCut) {
  std::atomic<std::size_t> sent{0};
  const TlsTestServer server(good_, [&](StreamSocket& connection) {
    (void)read_request(connection);
    send_text(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "1000\r\n" + std::string(4096, 'x') + "\r\n";
    while (send_text(connection, chunk))
      sent += 4096;
  });
  EXPECT_EQ(error_of(to({server.url()})->send(get())), Error::server_misbehaved);
}

TEST_F(Transports, ATruncatedAnswerIsALostConnection) {
  const TlsTestServer server(good_, once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\":1"));
  EXPECT_EQ(error_of(to({server.url()})->send(get())), Error::server_unreachable);
}

// Deadlines are for the whole, not for each read.
class Deadlines : public Transports {
 protected:
  void expect_cut(const std::string& url) {
    const MonotonicMillis begun = clock_.monotonic();
    const auto response = to({url}, 500)->send(get());
    EXPECT_EQ(error_of(response), Error::server_unreachable);
    const MonotonicMillis took = clock_.monotonic() - begun;
    EXPECT_GE(took, 450);
    EXPECT_LT(took, 10'000);
  }
  // A byte at a time, for ever: each wait is far below the deadline.
  void drip(StreamSocket& connection, std::string_view text) {
    std::unique_lock lock(mutex_);
    for (std::size_t i = 0; !over_; ++i) {
      if (!send_text(connection, text.substr(i % text.size(), 1))) return;
      tick_.wait_for(lock, std::chrono::milliseconds(20), [this] { return over_; });
    }
  }
  void end_drip() {
    const std::lock_guard lock(mutex_);
    over_ = true;
    tick_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable tick_;
  bool over_ = false;
};

TEST_F(Deadlines, ASilentServer) {
  const TlsTestServer server(good_, [](StreamSocket& connection) { wait_for_end(connection); });
  expect_cut(server.url());
}

TEST_F(Deadlines, ASilentHandshake) {
  const TlsTestServer server([](StreamSocket& connection) { wait_for_end(connection); });
  expect_cut(server.url());
}

TEST_F(Deadlines, ADrippingHandshake) {
  // The head of a TLS record that announces more than ever comes.
  const TlsTestServer server([this](StreamSocket& connection) {
    send_text(connection, std::string_view("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", 9));
    drip(connection, "x");
  });
  expect_cut(server.url());
  end_drip();
}

TEST_F(Deadlines, ADrippingHead) {
  const TlsTestServer server(good_, [this](StreamSocket& connection) {
    (void)read_request(connection);
    send_text(connection, "HTTP/1.1 200 OK\r\n");
    drip(connection, "X-Drip: 1\r\n");
  });
  expect_cut(server.url());
  end_drip();
}

TEST_F(Deadlines, ADrippingBody) {
  const TlsTestServer server(good_, [this](StreamSocket& connection) {
    (void)read_request(connection);
    send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    drip(connection, "x");
  });
  expect_cut(server.url());
  end_drip();
}

TEST_F(Deadlines, EndlessContinues) {
  const TlsTestServer server(good_, [this](StreamSocket& connection) {
    (void)read_request(connection);
    drip(connection, "HTTP/1.1 100 Continue\r\n\r\n");
  });
  expect_cut(server.url());
  end_drip();
}

TEST_F(Transports, BadSettingsAreRefused) {
  const auto error = [this](std::vector<std::string> urls, const std::string& ca_file) {
    const auto made = HttpsTransport::create({.urls = std::move(urls), .ca_file = ca_file}, clock_);
    return made.ok() ? Error::internal : made.error();
  };
  EXPECT_EQ(error({}, ""), Error::config_invalid);
  EXPECT_EQ(error(std::vector<std::string>(kMaxServers + 1, "https://a"), ""), Error::config_invalid);
  EXPECT_EQ(error({"http://a"}, ""), Error::config_invalid);
  EXPECT_EQ(error({"https://a"}, directory_.file("missing.pem")), Error::config_invalid);
  EXPECT_EQ(error({"https://a"}, good_.key), Error::config_invalid);
}

}  // namespace
}  // namespace cardea::upstream
