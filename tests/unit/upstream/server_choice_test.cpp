// SPDX-License-Identifier: Apache-2.0
// The choice between servers, with a clock and randomness of the test's own: one client, and a thousand.
#include "upstream/server_choice.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "core/base/byte_io.h"

namespace cardea::upstream {
namespace {

// Repeatable, and different for each seed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint32_t seed) : engine_(seed) {}
  void fill(MutableBytes out) override {
    for (auto& byte : out)
      byte = static_cast<std::uint8_t>(engine_());
  }
  double around(double value, double spread) {
    return std::max(0.1, std::normal_distribution<double>(value, spread)(engine_));
  }

 private:
  std::mt19937 engine_;
};

constexpr MonotonicMillis kMinute = 60'000;
const std::string kA = "https://a.example", kB = "https://b.example", kC = "https://c.example";

class ServerChoices : public ::testing::Test {
 protected:
  ServerChoices() { choice.set_servers({{kA}, {kB}, {kC}}); }
  void measure(double a, double b, double c) {
    choice.measured(kA, a, now);
    choice.measured(kB, b, now);
    choice.measured(kC, c, now);
    now += 5 * kMinute;
  }
  std::string first() { return choice.order(now, random).front(); }
  // A request to the server in use, which answers in the time it needs.
  void request(const std::map<std::string, double>& times) {
    const std::string url = first();
    choice.answered(url, times.at(url), now);
    now += 1'000;
  }
  const ServerMeasure& of(const std::string& url) {
    for (const ServerMeasure& server : choice.servers()) {
      if (server.url == url) return server;
    }
    throw std::out_of_range(url);
  }
  ServerChoice choice;
  SeededRandom random{7};
  MonotonicMillis now = 1'000'000;
};

TEST_F(ServerChoices, TheOrderHasEachServerOnceAndStaysWithTheFirst) {
  const std::string in_use = first();
  for (int i = 0; i < 50; ++i) {
    auto order = choice.order(now, random);
    EXPECT_EQ(order.front(), in_use);
    std::ranges::sort(order);
    EXPECT_EQ(order, (std::vector{kA, kB, kC}));
  }
  EXPECT_EQ(choice.reason(now), ChoiceReason::unmeasured);
}

TEST_F(ServerChoices, TheClearlyFastestIsTaken) {
  measure(80, 12, 60);
  EXPECT_EQ(first(), kB);
  EXPECT_EQ(choice.reason(now), ChoiceReason::fastest);
}

TEST_F(ServerChoices, AnEquallyFastOneIsNoReasonToMove) {
  measure(80, 30, 60);
  ASSERT_EQ(first(), kB);
  // 20 % less than B's 30 + 50 of work, and not so much less.
  measure(80, 30, 25);
  for (int i = 0; i < 20; ++i) {
    measure(80, 30, 20);
    EXPECT_EQ(first(), kB);
  }
  for (int i = 0; i < 20; ++i)
    measure(80, 80, 10);
  EXPECT_EQ(first(), kC);
}

TEST_F(ServerChoices, FewMillisecondsAreNoReasonEither) {
  choice.set_servers({{kA}, {kB}});
  for (int i = 0; i < 10; ++i) {
    choice.measured(kA, 0.2, now);
    choice.measured(kB, 4, now);
  }
  choice.answered(kB, 5, now);
  choice.answered(kA, 0.3, now);
  const std::string in_use = first();
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(first(), in_use);
}

TEST_F(ServerChoices, OneFreakAnswerMovesNobodyAndSlownessDoes) {
  measure(10, 14, 16);
  const std::map<std::string, double> good{{kA, 40}, {kB, 44}, {kC, 46}};
  for (int i = 0; i < 20; ++i)
    request(good);
  const std::string in_use = first();
  choice.answered(in_use, 5'000, now);
  EXPECT_EQ(first(), in_use);
  auto slow = good;
  slow[in_use] = 900;
  int requests = 0;
  while (first() == in_use && requests < 20) {
    request(slow);
    ++requests;
  }
  EXPECT_GT(requests, 1);
  EXPECT_LT(requests, 8);
}

TEST_F(ServerChoices, FastAtHealthzAndSlowAtRequestsIsSlow) {
  const std::map<std::string, double> requests{{kA, 800}, {kB, 45}, {kC, 60}};
  int at_a = 0;
  for (int i = 0; i < 300; ++i) {
    if (i % 10 == 0) measure(2, 20, 30);
    if (first() == kA) ++at_a;
    request(requests);
  }
  EXPECT_GT(at_a, 0);  // nobody can know before the first request
  EXPECT_LT(at_a, 8);
  EXPECT_EQ(first(), kB);
}

TEST_F(ServerChoices, EverybodySlowIsNoReasonToWander) {
  const std::map<std::string, double> slow{{kA, 400}, {kB, 400}, {kC, 400}};
  int moves = 0;
  std::string before = first();
  for (int i = 0; i < 2'000; ++i) {
    if (i % 20 == 0) measure(5, 6, 7);
    request(slow);
    if (first() != before) ++moves;
    before = first();
  }
  EXPECT_LE(moves, 2);  // each of the others is tried once
}

TEST_F(ServerChoices, AFailedServerIsLeftAtOnceAndComesBackLate) {
  measure(10, 80, 90);
  ASSERT_EQ(first(), kA);
  choice.failed(kA, now, random);
  const auto order = choice.order(now, random);
  EXPECT_NE(order.front(), kA);
  EXPECT_EQ(order.back(), kA);
  // It answers again: no longer last, and yet not trusted before it has been well for a while.
  now += kMinute;
  choice.measured(kA, 10, now);
  EXPECT_NE(first(), kA);
  now += ServerChoice::kForgiveMillis;
  choice.measured(kA, 10, now);
  EXPECT_EQ(first(), kA);
}

TEST_F(ServerChoices, PausesGrowWithJitterAndEnd) {
  MonotonicMillis previous = 0;
  for (int i = 0; i < 12; ++i) {
    choice.failed(kA, now, random);
    const MonotonicMillis pause = of(kA).paused_until - now;
    EXPECT_GE(pause, ServerChoice::kFirstPause / 2);
    EXPECT_LE(pause, ServerChoice::kLongestPause * 3 / 2);
    EXPECT_GE(pause * 4, previous);
    auto measured = choice.to_measure(now);
    EXPECT_EQ(std::ranges::count(measured, kA), 0);
    measured = choice.to_measure(now + pause);
    EXPECT_EQ(std::ranges::count(measured, kA), 1);
    previous = pause;
    now += pause;
  }
  EXPECT_GE(previous, ServerChoice::kLongestPause / 2);
}

TEST_F(ServerChoices, WhoFailsIsNoLongerInUse) {
  choice.set_servers({{kA}, {kB}});
  choice.measured(kA, 10, now);
  ASSERT_EQ(first(), kA);
  choice.failed(kA, now, random);
  EXPECT_EQ(choice.servers()[*choice.current()].url, kB);
  EXPECT_EQ(choice.reason(now), ChoiceReason::others_down) << "though it was not measured yet";
}

TEST_F(ServerChoices, WhenAllHaveFailedAllAreTried) {
  for (const auto& url : {kA, kB, kC})
    choice.failed(url, now, random);
  EXPECT_EQ(choice.order(now, random).size(), 3u);
  choice.answered(kB, 30, now);
  EXPECT_EQ(first(), kB);
  EXPECT_EQ(choice.reason(now), ChoiceReason::others_down);
}

TEST_F(ServerChoices, OneServerIsNotMeasured) {
  choice.set_servers({{kA}});
  EXPECT_TRUE(choice.to_measure(now).empty());
  EXPECT_EQ(first(), kA);
  EXPECT_EQ(choice.reason(now), ChoiceReason::only_one);
  choice.set_servers({});
  EXPECT_TRUE(choice.order(now, random).empty());
}

TEST_F(ServerChoices, AnUnlistedServerIsTheLastResort) {
  choice.set_servers({{kA, false}, {kB}, {kC}});
  measure(1, 50, 60);
  EXPECT_NE(first(), kA);
  choice.failed(kB, now, random);
  choice.failed(kC, now, random);
  EXPECT_EQ(first(), kA);
}

TEST_F(ServerChoices, ANewListKeepsWhatWasMeasured) {
  measure(80, 12, 60);
  ASSERT_EQ(first(), kB);
  choice.set_servers({{"https://d.example"}, {kB}});
  EXPECT_EQ(first(), kB);
  EXPECT_NEAR(*of(kB).path, 12, 1e-9);
  choice.set_servers({{kA}, {kC}});
  EXPECT_NE(first(), kB);
}

TEST_F(ServerChoices, OddMeasurementsAreNotTaken) {
  measure(10, 20, 30);
  for (const double odd : {-1.0, std::nan(""), HUGE_VAL}) {
    choice.measured(kA, odd, now);
    choice.answered(kA, odd, now);
  }
  choice.measured("https://nobody.example", 1, now);
  choice.failed("https://nobody.example", now, random);
  EXPECT_NEAR(*of(kA).path, 10, 1e-9);
  EXPECT_EQ(choice.servers().size(), 3u);
}

// A day with noisy times, a request every 20 s, measured every five minutes.
TEST(ServerChoiceSimulation, NobodyFlapsBetweenNoisyServers) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    SeededRandom random(seed);
    ServerChoice choice;
    choice.set_servers({{kA}, {kB}, {kC}});
    const std::map<std::string, double> path{{kA, 20}, {kB, 22}, {kC, 45}};
    int moves = 0;
    std::string before;
    for (MonotonicMillis now = 0; now < 24 * 60 * kMinute; now += 20'000) {
      if (now % (5 * kMinute) == 0) {
        for (const auto& [url, time] : path)
          choice.measured(url, random.around(time, time / 4), now);
      }
      const std::string url = choice.order(now, random).front();
      choice.answered(url, random.around(path.at(url) + 30, 15), now);
      if (!before.empty() && url != before) ++moves;
      before = url;
    }
    EXPECT_LE(moves, 10) << "seed " << seed;
  }
}

// A server that dies and comes back every ten minutes is used ever more seldom.
TEST(ServerChoiceSimulation, AServerThatComesAndGoesIsLeftAlone) {
  SeededRandom random(3);
  ServerChoice choice;
  choice.set_servers({{kA}, {kB}});
  int failed_requests = 0, moves = 0;
  std::string before;
  for (MonotonicMillis now = 0; now < 24 * 60 * kMinute; now += 10'000) {
    const bool a_is_up = (now / (10 * kMinute)) % 2 == 0;
    if (now % (5 * kMinute) == 0) {
      choice.measured(kB, 60, now);
      for (const auto& url : choice.to_measure(now)) {
        if (url != kA) continue;
        if (a_is_up) {
          choice.measured(kA, 10, now);
        } else {
          choice.failed(kA, now, random);
        }
      }
    }
    const std::string url = choice.order(now, random).front();
    if (url == kA && !a_is_up) {
      choice.failed(kA, now, random);
      ++failed_requests;
    } else {
      choice.answered(url, url == kA ? 40 : 90, now);
    }
    if (!before.empty() && url != before) ++moves;
    before = url;
  }
  EXPECT_LE(failed_requests, 6);
  EXPECT_LE(moves, 12);
}

// Ten servers of one region, a hundred clients at each; one server dies.
TEST(ServerChoiceSimulation, AThousandClientsSpreadOverTheRest) {
  constexpr int kClients = 1'000, kServers = 10;
  std::vector<ServerChoice::Candidate> servers;
  for (int i = 0; i < kServers; ++i)
    servers.push_back({"https://s" + std::to_string(i) + ".example"});
  struct Client {
    ServerChoice choice;
    SeededRandom random;
  };
  std::vector<Client> clients;
  std::map<std::string, int> at, after;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back({{}, SeededRandom(static_cast<std::uint32_t>(i + 1))});
    Client& client = clients.back();
    client.choice.set_servers(servers);
    for (const auto& server : servers)
      client.choice.measured(server.url, client.random.around(20, 3), 0);
    ++at[client.choice.order(0, client.random).front()];
  }
  const std::string dead = servers[0].url;
  ASSERT_GT(at[dead], kClients / kServers / 2);
  std::vector<MonotonicMillis> returns;
  for (Client& client : clients) {
    auto order = client.choice.order(1'000, client.random);
    if (order.front() != dead) {
      ++after[order.front()];
      continue;
    }
    client.choice.failed(dead, 1'000, client.random);
    ++after[order[1]];
    EXPECT_NE(client.choice.order(1'001, client.random).front(), dead);
    for (const ServerMeasure& server : client.choice.servers()) {
      if (server.url == dead) returns.push_back(server.paused_until);
    }
  }
  EXPECT_EQ(after[dead], 0);
  for (const auto& server : servers) {
    if (server.url == dead) continue;
    EXPECT_LT(after[server.url], 2 * kClients / kServers) << server.url;
  }
  // Nor do they all knock at its door at the same moment.
  std::ranges::sort(returns);
  EXPECT_GT(returns.back() - returns.front(), ServerChoice::kFirstPause * 3 / 4);
}

}  // namespace
}  // namespace cardea::upstream
