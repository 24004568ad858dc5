// SPDX-License-Identifier: Apache-2.0
// What the server may say about its refusals, and what it may not make us believe.
#include "upstream/problem.h"

#include <gtest/gtest.h>

namespace cardea::upstream {
namespace {

HttpResponse problem(int status, std::string body, Headers more = {}) {
  HttpResponse response{status, {{"content-type", "application/problem+json"}}, std::move(body)};
  response.headers.insert(response.headers.end(), more.begin(), more.end());
  return response;
}

HttpResponse named(const std::string& name, Headers more = {}) {
  return problem(400, R"({"type":"urn:cardea:problem:)" + name + R"(","title":"x","detail":"the reason"})",
                 std::move(more));
}

TEST(Problem, KnownNamesBecomeErrors) {
  for (const Error error : {Error::identity_not_accepted, Error::session_expired, Error::replayed,
                            Error::permission_denied, Error::card_revoked, Error::account_closed,
                            Error::account_exists, Error::precondition_failed, Error::access_key_exhausted}) {
    const Failure failure = failure_of(named(error_name(error)));
    EXPECT_EQ(failure.error, error);
    EXPECT_EQ(failure.detail, "the reason");
  }
}

TEST(Problem, OthersAreARefusalOnly) {
  // A server that could name any error would have, say, the card worker's PIN counter under its thumb.
  for (const char* name : {"pin-wrong", "pin-locked", "card-absent", "access-key-wrong", "internal",
                           "out-of-memory", "server-untrusted", "never-heard-of", ""}) {
    const Failure failure = failure_of(named(name));
    EXPECT_EQ(failure.error, Error::server_refused) << name;
    EXPECT_EQ(failure.detail, std::string(name) + ": the reason");
  }
}

TEST(Problem, FaultsOfTheServerAreSaidInWords) {
  const auto fault = [](int status, const char* name) {
    return failure_of(problem(status, std::string(R"({"type":"urn:cardea:problem:)") + name + "\"}"));
  };
  EXPECT_EQ(fault(507, "disk-full").error, Error::server_refused);
  EXPECT_EQ(fault(507, "disk-full").detail, "The server has no room left. Nothing was changed there.");
  EXPECT_EQ(fault(503, "io-failed").detail,
            "The server has a fault of its own (io-failed). Try again later.");
  // A fault is a fault, whatever it is called.
  EXPECT_EQ(fault(500, "not-found").error, Error::server_refused);
}

TEST(Problem, ClockSkewTellsTheServersTime) {
  const Failure failure = failure_of(named("clock-skewed", {{"date", "Sun, 22 Nov 2026 14:00:00 GMT"}}));
  EXPECT_EQ(failure.error, Error::clock_skewed);
  EXPECT_EQ(failure.detail, "the server's time is Sun, 22 Nov 2026 14:00:00 GMT");
}

TEST(Problem, RateLimitTellsTheWait) {
  EXPECT_EQ(failure_of(named("rate-limited", {{"retry-after", "3600"}})).detail,
            "Too many tries: the server asks to wait 1 h.");
  EXPECT_EQ(failure_of(named("rate-limited", {{"retry-after", "soon"}})).detail, "");
  EXPECT_EQ(failure_of(named("rate-limited", {{"retry-after", "99999999999"}})).detail, "");
  EXPECT_EQ(failure_of(named("rate-limited")).error, Error::rate_limited);
}

TEST(Problem, TextThatIsNotFitToBeShownIsDropped) {
  const Failure control =
      failure_of(problem(403, R"({"type":"urn:cardea:problem:permission-denied","detail":"\u001b[2Jgone"})"));
  EXPECT_EQ(control.error, Error::permission_denied);
  EXPECT_EQ(control.detail, "");
  const std::string long_text(301, 'x');
  EXPECT_EQ(failure_of(problem(403, R"({"type":"urn:cardea:problem:permission-denied","detail":")" +
                                        long_text + "\"}"))
                .detail,
            "");
  EXPECT_EQ(failure_of(problem(403, R"({"type":"urn:cardea:problem:permission-denied","detail":7})")).detail,
            "");
}

TEST(Problem, WhatIsNoProblemIsMisbehaviour) {
  EXPECT_EQ(failure_of({404, {{"content-type", "text/html"}}, "<h1>nginx</h1>"}).error,
            Error::server_misbehaved);
  EXPECT_EQ(failure_of({500, {}, ""}).error, Error::server_misbehaved);
  EXPECT_EQ(failure_of(problem(400, "not json")).error, Error::server_misbehaved);
  EXPECT_EQ(failure_of(problem(400, "[]")).error, Error::server_misbehaved);
  EXPECT_EQ(failure_of(problem(400, R"({"type":"about:blank"})")).error, Error::server_misbehaved);
}

TEST(Problem, AGatewayWithoutServerIsUnreachable) {
  for (const int status : {502, 503, 504}) {
    EXPECT_EQ(failure_of({status, {{"content-type", "text/html"}}, ""}).error, Error::server_unreachable);
  }
}

}  // namespace
}  // namespace cardea::upstream
