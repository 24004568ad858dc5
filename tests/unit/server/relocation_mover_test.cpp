// SPDX-License-Identifier: Apache-2.0
// Whom the mover takes, when it tries again, and when it stops. What a move brings and what survives of it is
// relocation_move_test.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/server/relocation_world.h"

namespace cardea::server {
namespace {

class RelocationRound : public testing::Test, public RelocationWorld {
 protected:
  void set_policy(const std::string& value) {
    ASSERT_TRUE(north.store.set_policy({"relocation", value, "root"}, clock.now()).ok());
  }
  HomeState state(const UserId& user) { return north.store.home(user)->state; }
  void expect_served_in_the_south(const UserId& user) {
    EXPECT_FALSE(write(north, user));
    EXPECT_TRUE(write(south, user));
  }
  std::size_t events(const UserId& user) { return north.store.audit_events(user, 0, 100)->size(); }
  std::size_t gone(const std::vector<UserId>& users) {
    return static_cast<std::size_t>(
        std::ranges::count_if(users, [&](const UserId& user) { return state(user) == HomeState::gone; }));
  }
};

// The region he has gone to does not answer: he is asked for again and again, not without end at once.
TEST_F(RelocationRound, AnActivationThatFailsIsTriedAgainLaterAndLater) {
  const UserId anna = make_user("anna");
  switch_without_activation(anna);
  int before = to_south.requests;
  for (const std::int64_t pause : {2, 4, 8, 16}) {
    clock.advance(pause - 1);
    ASSERT_TRUE(mover().run().ok());
    EXPECT_EQ(to_south.requests, before) << pause;
    clock.advance(1);
    to_south.lose(1, false);
    ASSERT_TRUE(mover().run().ok());
    EXPECT_EQ(to_south.requests, ++before) << pause;
  }
  to_south.lose(0, false);
  run_until_done(anna);
  EXPECT_EQ(south.store.home(anna)->state, HomeState::here);
}

// At whichever request: none follows, nobody is switched or left frozen, and the next run goes on at once.
TEST_F(RelocationRound, AStopIsAskedForBeforeEachStep) {
  for (int last = 1;; ++last) {
    SCOPED_TRACE(last);
    const UserId anna = make_user("anna" + std::to_string(last));
    const UserId berta = make_user("berta" + std::to_string(last));
    agree(north, anna, "south");
    agree(north, berta, "south");
    std::stop_source stop;
    const int before = to_south.requests;
    std::size_t at_stop = 0;
    bool frozen = false;
    std::size_t told = 0;
    to_south.on_request = [&] {
      if (to_south.requests - before != last) return;
      stop.request_stop();
      at_stop = gone({anna, berta});
      frozen = state(anna) == HomeState::frozen || state(berta) == HomeState::frozen;
      told = events(anna) + events(berta);
    };
    ASSERT_TRUE(mover().run(stop.get_token()).ok());
    to_south.on_request = {};
    if (!stop.stop_requested()) {
      EXPECT_GT(last, 10);  // two users, five requests each and more
      return;
    }
    EXPECT_EQ(to_south.requests - before, last);
    EXPECT_EQ(gone({anna, berta}), at_stop);
    // Who was frozen is thawed, and that is all that the chains tell.
    EXPECT_EQ(events(anna) + events(berta), told + (frozen ? 1 : 0));
    for (const UserId& user : {anna, berta}) {
      EXPECT_NE(state(user), HomeState::frozen);
      expect_one_home(user);
    }
    ASSERT_TRUE(mover().run().ok());
    for (const UserId& user : {anna, berta})
      expect_served_in_the_south(user);
    if (HasFailure()) return;
  }
}

TEST_F(RelocationRound, AStopThatCameBeforeLeavesEverybodyAsHeIs) {
  const UserId anna = make_user("anna");
  switch_without_activation(anna);
  const UserId berta = make_user("berta");
  agree(north, berta, "south");
  clock.advance(kLongerThanARetry);
  std::stop_source stop;
  stop.request_stop();
  const int before = to_south.requests;
  const Home waiting = *north.store.home(anna);
  ASSERT_TRUE(mover().run(stop.get_token()).ok());
  EXPECT_EQ(to_south.requests, before);
  EXPECT_EQ(north.store.home(anna)->not_before, waiting.not_before);
  EXPECT_EQ(north.store.home(anna)->attempts, waiting.attempts);
  EXPECT_EQ(north.store.home(berta)->attempts, 0u);
}

// In the middle of bringing once more what the destination has lost: it is no failed try.
TEST_F(RelocationRound, AStopCostsWhoWaitsForHisActivationNoPause) {
  const UserId anna = make_user("anna");
  switch_without_activation(anna);
  ASSERT_EQ(south.store.purge(clock.now() + 31 * 24 * 3600)->erased.size(), 1u);
  clock.advance(kLongerThanARetry);
  const Home waiting = *north.store.home(anna);
  std::stop_source stop;
  to_south.on_request = [&] { stop.request_stop(); };
  ASSERT_TRUE(mover().run(stop.get_token()).ok());
  to_south.on_request = {};
  EXPECT_EQ(north.store.home(anna)->not_before, waiting.not_before);
  EXPECT_EQ(north.store.home(anna)->attempts, waiting.attempts);
  ASSERT_TRUE(mover().run().ok());
  expect_served_in_the_south(anna);
}

TEST_F(RelocationRound, ARegionThatIsSilentIsAskedOnceARound) {
  north.policy.others["west"] = north.policy.others["south"];
  Wire to_west(south.inbox, "north", clock);
  RelocationMover mover(
      north.store, north.secrets, north.keys, north.policy, north.policies,
      [&](std::string_view region) { return region == "west" ? &to_west : &to_south; }, clock, random);
  std::vector<UserId> users;
  for (const char* name : {"anna", "berta", "carla"})
    agree(north, users.emplace_back(make_user(name)), "south");
  const UserId dora = make_user("dora");
  agree(north, dora, "west");
  to_south.lose(1, false);
  ASSERT_TRUE(mover.run().ok());
  EXPECT_EQ(to_south.requests, 1);
  for (const UserId& user : users) {
    EXPECT_EQ(state(user), HomeState::agreed);
    // He comes again later, and hides nobody until then.
    EXPECT_GT(north.store.home(user)->not_before, clock.now());
  }
  EXPECT_GT(to_west.requests, 1);
  // It is asked again in the next round.
  clock.advance(kLongerThanARetry);
  ASSERT_TRUE(mover.run().ok());
  for (const UserId& user : users)
    expect_served_in_the_south(user);
}

TEST_F(RelocationRound, UnderThePolicyOffNobodyBeginsAndWhoIsOnHisWayArrives) {
  const UserId gone = make_user("gone");
  switch_without_activation(gone);
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  ASSERT_NO_FATAL_FAILURE(set_policy("off"));
  clock.advance(kLongerThanARetry);
  const int before = to_south.requests;
  ASSERT_TRUE(mover().run().ok());
  EXPECT_EQ(to_south.requests, before + 1);  // the activation
  EXPECT_TRUE(north.store.home(gone)->delivered);
  EXPECT_EQ(state(anna), HomeState::agreed);
  EXPECT_TRUE(write(north, anna));
  ASSERT_NO_FATAL_FAILURE(set_policy("ask"));
  ASSERT_TRUE(mover().run().ok());
  EXPECT_EQ(state(anna), HomeState::gone);
}

// The parts that go ahead may take minutes.
TEST_F(RelocationRound, ThePolicyIsAskedForOnceMoreBeforeTheFreeze) {
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  to_south.on_request = [&] { set_policy("off"); };
  ASSERT_TRUE(mover().run().ok());
  EXPECT_EQ(state(anna), HomeState::agreed);
  EXPECT_EQ(north.store.audit_events(anna, 0, 100)->back().kind, "relocation-answered");
}

TEST_F(RelocationRound, NobodyIsFrozenAtTheLastEpoch) {
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  HomeChange last{HomeState::agreed, 1, *north.store.home(anna), {}, 0};
  last.to.epoch = 0xffffffff;
  ASSERT_TRUE(north.store.change_home(last, clock.now()).ok());
  ASSERT_TRUE(mover().run().ok());
  EXPECT_EQ(to_south.requests, 0);
  EXPECT_EQ(state(anna), HomeState::here);
  EXPECT_TRUE(write(north, anna));
}

// A region that has no room says so, and the user comes again: nothing ends his move.
TEST_F(RelocationRound, ADestinationWithoutRoomIsAskedAgainLater) {
  for (std::uint8_t i = 0; i < 16; ++i)
    ASSERT_TRUE(south.inbox.put_part("north", Digest{i}, 0, Bytes(1), clock.now()).ok());
  EXPECT_EQ(south.inbox.put_part("north", Digest{16}, 0, Bytes(1), clock.now()).error(), Error::timeout);
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  EXPECT_EQ(state(anna), HomeState::agreed);
  run_until_done(anna);
  expect_moved(anna);
}

}  // namespace
}  // namespace cardea::server
