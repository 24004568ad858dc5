// SPDX-License-Identifier: Apache-2.0
// How long clients of two servers over one replicated database get no yes: when a person promotes the
// standby, and when Patroni does. Usage: failover_bench ROUNDS [patroni]     prints lines of JSON
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "tests/support/cluster/patroni.h"
#include "tests/support/cluster/traffic.h"
#include "tests/support/postgres/cluster.h"

namespace cardea::bench {
namespace {

using namespace test;

constexpr std::size_t kSome = 60;  // changes before and after, so that each client is in the middle of one

double silence(TwoServers& servers, const std::function<void()>& happens) {
  Traffic traffic(servers);
  traffic.begin();
  traffic.wait_for(kSome);
  const SteadyTime begin = std::chrono::steady_clock::now();
  happens();
  traffic.wait_for(kSome);
  traffic.end();
  if (!traffic.complaints().empty() || !traffic.differences(0).empty())
    throw std::runtime_error("an acknowledged change is lost");
  return traffic.ledger().longest_silence(begin).count();
}

void print(const char* name, std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  std::printf("{\"name\": \"%s\", \"seconds\": %.2f}\n", name, seconds[seconds.size() / 2]);
  std::fflush(stdout);
}

// `away` takes the primary away; the standby is promoted at once.
double by_hand(void (PostgresCluster::*away)()) {
  PostgresCluster primary;
  primary.make_database("cardea");
  PostgresCluster standby(primary);
  TwoServers servers(
      PostgresCluster::url("cardea", primary.socket_directory() + "," + standby.socket_directory()),
      primary.password_file());
  return silence(servers, [&] {
    (primary.*away)();
    standby.promote();
  });
}

void run_by_hand(int rounds) {
  std::vector<double> stopped, killed;
  for (int round = 0; round < rounds; ++round) {
    stopped.push_back(by_hand(&PostgresCluster::stop));
    killed.push_back(by_hand(&PostgresCluster::kill9));
  }
  print("planned, by hand", stopped);
  print("primary killed, promoted at once", killed);
}

void run_with_patroni(int rounds) {
  PatroniCluster cluster;
  TwoServers servers(cluster.url(), cluster.password_file());
  std::vector<double> planned, killed;
  for (int round = 0; round < rounds; ++round) {
    planned.push_back(silence(servers, [&] { cluster.switch_over(); }));
    cluster.start();
    killed.push_back(silence(servers, [&] { cluster.kill_leader(); }));
    cluster.start();
  }
  print("planned, Patroni", planned);
  print("leader's machine killed, Patroni", killed);
}

}  // namespace
}  // namespace cardea::bench

int main(int count, char** arguments) {
  const bool patroni = count == 3 && std::strcmp(arguments[2], "patroni") == 0;
  if (count != 2 && !patroni) {
    std::fputs("usage: failover_bench ROUNDS [patroni]\n", stderr);
    return 2;
  }
  try {
    cardea::bench::run_by_hand(std::stoi(arguments[1]));
    if (patroni) cardea::bench::run_with_patroni(std::stoi(arguments[1]));
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "failover_bench: %s\n", problem.what());
    return 1;
  }
  return 0;
}
