// SPDX-License-Identifier: Apache-2.0
// Whether an account exists must show neither in an answer nor in how long it takes: makes requests that name
// accounts that exist and accounts that do not, and compares. The requests of both kinds alternate, so that
// what else the machine does falls on both; ranks and shares are compared, which a few slow answers can't
// move. The processor time says most, because other programs don't count; the time that passes also has what
// the server waits for.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {

inline constexpr int kSamples = 320;  // of each kind

// The chance that a random element of `a` is smaller than one of `b` (Mann-Whitney): 0.5 when they can't be
// told apart.
inline double chance_of_less(const std::vector<double>& a, std::vector<double> b) {
  std::sort(b.begin(), b.end());
  double less = 0;
  for (const double value : a) {
    const auto [low, high] = std::equal_range(b.begin(), b.end(), value);
    less += static_cast<double>(b.end() - high) + static_cast<double>(high - low) / 2;
  }
  return less / static_cast<double>(a.size() * b.size());
}
// With kSamples of each the standard error is 0.023: exceeded by chance once in six million runs.
inline constexpr double kTolerance = 0.12;

// The greatest distance between the two distribution functions (Kolmogorov-Smirnov). It also sees what ranks
// do not: that one kind takes now more, now less time than the other.
inline double distance_of(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double distance = 0;
  for (const std::vector<double>* at : {&a, &b}) {
    for (const double value : *at) {
      const auto share = [value](const std::vector<double>& of) {
        return static_cast<double>(std::upper_bound(of.begin(), of.end(), value) - of.begin()) /
               static_cast<double>(of.size());
      };
      distance = std::max(distance, std::abs(share(a) - share(b)));
    }
  }
  return distance;
}
// With kSamples of each it is exceeded by chance once in fifty million runs.
inline constexpr double kDistance = 0.24;

// Everything of it but random values, of which only the length may tell, and times.
inline std::string looks_of(const HttpReply& reply) {
  std::string out = std::to_string(reply.status);
  for (const auto& [name, value] : reply.headers)
    out += "\n" + name + ": " + (name == "x-request-id" ? std::to_string(value.size()) : value);
  if (reply.status >= 400) return out + "\n" + reply.body;
  const api::Json json = reply.json();
  for (const auto& [name, value] : *json.object())
    out += "\n" + name + (value.string() != nullptr ? " " + std::to_string(value.string()->size()) : "");
  return out;
}

struct Answers {
  std::vector<double> processor, passed;  // microseconds
  std::set<std::string> looks;
};

struct AnswersToBoth {
  Answers known, unknown;
};

inline std::string account_name(const char* kind, int number) { return kind + std::to_string(number); }

// Of all threads of this process.
inline std::chrono::duration<double, std::micro> processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// The accounts are known0 to known<accounts-1>, and the names of the others are as long; `request(account)`
// makes the request of which only the answer is measured. A day lies between two guesses at one account,
// networks change, and so no limit is reached. `more` is what a server would do that takes more trouble about
// accounts that exist.
template <typename Request>
AnswersToBoth answers_to_both(
    InProcessServer& server, int accounts, const Request& request,
    const std::function<void()>& more = [] {}) {
  using Clock = std::chrono::steady_clock;
  AnswersToBoth out;
  for (int i = 0; i < kSamples; ++i) {
    if (i % accounts == 0) server.clock.advance(24 * 3600);
    const auto measure = [&](bool known) {
      const HttpCall call = request(account_name(known ? "known" : "ghost", i % accounts));
      const std::string network = "198.51." + std::to_string(i / 16) + ".0/24";
      Answers& answers = known ? out.known : out.unknown;
      const auto start = Clock::now();
      const auto processor = processor_time();
      const HttpReply reply = server.handle(call, network);
      if (known) more();
      answers.processor.push_back((processor_time() - processor).count());
      answers.passed.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
      answers.looks.insert(looks_of(reply));
    };
    // Each of them first in every second round: the second one finds warm caches.
    measure(i % 2 == 0);
    measure(i % 2 != 0);
  }
  return out;
}

inline double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// What can be told apart; empty when nothing can.
inline std::string difference_in(const char* what, const std::vector<double>& known,
                                 const std::vector<double>& unknown) {
  const double chance = chance_of_less(known, unknown), distance = distance_of(known, unknown);
  if (std::abs(chance - 0.5) <= kTolerance && distance <= kDistance) return "";
  return std::string(what) + ": " + std::to_string(median_of(known)) + " us, " +
         std::to_string(median_of(unknown)) + " us for nobody; chance " + std::to_string(chance) +
         ", distance " + std::to_string(distance) + "\n";
}

// As answers_to_both(). A difference in time that the server makes is there each time, one that the machine
// makes is not: it must be seen twice. One in what is said must not be seen at all.
template <typename Request>
void expect_no_difference(InProcessServer& server, int accounts, const Request& request, int status) {
  std::string difference;
  for (int time = 0; time < 2; ++time) {
    const AnswersToBoth answers = answers_to_both(server, accounts, request);
    EXPECT_EQ(answers.known.looks, answers.unknown.looks);
    for (const std::string& looks : answers.known.looks)
      EXPECT_EQ(looks.substr(0, 3), std::to_string(status)) << looks;
    const std::string seen =
        difference_in("processor time", answers.known.processor, answers.unknown.processor) +
        difference_in("time", answers.known.passed, answers.unknown.passed);
    if (seen.empty()) return;
    difference += seen;
  }
  ADD_FAILURE() << difference;
}

// Requests of both tests.
inline HttpCall start_of_login(ApiClient& client, const std::string& account) {
  SystemRandom random;
  auto login = crypto::OpaqueClientLogin::start(as_bytes("x"), random).value();
  return client.build(
      "POST", "/v1/opaque/a/start",
      api::Json(api::Json::Object{{"account", account}, {"ke1", api::Json::bytes(login.ke1().serialise())}}),
      nullptr);
}

// Behind a start; the password is wrong.
inline HttpCall end_of_login(ApiClient& client, const std::string& account) {
  const HttpReply started = client.send(start_of_login(client, account));
  return client.build("POST", "/v1/opaque/a/finish",
                      api::Json(api::Json::Object{{"login_id", started.text("login_id")},
                                                  {"ke3", api::Json::bytes(Bytes(64, 7))}}),
                      nullptr);
}

}  // namespace cardea::test
