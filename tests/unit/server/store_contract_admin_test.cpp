// SPDX-License-Identifier: Apache-2.0
// The store's contract: policies, what administrators do to accounts, and the chain that tells it.
#include "server/service/guess_budget.h"
#include "server/store/audit_chain.h"
#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

TEST_P(StoreContract, APolicyThatWasSetHoldsUntilItIsResetAndIsTold) {
  EXPECT_TRUE(store->policies()->empty());
  ASSERT_TRUE(store->set_policy({"relocation", "auto", "anna"}, kNow).ok());
  ASSERT_TRUE(store->set_policy({"relocation", "off", "berta"}, kNow + 1).ok());
  reopen();
  ASSERT_EQ(store->policies()->size(), 1u);
  EXPECT_EQ(store->policies()->at(0).changed, kNow + 1);
  EXPECT_EQ(*store->policy("relocation"), "off");
  EXPECT_EQ(*store->policy("registration"), std::nullopt);
  ASSERT_TRUE(store->set_policy({"relocation", {}, "anna"}, kNow + 2).ok());
  EXPECT_EQ(*store->policy("relocation"), std::nullopt);
  const auto events = *store->admin_events(0, 10);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].actor, "berta");
  EXPECT_EQ(events[1].details, R"({"before":"auto","name":"relocation","value":"off"})");
  EXPECT_EQ(events[2].details, R"({"before":"off","name":"relocation","value":null})");
}

TEST_P(StoreContract, TheAdministrationsChainIsThatOfTheSpecification) {
  const auto first = store->note_admin({"anna", "one", api::Json::Object{{"b", 1}, {"a", 2}}}, kNow);
  const auto second = store->note_admin({"anna", "two", {api::Json::Object{}}}, kNow + 1);
  ASSERT_TRUE(first.ok() && second.ok());
  const std::string text =
      R"({"actor":"anna","details":{"a":2,"b":1},"kind":"one","sequence":1,"time":1800000000})";
  const std::uint8_t prefix[] = {0x03};
  EXPECT_EQ(first->head, crypto::sha256({prefix, Digest{}, as_bytes(text)}));
  const auto events = *store->admin_events(1, 10);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].hash, second->head);
  EXPECT_EQ(next_admin_head(first->head, *admin_event_text(events[0])), second->head);
}

TEST_P(StoreContract, AccountsAreListedInOrderAndByPages) {
  for (const char* name : {"Berta", "anna", "clara"})
    registered(name);
  const auto first = *store->accounts("", 2);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].account, "anna");
  EXPECT_EQ(first[1].account, "Berta");
  EXPECT_EQ(first[1].cards, 1u);
  EXPECT_EQ(first[1].computers, 1u);
  EXPECT_EQ(first[1].guesses, 0u);
  const auto rest = *store->accounts("BERTA", 2);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].account, "clara");
}

TEST_P(StoreContract, AClosedAccountTakesNoPasswordUntilItIsOpened) {
  const RegisterUser anna = registered("anna");
  const SessionId card = random_id<SessionId>();
  ASSERT_TRUE(open_session(anna, card, 1).ok());
  OpenSession by_password;
  by_password.session = {
      random_id<SessionId>(), anna.user.id, SessionLevel::password, true, Bytes(48, 1), {}, {}, kNow + 100};
  by_password.token.fill(2);
  by_password.token_expires_at = kNow + 50;
  by_password.audit = {"session-opened", api::Json::Object{}};
  ASSERT_TRUE(store->open_session(by_password, kNow).ok());

  const std::string subject = account_subject("ANNA");
  ASSERT_TRUE(store->set_account({"Anna", subject, kClosedGuesses, "root"}, kNow).ok());
  const Policies policies(*store, {});
  GuessBudget budget(*store, policies);
  EXPECT_TRUE(budget.charge("anna", "192.0.2.0/24", kNow)->closed);
  EXPECT_EQ(store->accounts("", 1)->at(0).guesses, kClosedGuesses);
  EXPECT_EQ(store->get_session(by_password.session.id, kNow).error(), Error::not_found);
  EXPECT_TRUE(store->get_session(card, kNow).ok());

  ASSERT_TRUE(store->set_account({"Anna", subject, 0, "root"}, kNow).ok());
  EXPECT_EQ(*store->guesses(subject), 0u);
  EXPECT_TRUE(budget.charge("anna", "192.0.2.0/24", kNow)->allowed);
  const auto told = *store->audit_events(anna.user.id, 0, 10);
  ASSERT_EQ(told.size(), 5u);
  EXPECT_EQ(told[3].kind, "account-closed");
  EXPECT_EQ(told[4].kind, "account-opened");
  EXPECT_EQ(store->admin_events(0, 10)->size(), 2u);
  EXPECT_EQ(store->set_account({"nobody", "account:nobody", 0, "root"}, kNow).error(), Error::not_found);
  EXPECT_EQ(store->admin_events(0, 10)->size(), 2u);
}

TEST_P(StoreContract, PoliciesHaveTypesAndDefaults) {
  const Policies policies(*store, {false, 7});
  EXPECT_FALSE(*policies.is(Policy::registration, "open"));
  EXPECT_EQ(*policies.number(Policy::guesses_per_prefix), 7u);
  EXPECT_TRUE(*policies.is(Policy::officer_second, "never"));
  EXPECT_TRUE(policies.words(Policy::officer_verification)->empty());
  EXPECT_TRUE(*policies.is(Policy::relocation, "ask"));
  ASSERT_TRUE(store->set_policy({"registration", "open", "root"}, kNow).ok());
  ASSERT_TRUE(store->set_policy({"officer.verification", "call-back,manager", "root"}, kNow).ok());
  EXPECT_TRUE(*policies.is(Policy::registration, "open"));
  EXPECT_EQ(*policies.words(Policy::officer_verification),
            (std::vector<std::string>{"call-back", "manager"}));
  // As a newer program may have written it: nothing is guessed.
  ASSERT_TRUE(store->set_policy({"registration", "by-invitation", "root"}, kNow).ok());
  EXPECT_EQ(policies.text(Policy::registration).error(), Error::corrupted);
}

TEST(PolicyValue, IsWrittenInOneWayAndNothingElseIsAccepted) {
  const auto value = [](const char* name, const char* typed) {
    return policy_value(*find_policy(name), typed);
  };
  EXPECT_EQ(*value("officer.verification", " manager, call-back,manager "), "call-back,manager");
  EXPECT_EQ(*value("officer.verification", ""), "");
  EXPECT_EQ(*value("guesses-per-prefix", "050"), "50");
  for (const auto& [name, typed] :
       {std::pair{"registration", "Open"}, std::pair{"registration", ""},
        std::pair{"guesses-per-prefix", "4"}, std::pair{"guesses-per-prefix", "1000001"},
        std::pair{"guesses-per-prefix", "-5"}, std::pair{"officer.verification", "manager,,call-back"},
        std::pair{"officer.verification", "guessed"}})
    EXPECT_EQ(value(name, typed).error(), Error::invalid_argument) << name << " " << typed;
  EXPECT_EQ(find_policy("officer"), nullptr);
  for (const PolicySpec& spec : all_policies()) {
    EXPECT_EQ(&spec - all_policies().data(), static_cast<int>(spec.id)) << spec.name;
    EXPECT_TRUE(policy_value(spec, spec.fallback).ok()) << spec.name;
  }
}

}  // namespace
}  // namespace cardea::server
