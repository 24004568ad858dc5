// SPDX-License-Identifier: Apache-2.0
// Whether an account exists must not show in how long an answer takes. The requests of both kinds alternate,
// so that what else the machine does falls on both, and ranks are compared, which one slow answer can't move.
#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;
using Clock = std::chrono::steady_clock;

constexpr int kAccounts = 160;
constexpr int kRounds = 4;  // below the five guesses that are free

// The chance that a random element of `a` is smaller than one of `b` (Mann-Whitney): 0.5 when they can't be
// told apart. With 640 of each its standard error is 0.016.
double chance_of_less(const std::vector<double>& a, std::vector<double> b) {
  std::sort(b.begin(), b.end());
  double less = 0;
  for (const double value : a) {
    const auto [low, high] = std::equal_range(b.begin(), b.end(), value);
    less += static_cast<double>(b.end() - high) + static_cast<double>(high - low) / 2;
  }
  return less / static_cast<double>(a.size() * b.size());
}
constexpr double kTolerance = 0.09;

class Enumeration : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < kAccounts; ++i)
      ASSERT_EQ(TestUser(client, name("known", i), "password", "answer").register_now().status, 201);
  }
  static std::string name(const char* kind, int number) { return kind + std::to_string(number); }
  // Of `request` for known and for unknown accounts, in microseconds.
  template <typename Request>
  std::pair<std::vector<double>, std::vector<double>> times(const Request& request) {
    std::pair<std::vector<double>, std::vector<double>> out;
    for (int i = 0; i < kAccounts * kRounds; ++i) {
      const auto measure = [&](const char* kind) {
        const HttpCall call = request(name(kind, i % kAccounts));
        const auto start = Clock::now();
        const HttpReply reply = server.handle(call);
        const auto time = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
        statuses.push_back(reply.status);
        return time;
      };
      // Each of them first in every second round: the second one finds warm caches.
      if (i % 2 == 0) out.first.push_back(measure("known"));
      out.second.push_back(measure("nobody"));
      if (i % 2 == 1) out.first.push_back(measure("known"));
    }
    return out;
  }
  HttpCall start_of(const std::string& account) {
    auto login = crypto::OpaqueClientLogin::start(as_bytes("x"), server.random).value();
    return client.build(
        "POST", "/v1/opaque/a/start",
        Json(Json::Object{{"account", account}, {"ke1", Json::bytes(login.ke1().serialise())}}), nullptr);
  }
  void expect_one_status() {
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), statuses.front()),
              static_cast<std::ptrdiff_t>(statuses.size()));
  }

  InProcessServer server;
  ApiClient client = server.client();
  std::vector<int> statuses;
};

TEST_F(Enumeration, TheStartOfALoginTakesAsLong) {
  const auto [known, unknown] = times([this](const std::string& account) { return start_of(account); });
  expect_one_status();
  EXPECT_NEAR(chance_of_less(known, unknown), 0.5, kTolerance);
}

TEST_F(Enumeration, TheEndOfALoginTakesAsLong) {
  const auto [known, unknown] = times([this](const std::string& account) {
    const HttpReply started = client.send(start_of(account));
    return client.build(
        "POST", "/v1/opaque/a/finish",
        Json(Json::Object{{"login_id", started.text("login_id")}, {"ke3", Json::bytes(Bytes(64, 7))}}),
        nullptr);
  });
  expect_one_status();
  EXPECT_EQ(statuses.front(), 401);
  EXPECT_NEAR(chance_of_less(known, unknown), 0.5, kTolerance);
}

TEST_F(Enumeration, TheStartOfARegistrationTakesAsLong) {
  const auto [known, unknown] = times([this](const std::string& account) {
    auto a = crypto::OpaqueClientRegistration::start(as_bytes("x"), server.random).value();
    const std::string request = to_base64url(a.request().serialise());
    return client.build(
        "POST", "/v1/registrations/start",
        Json(
            Json::Object{{"account", account}, {"opaque_a_request", request}, {"opaque_b_request", request}}),
        nullptr);
  });
  expect_one_status();
  EXPECT_NEAR(chance_of_less(known, unknown), 0.5, kTolerance);
}

// Half of what they differ from one another, added to the known ones, would be seen: the tests above can
// fail.
TEST_F(Enumeration, ASmallDifferenceWouldBeSeen) {
  auto [known, unknown] = times([this](const std::string& account) { return start_of(account); });
  std::vector<double> sorted = unknown;
  std::sort(sorted.begin(), sorted.end());
  const double spread = sorted[sorted.size() * 3 / 4] - sorted[sorted.size() / 4];
  for (double& time : known)
    time += spread / 2;
  EXPECT_GT(chance_of_less(unknown, known), 0.5 + kTolerance) << "spread " << spread << " us";
}

}  // namespace
}  // namespace cardea::test
