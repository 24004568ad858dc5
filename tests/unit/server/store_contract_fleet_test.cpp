// SPDX-License-Identifier: Apache-2.0
// The store's contract: all computers by what is wrong with them, policies with their version, touches.
#include "server/service/program_number.h"
#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

constexpr std::uint64_t kOld = 1ULL << 32;
constexpr std::uint64_t kPresent = kOld + 1;

class StoreContractFleet : public StoreContract {
 protected:
  void seen(const RegisterUser& user, UnixSeconds at, std::uint32_t generation, std::string gate,
            std::uint64_t program) {
    CheckIn report{user.computer.id, user.user.id, generation, {}, 0, {}, std::move(gate), program};
    if (generation != 0) report.check_k0 = Bytes(15, 2);
    EXPECT_TRUE(store->check_in({at, {}, {}}, report).ok());
  }
  std::uint32_t keys_of(const RegisterUser& user) {
    const auto begun = store->begin_generation({kNow, {}, {}}, user.user.id, user.computer.id);
    const std::uint32_t number = begun->value.number;
    const PrepareGeneration prepare{user.computer.id, user.user.id, number,
                                    Bytes(104, 1),    Bytes(15, 2), Bytes(32, 3)};
    EXPECT_TRUE(store->prepare_generation({kNow, {}, {}}, prepare).ok());
    return number;
  }
  std::vector<std::string> accounts_of(FleetFilter filter, std::string search = {}) {
    std::vector<std::string> out;
    const auto page = store->fleet_page({rule, filter, std::move(search), {}, 100});
    EXPECT_TRUE(page.ok()) << page.failure().detail;
    for (const FleetComputer& computer : *page)
      out.push_back(computer.account);
    return out;
  }
  OfficerTouch touch_of(const OfficerId& officer, std::uint8_t token, std::uint32_t count) {
    OfficerTouch touch{officer, Bytes(32, 7), count, {}, kNow + 600};
    touch.token.fill(token);
    return touch;
  }
  OfficerId administrator() {
    Officer officer;
    officer.id = random_id<OfficerId>();
    officer.name = "chief";
    officer.role = "administrator";
    officer.auth_spki = Bytes(91, 4);
    EXPECT_TRUE(store->add_officer(officer, "root", kNow).ok());
    AddOfficerKey key;
    key.key = {Bytes(32, 7), officer.id, Bytes(91, 4), 1, "blue", kNow, 0};
    key.token.fill(99);
    key.token_expires_at = kNow + 600;
    key.max_keys = 8;
    EXPECT_TRUE(store->add_officer_key(key).ok());
    return officer.id;
  }
  FleetRule rule{kNow + 1000, kPresent};
};

TEST_P(StoreContractFleet, EachFilterShowsItsOwnAndTheCountsAgree) {
  for (const char* name : {"silent", "fallen", "old", "unfit", "good", "Gone_", "new"}) {
    const RegisterUser user = registered(name);
    const std::string who = name;
    const std::uint32_t keys = who == "unfit" ? 0 : keys_of(user);
    if (who == "silent") seen(user, kNow + 10, keys, "on", kPresent);
    if (who == "fallen") seen(user, kNow + 2000, keys, "fell-back", kPresent);
    if (who == "old") seen(user, kNow + 2001, keys, "off", kOld);
    if (who == "unfit") seen(user, kNow + 2002, keys, "off", kPresent);
    if (who == "good") seen(user, kNow + 2003, keys, "on", kPresent + 1);
    if (who == "Gone_") {
      ASSERT_TRUE(
          store
              ->retire_computer({kNow, {}, {}},
                                {user.user.id, user.computer.id, {"computer-retired", api::Json::Object{}}})
              .ok());
    }
  }
  reopen();
  rule.silent_before = kNow + 1000;
  using List = std::vector<std::string>;
  EXPECT_EQ(accounts_of(FleetFilter::silent), (List{"new", "silent"}));
  EXPECT_EQ(accounts_of(FleetFilter::fell_back), List{"fallen"});
  EXPECT_EQ(accounts_of(FleetFilter::outdated), List{"old"});
  EXPECT_EQ(accounts_of(FleetFilter::unfit), List{"unfit"});
  EXPECT_EQ(accounts_of(FleetFilter::retired), List{"Gone_"});
  EXPECT_EQ(accounts_of(FleetFilter::attention), (List{"new", "silent", "fallen", "old", "unfit"}));
  EXPECT_EQ(accounts_of(FleetFilter::all).size(), 7u);
  EXPECT_EQ(accounts_of(FleetFilter::all, "GONE_"), List{"Gone_"});
  EXPECT_EQ(accounts_of(FleetFilter::all, "oo"), List{"good"});
  for (const char* nobody : {"%", "o_d", "!", "'"})
    EXPECT_TRUE(accounts_of(FleetFilter::all, nobody).empty()) << nobody;
  EXPECT_EQ(accounts_of(FleetFilter::all, "LapTop").size(), 7u) << "the computers' names";
  const FleetCounts counts = *store->fleet_counts(rule);
  EXPECT_EQ(counts.users, 7u);
  EXPECT_EQ(counts.computers, 6u);
  EXPECT_EQ(counts.attention, 5u);
  EXPECT_EQ(counts.silent, 2u);
  EXPECT_EQ(counts.fell_back, 1u);
  EXPECT_EQ(counts.outdated, 1u);
  EXPECT_EQ(counts.unfit, 1u);
  EXPECT_EQ(counts.gate_on, 2u);
  EXPECT_EQ(counts.retired, 1u);
}

TEST_P(StoreContractFleet, WhoHasMovedAwayIsNotOfThisFleet) {
  (void)registered("stays");
  const RegisterUser moved = registered("moved");
  for (const HomeState next : {HomeState::agreed, HomeState::frozen, HomeState::gone}) {
    const Home old = *store->home(moved.user.id);
    HomeChange change{old.state, old.epoch, old, {}, 0};
    change.to.state = next;
    change.to.region = "south";
    ASSERT_TRUE(store->change_home(change, kNow).ok());
  }
  EXPECT_EQ(accounts_of(FleetFilter::all), std::vector<std::string>{"stays"});
  const FleetCounts counts = *store->fleet_counts(rule);
  EXPECT_EQ(counts.computers, 1u);
  EXPECT_EQ(counts.users, 1u);
}

TEST_P(StoreContractFleet, APageGoesOnBehindTheOneBefore) {
  for (int i = 0; i < 7; ++i) {
    const RegisterUser user = registered("user" + std::to_string(i));
    if (i > 3) seen(user, kNow + i, 0, "off", kPresent);
  }
  FleetQuery query{rule, FleetFilter::all, {}, {}, 3};
  std::vector<std::string> all;
  for (;;) {
    const auto page = store->fleet_page(query);
    ASSERT_TRUE(page.ok());
    for (const FleetComputer& computer : *page)
      all.push_back(computer.account);
    if (page->size() < 3) break;
    query.after = FleetPosition{page->back().last_seen, page->back().user, page->back().computer};
  }
  ASSERT_EQ(all.size(), 7u);
  EXPECT_EQ(all[6], "user6");
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
}

TEST_P(StoreContractFleet, APolicyIsChangedFromTheVersionThatWasSeenOnly) {
  const OfficerId chief = administrator();
  EXPECT_EQ(store->policy_set()->version, 0u);
  ChangePolicy change{{"relocation", "auto", "chief"}, 0, touch_of(chief, 1, 2), "192.0.2.0/24"};
  ASSERT_TRUE(store->change_policy(change, kNow).ok());
  const PolicySet set = *store->policy_set();
  ASSERT_EQ(set.values.size(), 1u);
  change.touch = touch_of(chief, 2, 3);
  EXPECT_EQ(store->change_policy(change, kNow).error(), Error::precondition_failed);
  // Back and forth is another version than before, also with the same value.
  change.expected_version = set.version;
  change.policy.value.reset();
  ASSERT_TRUE(store->change_policy(change, kNow).ok());
  EXPECT_GT(store->policy_set()->version, set.version);
  EXPECT_TRUE(store->policy_set()->values.empty());
  ASSERT_TRUE(store->set_policy({"relocation", "auto", "root"}, kNow).ok());
  change.touch = touch_of(chief, 3, 4);
  EXPECT_EQ(store->change_policy(change, kNow).error(), Error::precondition_failed);
}

TEST_P(StoreContractFleet, ATouchIsGoodOnceAndOfAnActiveOfficer) {
  const OfficerId chief = administrator();
  ChangePolicy change{{"relocation", "auto", "chief"}, 0, touch_of(chief, 1, 2), ""};
  ASSERT_TRUE(store->change_policy(change, kNow).ok());
  change.expected_version = store->policy_set()->version;
  EXPECT_EQ(store->change_policy(change, kNow).error(), Error::replayed) << "the same challenge";
  change.touch = touch_of(chief, 2, 2);
  EXPECT_EQ(store->change_policy(change, kNow).error(), Error::replayed) << "the counter stands still";
  EXPECT_EQ(store->policy_set()->version, change.expected_version);
  ASSERT_TRUE(store->set_officer_state(chief, OfficerState::suspended, "root", kNow).ok());
  change.touch = touch_of(chief, 3, 9);
  EXPECT_EQ(store->change_policy(change, kNow).error(), Error::permission_denied);
}

TEST_P(StoreContractFleet, WhoReadsAHistoryIsInIt) {
  const OfficerId chief = administrator();
  const RegisterUser anna = registered("Anna");
  EXPECT_EQ(store->open_history({"nobody", touch_of(chief, 1, 2), "chief", ""}, kNow).error(),
            Error::not_found);
  const auto user = store->open_history({"anna", touch_of(chief, 1, 2), "chief", "192.0.2.0/24"}, kNow);
  ASSERT_TRUE(user.ok());
  const auto events = *store->audit_events(anna.user.id, 0, 10);
  EXPECT_EQ(events.back().kind, "history-read");
  EXPECT_EQ(events.back().hash, user->audit.head);
  EXPECT_EQ(store->admin_audit_end()->length, store->admin_events(0, 100)->size());
  EXPECT_EQ(store->admin_events(0, 100)->back().kind, "history-read");
}

TEST_P(StoreContractFleet, TheStoreSaysWhatItIs) {
  const auto facts = store->facts();
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->standbys.has_value(), std::string_view(facts->engine) == "postgres");
  EXPECT_EQ(facts->standbys.value_or(0), 0u);
}

TEST(ProgramNumber, IsComparedAsPeopleDo) {
  EXPECT_LT(*program_number("1.9.12"), *program_number("1.10.0"));
  EXPECT_EQ(program_text(*program_number("1.10.65535")), "1.10.65535");
  EXPECT_EQ(program_text(0), "");
  for (const char* bad : {"", "1", "1.2", "1.2.3.4", "1.2.x", "-1.2.3", "1.2.65536", "0.0.0", "1..2"})
    EXPECT_FALSE(program_number(bad)) << bad;
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractFleet, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
