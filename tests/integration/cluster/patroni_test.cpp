// SPDX-License-Identifier: Apache-2.0
// Figure 6 without a person: the cluster of packaging/examples/cluster under Patroni, two servers over it,
// and honest traffic while its leader changes, dies, and stands still.
#include "tests/support/cluster/patroni.h"

#include "tests/integration/cluster/scene.h"

namespace cardea::test {
namespace {

class Patroni : public testing::Test {
 protected:
  // Seconds without an acknowledged change. Afterwards everything that was ever acknowledged is there still.
  double around(const char* name, const std::function<void()>& happens) {
    Traffic& traffic = *traffics.emplace_back(std::make_unique<Traffic>(servers));
    traffic.begin();
    const double seconds = silence_around(traffic, name, happens);
    for (const auto& each : traffics)
      settle(*each, {0, 1});
    return seconds;
  }

  PatroniCluster cluster;
  TwoServers servers{cluster.url(), cluster.password_file()};
  std::vector<std::unique_ptr<Traffic>> traffics;
};

// One after the other on one cluster: it takes ten seconds to come up.
TEST_F(Patroni, ChangesTheLeaderByItselfAndNothingAcknowledgedIsLost) {
  EXPECT_LT(around("switch-over with Patroni", [&] { cluster.switch_over(); }), 8);
  cluster.start();  // the former leader follows
  EXPECT_LT(around("kill of the leader's machine with Patroni", [&] { cluster.kill_leader(); }), 36);
  cluster.start();  // the killed machine comes back and follows
  EXPECT_LT(around("the leader's machine off the network with Patroni", [&] { cluster.freeze_leader(); }),
            48);
  cluster.thaw();
  cluster.start();  // it has noticed that it leads no more
  EXPECT_LT(around("and back", [&] { cluster.switch_over(); }), 8);
}

}  // namespace
}  // namespace cardea::test
