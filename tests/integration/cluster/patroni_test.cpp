// SPDX-License-Identifier: Apache-2.0
// Figure 6 without a person: the cluster of packaging/examples/cluster under Patroni, two servers over it,
// and honest traffic while its leader changes, dies, and stands still.
#include "tests/support/cluster/patroni.h"

#include "tests/integration/cluster/scene.h"

namespace cardea::test {
namespace {

// One after the other on one cluster: it takes ten seconds to come up.
TEST(Patroni, ChangesTheLeaderByItselfAndNothingAcknowledgedIsLost) {
  PatroniCluster cluster;
  TwoServers servers(cluster.url(), cluster.password_file());
  Traffic traffic(servers);
  traffic.begin();
  EXPECT_LT(silence_around(traffic, "switch-over with Patroni", [&] { cluster.switch_over(); }), 8);
  cluster.start();  // the former leader follows
  EXPECT_LT(
      silence_around(traffic, "kill of the leader's machine with Patroni", [&] { cluster.kill_leader(); }),
      36);
  cluster.start();  // the killed machine comes back and follows
  EXPECT_LT(silence_around(traffic, "the leader's machine off the network with Patroni",
                           [&] { cluster.freeze_leader(); }),
            48);
  cluster.thaw();
  cluster.start();
  settle(traffic, {0, 1});
}

}  // namespace
}  // namespace cardea::test
