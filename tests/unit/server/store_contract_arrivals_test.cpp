// SPDX-License-Identifier: Apache-2.0
// The store's contract: users who come from other regions, and what may not come in their place.
#include <set>

#include "tests/unit/server/store_contract_homes.h"

namespace cardea::server {
namespace {

class StoreContractArrivals : public StoreContractHomes {};

TEST_P(StoreContractArrivals, PartsOfABundle) {
  const BundleId move{1};
  ASSERT_TRUE(store->put_bundle_part({move, 1, {4, 5}, 1, 2}, kNow).ok());
  EXPECT_EQ(store->bundle(move, 2).error(), Error::not_found);
  ASSERT_TRUE(store->put_bundle_part({move, 0, {9}, 1, 2}, kNow).ok());
  ASSERT_TRUE(store->put_bundle_part({move, 0, {1, 2, 3}, 1, 2}, kNow).ok());
  EXPECT_EQ(*store->bundle(move, 2), (Bytes{1, 2, 3, 4, 5}));
  ASSERT_TRUE(store->purge(kNow + 2 * kDay).ok());
  EXPECT_EQ(store->bundle(move, 1).error(), Error::not_found);
}

TEST_P(StoreContractArrivals, ARegionFillsItsOwnRoomOnly) {
  constexpr UnixSeconds kHour = 3600;
  // Bundle `move` of region `source`; at most two of a region, and at most three parts.
  const auto id_of = [](std::uint8_t source, std::uint8_t move) {
    BundleId id{source};
    id[kBundleSource] = move;
    id.back() = 0xff;
    return id;
  };
  const auto put = [&](std::uint8_t source, std::uint8_t move, std::uint32_t number, UnixSeconds now) {
    const Status done = store->put_bundle_part({id_of(source, move), number, {move}, 2, 3}, now);
    return done.ok() ? std::optional<Error>() : done.error();
  };
  const std::optional<Error> good, later = Error::timeout;
  EXPECT_EQ(put(1, 1, 0, kNow), good);
  EXPECT_EQ(put(1, 0, 0, kNow + 60), good);
  EXPECT_EQ(put(1, 0xff, 0, kNow + 60), later);
  EXPECT_EQ(put(1, 0, 1, kNow + 60), good);
  EXPECT_EQ(put(1, 0, 2, kNow + 60), later);
  // What is there is replaced, and other regions have room of their own.
  EXPECT_EQ(put(1, 0, 1, kNow + 60), good);
  EXPECT_EQ(put(2, 1, 0, kNow + 60), good);
  EXPECT_EQ(put(0, 1, 0, kNow + 60), good);
  // Nothing was added to the first for an hour: it makes room, and only it.
  EXPECT_EQ(put(1, 2, 0, kNow + kHour - 1), later);
  EXPECT_EQ(put(1, 2, 0, kNow + kHour), good);
  EXPECT_EQ(store->bundle(id_of(1, 1), 1).error(), Error::not_found);
  EXPECT_TRUE(store->bundle(id_of(1, 0), 2).ok());
  EXPECT_EQ(put(1, 3, 0, kNow + kHour), later);
  EXPECT_EQ(put(2, 1, 1, kNow + kHour), good);
  // A bundle that goes on doesn't drop itself.
  EXPECT_EQ(put(1, 2, 1, kNow + 3 * kHour), good);
  EXPECT_EQ(put(1, 2, 2, kNow + 3 * kHour), good);
  EXPECT_EQ(put(1, 2, 3, kNow + 9 * kHour), later);
}

TEST_P(StoreContractArrivals, AChainThatIsShorterThanTheOneHereDoesNotArrive) {
  const RegisterUser anna = registered("anna");
  const UserId& id = anna.user.id;
  const UserRows early = *store->user_rows(id);
  ASSERT_TRUE(change(id, HomeState::agreed).ok());
  ASSERT_TRUE(change(id, HomeState::frozen).ok());
  const UserRows rows = *store->user_rows(id);
  ASSERT_TRUE(change(id, HomeState::gone).ok());
  EXPECT_EQ(store->import_user(import_of(early, id, "south"), kNow).error(), Error::server_conflict);
  EXPECT_EQ(store->home(id)->state, HomeState::gone);
  ASSERT_TRUE(store->import_user(import_of(rows, id, "south"), kNow).ok());
  ASSERT_TRUE(store->activate_user({id, 2, {7}, 0, {"moved-in", api::Json::Object{}}}, kNow).ok());
  EXPECT_TRUE(store->put_record({id, random_id<RecordId>(), {}, 1, Bytes(5), 10}, kNow).ok());
}

TEST_P(StoreContractArrivals, WhoIsOnHisWayIsTakenFromNobodyElse) {
  const UserId id = registered("anna").user.id;
  ASSERT_TRUE(change(id, HomeState::agreed).ok());
  ASSERT_TRUE(change(id, HomeState::frozen).ok());
  const UserRows rows = *store->user_rows(id);
  ASSERT_TRUE(change(id, HomeState::gone).ok());
  // He went south, and the south has not said that he has come.
  EXPECT_EQ(store->import_user(import_of(rows, id, "west"), kNow).error(), Error::server_conflict);
  ASSERT_TRUE(store->import_user(import_of(rows, id, "south"), kNow).ok());
  const Home arriving = *store->home(id);
  EXPECT_EQ(arriving.region, "south");
  // Neither at once nor later does another region put its bundle in the place of that.
  ImportUser west = import_of(rows, id, "west");
  west.epoch = 9;
  EXPECT_EQ(store->import_user(west, kNow + 1).error(), Error::timeout);
  EXPECT_EQ(*store->user_rows(id), rows);
  EXPECT_EQ(store->home(id)->region, "south");
  ASSERT_TRUE(store->activate_user({id, 2, {7}, 0, {"moved-in", api::Json::Object{}}}, kNow + 2).ok());
}

TEST_P(StoreContractArrivals, AnImportThatIsNotActivatedIsInTheWayForADay) {
  const RegisterUser anna = registered("anna");
  const UserRows rows = *store->user_rows(anna.user.id);
  const test::TempDir other_dir;
  const auto other = GetParam().open(other_dir);
  ASSERT_TRUE(other->import_user(import_of(rows, anna.user.id), kNow).ok());
  ASSERT_TRUE(other->import_user(import_of(rows, anna.user.id), kNow + 5).ok());
  const ImportUser west = import_of(rows, anna.user.id, "west");
  EXPECT_EQ(other->import_user(west, kNow + 5 + kDay - 1).error(), Error::timeout);
  EXPECT_TRUE(other->import_user(west, kNow + 5 + kDay).ok());
}

// One row that can't be read kept every user's upkeep from being done, sessions' and nonces' included.
TEST_P(StoreContractArrivals, AForwardThatIsDamagedHoldsUpNobodyElse) {
  std::vector<UserId> damaged;
  for (int i = 0; i < 25; ++i) {
    const UserId id = registered("user" + std::to_string(i)).user.id;
    // Of nobody, or of somebody else: he stays where he is.
    const Bytes forward = i % 2 == 0 ? Bytes(9, 3) : forward_of(random_id<UserId>());
    ASSERT_TRUE(gone(id, forward).ok());
    ASSERT_TRUE(store->import_user(import_of(*store->user_rows(id), id, "south"), kNow).ok());
    damaged.push_back(id);
  }
  const UserId anna = registered("anna").user.id;
  ASSERT_TRUE(gone(anna, forward_of(anna)).ok());
  ASSERT_TRUE(store->import_user(import_of(*store->user_rows(anna), anna, "south"), kNow + 1).ok());
  const auto purged = store->purge(kNow + 31 * kDay);
  ASSERT_TRUE(purged.ok()) << purged.failure().detail;
  EXPECT_EQ(store->home(anna)->state, HomeState::gone);
  EXPECT_TRUE(purged->erased.empty());
  EXPECT_EQ(std::set<UserId>(purged->unreadable.begin(), purged->unreadable.end()),
            std::set<UserId>(damaged.begin(), damaged.end()));
  for (const UserId& user : damaged)
    EXPECT_EQ(store->home(user)->state, HomeState::arriving);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractArrivals, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
