// SPDX-License-Identifier: Apache-2.0
// From one server to the next over WinHTTP (docs/spec/server-list.md, "Failover"): what
// tests/unit/upstream/https_failover_test.cpp asks of Poco's line.
#include <gmock/gmock.h>

#include "tests/windows/upstream/test_servers.h"

namespace cardea::upstream {
namespace {

using testing::ElementsAre;

class Told final : public ServerWatch {
 public:
  void answered(const std::string& url, MonotonicMillis) override { lines.push_back("answered " + url); }
  void failed(const std::string& url) override { lines.push_back("failed " + url); }
  std::vector<std::string> lines;
};

class WinHttpFailover : public WinHttpTest {
 protected:
  static constexpr MonotonicMillis kTotal = 20'000;

  void TearDown() override { release(); }
  std::unique_ptr<HttpsTransport> to(std::vector<std::string> urls, MonotonicMillis total = kTotal) {
    HttpsSettings settings{.urls = std::move(urls), .ca_file = {}};
    settings.total_millis = total;
    settings.patience_millis = 1'000;
    settings.watch = &told_;
    return HttpsTransport::create(settings, clock_).value();
  }
  HttpRequest request(const std::string& behaviour, bool may_repeat) const {
    HttpRequest out = post("/" + behaviour + "/" + name_);
    out.may_repeat = may_repeat;
    return out;
  }
  const std::string good_ = url_of("good"), second_ = url_of("second"), mute_ = url_of("mute");
  Told told_;
};

TEST_F(WinHttpFailover, ASilentServerIsLeftWhenTheRequestMayBeRepeated) {
  const MonotonicMillis began = clock_.monotonic();
  EXPECT_TRUE(to({mute_, good_})->send(request("ok", true)).ok());
  EXPECT_LT(clock_.monotonic() - began, kTotal / 2);
  EXPECT_THAT(told_.lines, ElementsAre("failed " + mute_, "answered " + good_));
}

TEST_F(WinHttpFailover, WhatMayHaveBeenDoneIsNotSentToAnother) {
  EXPECT_EQ(to({good_, second_}, 2'500)->send(request("silent", false)).error(), Error::server_unreachable);
  EXPECT_EQ(requests(name_), 1);
  EXPECT_THAT(told_.lines, ElementsAre("failed " + good_));
}

TEST_F(WinHttpFailover, BeforeAnythingIsSentEveryRequestMayGoOn) {
  EXPECT_TRUE(to({mute_, good_})->send(request("ok", false)).ok());
  EXPECT_EQ(requests(name_), 1);
  EXPECT_THAT(told_.lines, ElementsAre("failed " + mute_, "answered " + good_));
}

TEST_F(WinHttpFailover, TheLastServerHasTheWholeTime) {
  EXPECT_TRUE(to({good_})->send(request("slow", true)).ok());
}

TEST_F(WinHttpFailover, SeveralServersAreTriedInOrder) {
  const auto transport = to({url_of("nobody"), url_of("stranger"), good_});
  EXPECT_TRUE(transport->send(request("ok", true)).ok());
  EXPECT_EQ("https://" + transport->authority(), good_);
  const int before = connections("stranger");
  EXPECT_TRUE(transport->send(request("ok", false)).ok());
  EXPECT_EQ(connections("stranger"), before);  // the one that answered is asked first
}

TEST_F(WinHttpFailover, TheMostTellingFailureIsReturned) {
  const std::string untrusted = url_of("stranger"), nobody = url_of("nobody");
  EXPECT_EQ(to({untrusted, nobody})->send(request("ok", true)).error(), Error::server_untrusted);
  EXPECT_EQ(to({nobody, untrusted})->send(request("ok", true)).error(), Error::server_untrusted);
}

TEST_F(WinHttpFailover, AProofGoesToTheServerItNames) {
  const auto transport = to({mute_, good_}, 1'000);
  HttpRequest bound = request("ok", false);
  bound.only_at = mute_.substr(8);
  EXPECT_EQ(transport->send(bound).error(), Error::server_unreachable);
  EXPECT_EQ(requests(name_), 0);
  bound.only_at = good_.substr(8);
  EXPECT_TRUE(to({mute_, good_})->send(bound).ok());
}

TEST_F(WinHttpFailover, AServerThatCannotServeHasFailedAndARefusalHasNot) {
  EXPECT_EQ(to({good_, url_of("nobody")})->send(request("away", true))->status, 503);
  EXPECT_THAT(told_.lines, ElementsAre("failed " + good_, "failed " + url_of("nobody")));
  told_.lines.clear();
  EXPECT_EQ(to({good_, second_})->send(request("refused", true))->status, 403);
  EXPECT_THAT(told_.lines, ElementsAre("answered " + good_));
}

}  // namespace
}  // namespace cardea::upstream
