// SPDX-License-Identifier: Apache-2.0
// Figure 6 with a person who promotes the standby: two servers over a primary and its synchronous standby,
// and honest traffic through both while the primary is stopped, killed, or off the network, and while a
// server dies with the lock of all in its hand.
#include <csignal>

#include "tests/integration/cluster/scene.h"
#include "tests/support/postgres/cluster.h"

namespace cardea::test {
namespace {

class Failover : public testing::Test {
 protected:
  // What the clients were told, against the rows: no event twice, no number twice, no gap in the global
  // chain.
  static void expect_sound(const Traffic& traffic, PostgresCluster& survivor) {
    const auto sql = [&](const std::string& text) { return survivor.sql("cardea", text); };
    EXPECT_EQ(sql("SELECT count(*) - max(position) FROM cardea.audit"), "0\n");
    for (const auto& page : traffic.ledger().pages()) {
      if (page->registered.empty()) continue;
      const std::string user = "decode('" + to_hex(page->user->id.view()) + "', 'hex')";
      // A client that is ended in the middle of an issue does not learn whether it was done: one more.
      const std::string events =
          sql("SELECT count(*) FROM cardea.audit WHERE kind='access-key-issued' AND user_id=" + user);
      const auto told = page->issued.size();
      EXPECT_TRUE(events == std::to_string(told) + "\n" || events == std::to_string(told + 1) + "\n")
          << events << told;
      EXPECT_EQ(sql("SELECT coalesce(sum(issued), 0) FROM cardea.generations WHERE user_id=" + user), events);
    }
  }

  // Before the standby is made, which then has it too.
  struct Primary : PostgresCluster {
    Primary() { make_database("cardea"); }
  };
  Primary primary;
  PostgresCluster standby{primary};
  TwoServers servers{
      PostgresCluster::url("cardea", primary.socket_directory() + "," + standby.socket_directory()),
      primary.password_file()};
  Traffic traffic{servers};
};

TEST_F(Failover, APlannedSwitchOverIsShort) {
  traffic.begin();
  const double seconds = silence_around(traffic, "switch-over by hand", [&] {
    primary.stop();
    standby.promote();
  });
  EXPECT_LT(seconds, 3 * 2.0);
  settle(traffic, {0, 1});
  expect_sound(traffic, standby);
}

TEST_F(Failover, AKilledPrimaryLosesNothingAcknowledged) {
  traffic.begin();
  const double seconds = silence_around(traffic, "kill of the primary, promotion by hand", [&] {
    primary.kill9();
    standby.promote();
  });
  EXPECT_LT(seconds, 3 * 2.0);
  settle(traffic, {0, 1});
  expect_sound(traffic, standby);
}

TEST_F(Failover, APrimaryOffTheNetworkIsLeft) {
  traffic.begin();
  const double seconds = silence_around(traffic, "primary off the network, promotion by hand", [&] {
    primary.signal_all(SIGSTOP);
    standby.promote();
  });
  EXPECT_LT(seconds, 3 * 16.0);
  // It comes back, takes changes and does not know that it was replaced: nobody listens to it any more.
  primary.signal_all(SIGCONT);
  traffic.wait_for(kSome);
  settle(traffic, {0, 1});
  expect_sound(traffic, standby);
}

// Stops the first server at a moment at which it has the lock for which the other one waits.
void stop_in_mid_batch(ServerProcess& server, PostgresCluster& database) {
  const auto holds_the_lock = [&] {
    server.signal(SIGSTOP);
    const std::string held =
        database.sql("cardea",
                     "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING(pid) WHERE granted AND "
                     "relation='cardea.one_writer'::regclass AND application_name='server-0' AND state='idle "
                     "in transaction'");
    if (held == "1\n") return true;
    server.signal(SIGCONT);
    return false;
  };
  ASSERT_TRUE(test_support::wait_until(holds_the_lock, std::chrono::minutes(1)));
}

TEST_F(Failover, AServerKilledInMidBatchBlocksNobody) {
  traffic.begin();
  const double seconds = silence_around(
      traffic, "kill of a server in mid-batch, seen by the other",
      [&] {
        stop_in_mid_batch(servers[0], primary);
        servers[0].end(SIGKILL);
      },
      1);
  EXPECT_LT(seconds, 3 * 1.0);
  settle(traffic, {1});
  servers[0].start();
  EXPECT_THAT(traffic.differences(0), testing::IsEmpty());
  expect_sound(traffic, primary);
}

TEST_F(Failover, AServerFrozenInMidBatchIsWaitedForAShortTime) {
  traffic.begin();
  const double seconds = silence_around(
      traffic, "a server frozen in mid-batch, seen by the other",
      [&] { stop_in_mid_batch(servers[0], primary); }, 1);
  EXPECT_LT(seconds, 3 * 3.0);
  servers[0].signal(SIGCONT);
  settle(traffic, {0, 1});
  expect_sound(traffic, primary);
}

}  // namespace
}  // namespace cardea::test
