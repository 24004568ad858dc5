// SPDX-License-Identifier: Apache-2.0
// Nor does it show in an answer or in how long it takes that somebody has moved to another region, or has
// come from one. Until a password fits, his old home answers him with the record that it still has; his new
// one opens the OPRF keys that came along, where it derives them for others.
#include "tests/unit/server/answer_times.h"
#include "tests/unit/server/two_regions.h"

namespace cardea::test {
namespace {

constexpr int kMovedAccounts = 40;

class EnumerationOfMoved : public testing::Test, public TwoRegions {
 protected:
  void SetUp() override {
    ApiClient client = north.client();
    for (int i = 0; i < kMovedAccounts; ++i) {
      TestUser user(client, account_name("known", i), "password", "answer");
      ASSERT_EQ(user.register_now().status, 201);
      server::Caller caller;
      caller.session.emplace().user = user.id;
      ASSERT_TRUE(north.services->relocation.move(caller, "south", client.now()).ok());
    }
    // It moves some in each round.
    while (!north.store->moves(north.clock.now(), true, 1).value().empty()) {
      const auto report = run_mover_of_north();
      ASSERT_TRUE(report.ok());
      ASSERT_TRUE(report->troubles.empty()) << report->troubles.front();
    }
  }
};

TEST_F(EnumerationOfMoved, ALoginWhereHeWasTakesAsLong) {
  ApiClient client = north.client();
  expect_no_difference(
      north, kMovedAccounts, [&](const auto& account) { return start_of_login(client, account); }, 200);
  expect_no_difference(
      north, kMovedAccounts, [&](const auto& account) { return end_of_login(client, account); }, 401);
}

TEST_F(EnumerationOfMoved, ALoginWhereHeIsTakesAsLong) {
  ApiClient client = south.client();
  expect_no_difference(
      south, kMovedAccounts, [&](const auto& account) { return start_of_login(client, account); }, 200);
}

}  // namespace
}  // namespace cardea::test
