// SPDX-License-Identifier: Apache-2.0
// A user moves from one region to another, and every process and every message on the way fails once.
#include <gtest/gtest.h>

#include "core/api/forward.h"
#include "tests/unit/server/relocation_world.h"

namespace cardea::server {
namespace {

class Relocation : public testing::Test, public RelocationWorld {
 protected:
  // Moves a user for each durable step of this store, at which it is killed. Returns how many there are.
  int kill_at_every_step(KillableStore& store) {
    int steps = 0;
    for (const bool after : {false, true}) {
      for (int step = 1;; ++step) {
        SCOPED_TRACE(std::to_string(step) + (after ? " after" : " before"));
        const UserId user = make_user("user" + std::to_string(step) + (after ? "a" : "b"));
        agree(north, user, "south");
        store.kill_at(step, after);
        (void)mover().run();
        const bool killed = store.dead();
        store.start();
        expect_one_home(user);
        run_until_done(user);
        expect_moved(user);
        acknowledged.clear();
        if (!killed || HasFailure()) break;
        ++steps;
      }
    }
    return steps;
  }
};

TEST_F(Relocation, EverythingThatIsHisGoesAlong) {
  const UserId anna = make_user("Anna");
  const User before = *north.store.get_user(anna);
  const auto events = *north.store.audit_events(anna, 0, 100);
  agree(north, anna, "south");
  const auto report = mover().run();
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->troubles.empty()) << report->troubles.front();
  EXPECT_EQ(report->delivered, 1u);
  EXPECT_EQ(north.store.home(anna)->state, HomeState::gone);
  const auto there = south.store.find_user_by_account("anna");
  ASSERT_TRUE(there.ok() && there->has_value());
  EXPECT_EQ((*there)->id, anna);
  EXPECT_EQ((*there)->uid, before.uid);
  EXPECT_EQ((*there)->opaque_a, before.opaque_a);
  EXPECT_EQ(south.store.cards(anna)->size(), 1u);
  const auto computers = south.store.computers(anna);
  ASSERT_EQ(computers->size(), 1u);
  EXPECT_EQ(computers->front().generation, 1u);
  EXPECT_EQ(computers->front().issued, 1u);
  EXPECT_EQ(south.store.holders(anna)->size(), 1u);
  EXPECT_EQ(computers->front().officers, std::vector<std::string>{"olaf"});
  // The chain that he knows goes on.
  const auto moved = *south.store.audit_events(anna, 0, 100);
  ASSERT_EQ(moved.size(), events.size() + 3);
  EXPECT_EQ(moved[events.size() - 1].hash, events.back().hash);
  EXPECT_EQ(moved[events.size() + 1].kind, "moved-out");
  EXPECT_EQ(moved[events.size() + 2].kind, "moved-in");
  expect_moved(anna);
}

// The AKE key is the same in all regions: a token of one must open in no other, or a region could make its
// own officers, and sessions of everybody, elsewhere.
TEST_F(Relocation, WhatOneRegionHandsOutOpensInNoOther) {
  const auto token = north.secrets.seal_token("officer-key", Bytes(32, 1), random);
  ASSERT_TRUE(token.ok());
  EXPECT_TRUE(north.secrets.open_token("officer-key", *token).ok());
  EXPECT_EQ(south.secrets.open_token("officer-key", *token).error(), Error::identity_not_accepted);
  const Bytes challenge = north.secrets.make_challenge(clock.now(), random);
  EXPECT_TRUE(north.secrets.challenge_time(challenge).ok());
  EXPECT_FALSE(south.secrets.challenge_time(challenge).ok());
  SessionId session;
  const auto key = north.secrets.seal_session_key(session, random.secret<32>(), random);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(south.secrets.open_session_key(session, *key).error(), Error::session_expired);
}

TEST_F(Relocation, TheForwardIsSignedByTheKeyThatHisComputersKnow) {
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  const Home home = *north.store.home(anna);
  const Bytes signature = to_bytes(north.secrets.checkpoint_key().sign(home.forward));
  const auto forward =
      api::open_forward(home.forward, signature, north.secrets.checkpoint_key().spki(), anna, 1);
  ASSERT_TRUE(forward.ok()) << forward.failure().detail;
  EXPECT_EQ(forward->url, "https://south.example");
  EXPECT_EQ(forward->region, "south");
  EXPECT_EQ(forward->epoch, 2u);
  EXPECT_EQ(forward->checkpoint_spki, south.secrets.checkpoint_key().spki());
  EXPECT_EQ(
      api::open_forward(home.forward, signature, south.secrets.checkpoint_key().spki(), anna, 1).error(),
      Error::signature_invalid);
  EXPECT_EQ(
      api::open_forward(home.forward, signature, north.secrets.checkpoint_key().spki(), anna, 2).error(),
      Error::server_misbehaved);
}

TEST_F(Relocation, HeTakesHisOprfKeysAlongAndBackAgain) {
  const UserId anna = make_user("anna");
  const OprfKeys before = oprf_keys_of(north.store, north.secrets, anna).value();
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  const OprfKeys there = oprf_keys_of(south.store, south.secrets, anna).value();
  EXPECT_TRUE(equal_constant_time(there.a.expose(), before.a.expose()));
  EXPECT_TRUE(equal_constant_time(there.b.expose(), before.b.expose()));
  EXPECT_TRUE(write(south, anna));
  agree(south, anna, "north");
  ASSERT_TRUE(mover(south, to_north).run().ok());
  EXPECT_FALSE(write(south, anna));
  EXPECT_TRUE(write(north, anna));
  EXPECT_EQ(lost(north, anna), 0u);
  EXPECT_EQ(north.store.home(anna)->epoch, 3u);
  const OprfKeys back = oprf_keys_of(north.store, north.secrets, anna).value();
  EXPECT_TRUE(equal_constant_time(back.a.expose(), before.a.expose()));
}

TEST_F(Relocation, TheNumberOfASeedStaysWhereItMeansSomething) {
  std::vector<OprfSeed> seeds(2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    seeds[i].number = i + 1;
    seeds[i].seed = random.secret<32>();
  }
  north.secrets =
      std::move(ServerSecrets::make(seeds, ake_seed, first_checkpoint_key(random.secret<32>(), 0))).value();
  const UserId anna = make_user("anna", 2);
  const OprfKeys before = oprf_keys_of(north.store, north.secrets, anna).value();
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  // The south has one seed only.
  EXPECT_EQ(south.store.get_user(anna)->oprf_seed, 1u);
  const OprfKeys there = oprf_keys_of(south.store, south.secrets, anna).value();
  EXPECT_TRUE(equal_constant_time(there.a.expose(), before.a.expose()));
  agree(south, anna, "north");
  ASSERT_TRUE(mover(south, to_north).run().ok());
  const OprfKeys back = oprf_keys_of(north.store, north.secrets, anna).value();
  EXPECT_TRUE(equal_constant_time(back.b.expose(), before.b.expose()));
}

TEST_F(Relocation, ADestinationWhoseCheckpointKeyIsReplacedMeanwhileGoesOn) {
  const UserId anna = make_user("anna");
  switch_without_activation(anna);
  const auto rotated = next_checkpoint_key(south.checkpoint_keys, random, clock.now());
  ASSERT_TRUE(rotated.ok());
  std::vector<OprfSeed> seeds(1);
  seeds[0].seed = south.oprf_seed.clone();
  south.secrets = std::move(ServerSecrets::make(seeds, ake_seed, *rotated)).value();
  run_until_done(anna);
  EXPECT_TRUE(write(south, anna));
}

TEST_F(Relocation, OnlyWhatChangedIsSentWhileHeIsFrozen) {
  const UserId anna = make_user("anna");
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(write(north, anna));
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  // 23 records of 30 KB in parts of 40 KiB: the first (the head) and the last two (chain) go twice.
  EXPECT_GT(to_south.parts, 17);
  EXPECT_LE(to_south.parts, 22);
  expect_moved(anna);
}

TEST_F(Relocation, TheSourceIsKilledAtEveryStep) {
  EXPECT_EQ(kill_at_every_step(north.store), 6);  // freeze, switch, delivered; before and after
}

TEST_F(Relocation, TheDestinationIsKilledAtEveryStep) { EXPECT_GE(kill_at_every_step(south.store), 12); }

TEST_F(Relocation, EveryMessageIsLostOnceAndEveryAnswer) {
  for (const bool answer : {false, true}) {
    for (int request = 1; request <= 8; ++request) {
      const UserId user = make_user("user" + std::to_string(request) + (answer ? "a" : "r"));
      agree(north, user, "south");
      to_south.lose(request, answer);
      ASSERT_TRUE(mover().run().ok());
      to_south.lose(0, false);
      SCOPED_TRACE(std::to_string(request) + (answer ? " answer" : " request"));
      expect_one_home(user);
      run_until_done(user);
      expect_moved(user);
      acknowledged.clear();
      if (HasFailure()) break;
    }
  }
}

TEST_F(Relocation, ASourceThatDoesNotComeBackInItsLeaseCanNotSwitch) {
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  north.store.kill_at(1, true);  // frozen, and then nothing
  (void)mover().run();
  north.store.start();
  EXPECT_EQ(north.store.home(anna)->state, HomeState::frozen);
  EXPECT_FALSE(write(north, anna));
  clock.advance(kFreezeLease - 1);
  ASSERT_TRUE(mover().run().ok());
  EXPECT_EQ(north.store.home(anna)->state, HomeState::frozen);
  const Home frozen = *north.store.home(anna);
  clock.advance(1);
  HomeChange late{HomeState::frozen, 1, frozen, {}, frozen.lease_until};
  late.to.state = HomeState::gone;
  EXPECT_EQ(north.store.change_home(late, clock.now()).error(), Error::precondition_failed);
  ASSERT_TRUE(mover().run().ok());
  EXPECT_TRUE(write(north, anna));
}

TEST_F(Relocation, ANameThatIsTakenEndsTheMoveAndHeStays) {
  const UserId anna = make_user("anna");
  ASSERT_TRUE(north.store.reserve_unix_ids(2'010'000'000, 2'019'999'999).ok());
  ASSERT_TRUE(south.store.reserve_unix_ids(2'020'000'000, 2'029'999'999).ok());
  RegisterUser other;
  other.user.id = UserId::random(random);
  other.user.account = "ANNA";
  other.user.epoch = 1;
  other.card.id = CardId::random(random);
  other.card.user = other.user.id;
  other.computer.id = ComputerId::random(random);
  other.audit = {"registered", api::Json::Object{}};
  ASSERT_TRUE(south.store.register_user({clock.now(), {}, {}}, other).ok());
  EXPECT_EQ(south.store.get_user(other.user.id)->uid, 2'020'000'000u);
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  EXPECT_EQ(north.store.home(anna)->state, HomeState::here);
  EXPECT_TRUE(write(north, anna));
  EXPECT_EQ(north.store.audit_events(anna, 0, 100)->back().kind, "move-failed");
  EXPECT_EQ(south.store.get_user(anna).error(), Error::not_found);
}

TEST_F(Relocation, RegionsWithDifferentAkeKeysDoNotMoveAnybody) {
  const UserId anna = make_user("anna");
  south.secrets =
      std::move(ServerSecrets::make(random.secret<32>(), random.secret<32>(), random.secret<32>())).value();
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  EXPECT_EQ(north.store.home(anna)->state, HomeState::here);
  EXPECT_TRUE(write(north, anna));
}

TEST_F(Relocation, ADestinationThatLostItsImportGetsItAgain) {
  const UserId anna = make_user("anna");
  switch_without_activation(anna);
  EXPECT_EQ(south.store.purge(clock.now() + 31 * 24 * 3600)->erased.size(), 1u);
  run_until_done(anna);
  EXPECT_TRUE(write(south, anna));
}

TEST_F(Relocation, AMoveHomeThatFailsLeavesTheWayToWhereHeIs) {
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  const Home gone = *north.store.home(anna);
  agree(south, anna, "north");
  south.store.kill_at(2, false);  // imported in the north, and not switched
  (void)mover(south, to_north).run();
  south.store.start();
  const Home arriving = *north.store.home(anna);
  ASSERT_EQ(arriving.state, HomeState::arriving);
  EXPECT_EQ(arriving.forward, gone.forward);
  EXPECT_TRUE(is_away(arriving));
  const PutRecord put{anna, RecordId::random(random), {}, 1, Bytes(5), 10};
  EXPECT_EQ(user_moved_away(north.store.put_record(put, clock.now()).failure()), anna);
  // He stays in the south for now: after a month the north has what it had.
  clock.advance(31 * 24 * 3600);
  EXPECT_TRUE(north.store.purge(clock.now())->erased.empty());
  const Home again = *north.store.home(anna);
  EXPECT_EQ(again.state, HomeState::gone);
  EXPECT_EQ(again.forward, gone.forward);
  EXPECT_EQ(again.region, "south");
  EXPECT_EQ(again.epoch, gone.epoch);
  EXPECT_TRUE(again.delivered);
  EXPECT_EQ(broken_chain("north.db"), "");
  // And then the move succeeds.
  for (int round = 0; round < kRounds && !south.store.home(anna)->delivered; ++round) {
    clock.advance(kLongerThanARetry);
    ASSERT_TRUE(mover(south, to_north).run().ok());
  }
  EXPECT_TRUE(write(north, anna));
  const Home home = *north.store.home(anna);
  EXPECT_TRUE(home.forward.empty());
  EXPECT_FALSE(is_away(home));
  EXPECT_EQ(home.epoch, 3u);
}

TEST_F(Relocation, ABundleThatIsShownAgainDoesNothing) {
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  ASSERT_TRUE(write(south, anna));
  // The source's backup from before the move is started, and its mover moves him once more.
  Home back = *north.store.home(anna);
  HomeChange undo{HomeState::gone, 2, back, {}, 0};
  undo.to.state = HomeState::agreed;
  undo.to.epoch = 1;
  undo.to.not_before = 0;
  ASSERT_TRUE(north.store.change_home(undo, clock.now()).ok());
  ASSERT_TRUE(mover().run().ok());
  EXPECT_NE(north.store.home(anna)->state, HomeState::gone);
  EXPECT_TRUE(write(south, anna));
  EXPECT_EQ(lost(south, anna), 0u);
}

TEST_F(Relocation, TheTombstoneIsPurgedAfterNinetyDays) {
  const UserId anna = make_user("anna");
  agree(north, anna, "south");
  ASSERT_TRUE(mover().run().ok());
  EXPECT_TRUE(north.store.purge(clock.now() + 89 * 24 * 3600)->erased.empty());
  EXPECT_TRUE(north.store.find_user_by_account("anna")->has_value());
  EXPECT_EQ(north.store.purge(clock.now() + 91 * 24 * 3600)->erased, std::vector<UserId>{anna});
  EXPECT_FALSE(north.store.find_user_by_account("anna")->has_value());
  EXPECT_TRUE(north.store.cards(anna)->empty());
  EXPECT_TRUE(north.store.records(anna, 0, 10)->empty());
  EXPECT_TRUE(north.store.home(anna)->purged);
  const auto events = north.store.audit_events(anna, 0, 100).value();
  for (const AuditEvent& event : events)
    EXPECT_TRUE(event.kind.empty() && event.details.empty());
  EXPECT_EQ(broken_chain("north.db"), "");
  EXPECT_TRUE(north.store.accounts("", 10)->empty());
  // He comes back: what was emptied is filled again.
  clock.advance(91 * 24 * 3600);
  agree(south, anna, "north");
  ASSERT_TRUE(mover(south, to_north).run().ok());
  EXPECT_TRUE(write(north, anna));
  EXPECT_EQ(north.store.audit_events(anna, 0, 1)->front().kind, "registered");
  EXPECT_EQ(broken_chain("north.db"), "");
  EXPECT_EQ(broken_chain("south.db"), "");
}

}  // namespace
}  // namespace cardea::server
