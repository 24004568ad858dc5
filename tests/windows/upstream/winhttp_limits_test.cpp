// SPDX-License-Identifier: Apache-2.0
// Limits are for the whole, hold whatever WinHTTP does, and cost no more than a few threads.
#include <algorithm>
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "tests/windows/upstream/test_servers.h"
#include "upstream/windows/winhttp_exchange.h"

namespace cardea::upstream {
namespace {

constexpr MonotonicMillis kLimit = 700;
constexpr MonotonicMillis kGrace = 2'000;  // on a machine that others use, too

class WinHttpLimits : public WinHttpTest {
 protected:
  void TearDown() override { release(); }

  Attempt cut(const std::string& url, const HttpRequest& request) {
    const MonotonicMillis begun = clock_.monotonic();
    Attempt out = line_to(url)->attempt(request, within(kLimit), false);
    const MonotonicMillis took = clock_.monotonic() - begun;
    EXPECT_EQ(error_of(out.result), Error::server_unreachable) << request.path;
    EXPECT_GE(took, kLimit - 50) << request.path;
    EXPECT_LT(took, kLimit + kGrace) << request.path;
    return out;
  }
};

// First of all, while no thread is left behind.
TEST_F(WinHttpLimits, SilentServersHoldNoMoreThanAFewThreads) {
  const MonotonicMillis begun = clock_.monotonic();
  const AttemptLimits limits{begun + kLimit, begun + 60'000};
  std::vector<std::future<Attempt>> hanging;
  for (int i = 0; i < kMaxAbandonedExchanges; ++i) {
    hanging.push_back(std::async(std::launch::async, [this, &limits] {
      return line_to(url_of("mute"))->attempt(get("/ok/" + name_), limits, false);
    }));
  }
  for (auto& one : hanging)
    EXPECT_EQ(error_of(one.get().result), Error::server_unreachable);

  const auto line = line_to(url_of("good"));
  const MonotonicMillis asked = clock_.monotonic();
  const Attempt refused = line->attempt(get("/ok/" + name_), within(20'000), false);
  EXPECT_LT(clock_.monotonic() - asked, 1'000);
  ASSERT_EQ(error_of(refused.result), Error::server_unreachable);
  EXPECT_THAT(refused.result.failure().detail, testing::HasSubstr("too many connections hang"));

  release();
  bool works = false;
  while (!works && clock_.monotonic() - begun < 20'000) {
    works = line->attempt(get("/ok/" + name_), within(5'000), false).result.ok();
    if (!works) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_TRUE(works);
}

TEST_F(WinHttpLimits, AServerThatNeverHandshakes) {
  const Attempt out = cut(url_of("mute"), post("/ok/" + name_));
  EXPECT_EQ(out.stage, Stage::connecting);
  EXPECT_FALSE(out.lost);
}

TEST_F(WinHttpLimits, OneThatNeverHandshakesIsLeftBeforeTheWholeTimeIsOver) {
  const MonotonicMillis begun = clock_.monotonic();
  const Attempt out =
      line_to(url_of("mute"))->attempt(post("/ok/" + name_), {begun + kLimit, begun + 60'000}, false);
  EXPECT_EQ(error_of(out.result), Error::server_unreachable);
  EXPECT_LT(clock_.monotonic() - begun, kLimit + kGrace);
}

TEST_F(WinHttpLimits, OneThatIsConnectedHasTheWholeTime) {
  const MonotonicMillis begun = clock_.monotonic();
  const auto line = line_to(url_of("good"));
  const Attempt out = line->attempt(post("/slow/" + name_), {begun + 1'000, begun + 20'000}, false);
  EXPECT_TRUE(out.result.ok()) << out.result.failure().detail;
}

TEST_F(WinHttpLimits, ADrippingHandshake) {
  EXPECT_EQ(cut(url_of("drip-handshake"), post("/ok/" + name_)).stage, Stage::connecting);
}

TEST_F(WinHttpLimits, ASilentServer) {
  const Attempt out = cut(url_of("good"), post("/silent/" + name_));
  EXPECT_EQ(out.stage, Stage::sent) << out.result.failure().detail;
  EXPECT_FALSE(out.lost) << out.result.failure().detail;
  EXPECT_EQ(requests(name_), 1);
}

TEST_F(WinHttpLimits, DrippingAnswers) {
  for (const char* behaviour : {"drip-head", "drip-body"})
    EXPECT_EQ(cut(url_of("good"), get(std::string("/") + behaviour + "/" + name_)).stage, Stage::sent)
        << behaviour;
}

// WinHTTP reads over some of these, Wine over one.
TEST_F(WinHttpLimits, EndlessContinues) {
  const MonotonicMillis begun = clock_.monotonic();
  const Attempt out = line_to(url_of("good"))->attempt(get("/continues/" + name_), within(kLimit), false);
  EXPECT_FALSE(out.result.ok());
  EXPECT_LT(clock_.monotonic() - begun, kLimit + kGrace);
}

// Nothing of it was sent, so it may go to another server; and nothing of it is sent later.
TEST_F(WinHttpLimits, WhatWasAbandonedIsNotSentLater) {
  HttpRequest bare = post("/ok/" + name_ + "-bare");
  bare.body.clear();
  const MonotonicMillis begun = clock_.monotonic();
  const AttemptLimits limits{begun + kLimit, begun + 20'000};
  const Attempt held = line_to(url_of("late"))->attempt(post("/ok/" + name_), limits, false);
  EXPECT_EQ(held.stage, Stage::connecting);
  // Without a body there is nothing to hold back: it counts as sent.
  EXPECT_EQ(line_to(url_of("late"))->attempt(bare, limits, false).stage, Stage::sent);
  EXPECT_LT(clock_.monotonic() - begun, kLimit + kGrace);
  while (requests(name_ + "-bare") == 0 && clock_.monotonic() - begun < 10'000)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(requests(name_ + "-bare"), 1);  // such a thread does go on
  EXPECT_EQ(requests(name_), 0);
}

}  // namespace
}  // namespace cardea::upstream
