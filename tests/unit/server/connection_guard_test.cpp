// SPDX-License-Identifier: Apache-2.0
// Shares of networks whose requests come over a proxy's connections; and the numbers' text form.
#include "server/http/connection_guard.h"

#include <gtest/gtest.h>

#include "server/http/metrics_text.h"

namespace cardea::server::http {
namespace {

TEST(ConnectionGuard, ANetworkBehindAProxyHasSoManyRequestsAtOnce) {
  const FakeClock clock;
  Metrics metrics;
  GuardLimits limits;
  limits.connections_per_prefix = 2;
  ConnectionGuard guard(clock, metrics, limits);
  auto first = guard.take_place("203.0.113.0/24");
  const auto second = guard.take_place("203.0.113.0/24");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(guard.take_place("203.0.113.0/24"));
  EXPECT_TRUE(guard.take_place("198.51.100.0/24"));  // others are not touched by it
  first.reset();
  EXPECT_TRUE(guard.take_place("203.0.113.0/24"));
}

TEST(MetricsText, IsWhatPrometheusReads) {
  MetricsText out;
  out.counter("a_total", "Help", 7);
  out.family("b", "gauge", "More");
  out.sample("b", {{"x", "1"}, {"y", "a\"b\\c\nd"}}, -3);
  out.sample_millis("c", 1005);
  EXPECT_EQ(out.take(),
            "# HELP cardea_a_total Help\n# TYPE cardea_a_total counter\ncardea_a_total 7\n"
            "# HELP cardea_b More\n# TYPE cardea_b gauge\ncardea_b{x=\"1\",y=\"a\\\"b\\\\c\\nd\"} "
            "-3\ncardea_c 1.005\n");
  EXPECT_EQ(seconds_text(0), "0.000");
  EXPECT_EQ(seconds_text(10'000), "10.000");
}

}  // namespace
}  // namespace cardea::server::http
