// SPDX-License-Identifier: Apache-2.0
// The store's contract: computers asked for new keys and retired, and what the recovery sheet does.
#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

class StoreContractOwner : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    RegisterUser command = make_user("anna");
    command.card.computer = command.computer.id;
    command.holders.push_back({"recovery", command.computer.id.text(), 1, Bytes(104, 9)});
    ASSERT_TRUE(store->register_user({kNow, {}, {}}, command).ok());
    anna = command;
  }
  AskForKeys ask() const { return {anna.user.id, anna.computer.id, {"access-keys-asked", details()}}; }
  RetireComputer retire() const { return {anna.user.id, anna.computer.id, {"computer-retired", details()}}; }
  static api::Json details() { return api::Json::Object{{"level", "answer"}}; }
  SheetProof proof(std::uint8_t token) const {
    SheetProof out{anna.user.id, {}, kNow + 50, "192.0.2.0/24"};
    out.token.fill(token);
    return out;
  }
  bool rotate_wanted(std::uint32_t generation, std::uint8_t check) {
    const CheckIn report{anna.computer.id, anna.user.id, generation, Bytes(15, check), 0};
    return store->check_in({kNow, {}, {}}, report)->value.rotate;
  }
  std::uint32_t committed(std::uint8_t check) {
    const auto begun = store->begin_generation({kNow, {}, {}}, anna.user.id, anna.computer.id);
    const std::uint32_t number = begun.ok() ? begun->value.number : 0;
    const PrepareGeneration prepared{anna.computer.id, anna.user.id,     number,
                                     Bytes(104, 1),    Bytes(15, check), Bytes(32, 3)};
    EXPECT_TRUE(store->prepare_generation({kNow, {}, {}}, prepared).ok());
    const CommitGeneration commit{
        anna.computer.id, anna.user.id, number, Bytes(15, check), {"access-key-generation", details()}};
    EXPECT_TRUE(store->commit_generation({kNow, {}, {}}, commit).ok());
    return number;
  }
  std::vector<std::string> kinds() {
    std::vector<std::string> out;
    const auto events = store->audit_events(anna.user.id, 0, 100);
    for (const AuditEvent& event : *events)
      out.push_back(event.kind);
    return out;
  }
  RegisterUser anna;
};

TEST_P(StoreContractOwner, ACardKnowsWhereItWasPutIntoUse) {
  EXPECT_EQ(store->get_card(anna.card.id)->computer, anna.computer.id);
  const RegisterUser other = registered("berta");
  EXPECT_EQ(store->get_card(other.card.id)->computer, std::nullopt);
}

TEST_P(StoreContractOwner, NewKeysAreAskedForUntilTheyAreMade) {
  const std::uint32_t first = committed(1);
  EXPECT_FALSE(rotate_wanted(first, 1));
  const auto asked = store->ask_for_keys({kNow, {}, {}}, ask());
  ASSERT_TRUE(asked.ok());
  EXPECT_EQ(asked->value.rotate_asked, kNow);
  // Asked twice, told once.
  EXPECT_EQ(store->ask_for_keys({kNow + 9, {}, {}}, ask())->value.rotate_asked, kNow);
  reopen();
  EXPECT_TRUE(rotate_wanted(first, 1));
  EXPECT_TRUE(rotate_wanted(first, 1));
  const std::uint32_t second = committed(2);
  EXPECT_FALSE(rotate_wanted(second, 2));
  EXPECT_EQ(store->get_computer(anna.user.id, anna.computer.id)->rotate_asked, 0);
  EXPECT_EQ(kinds(), (std::vector<std::string>{"registered", "access-key-generation", "access-keys-asked",
                                               "access-key-generation"}));
  AskForKeys foreign = ask();
  foreign.computer = random_id<ComputerId>();
  EXPECT_EQ(store->ask_for_keys({kNow, {}, {}}, foreign).error(), Error::not_found);
}

TEST_P(StoreContractOwner, ARetiredComputerSpeaksForItsUserNoMore) {
  const std::uint32_t number = committed(1);
  OpenSession by_key;
  by_key.session = {random_id<SessionId>(), anna.user.id, SessionLevel::access_key, false,
                    Bytes(44, 1),           {},           anna.computer.id,         kNow + 100};
  by_key.token_expires_at = kNow + 50;
  by_key.audit = {"session-opened", details()};
  ASSERT_TRUE(store->open_session(by_key, kNow).ok());
  ASSERT_TRUE(store->retire_computer({kNow, {}, {}}, retire()).ok());
  reopen();
  const CheckIn report{anna.computer.id, anna.user.id, number, Bytes(15, 1), 0};
  EXPECT_EQ(store->check_in({kNow, {}, {}}, report).error(), Error::state_forbidden);
  EXPECT_EQ(store->get_computer(anna.user.id, anna.computer.id).error(), Error::state_forbidden);
  EXPECT_EQ(store->begin_generation({kNow, {}, {}}, anna.user.id, anna.computer.id).error(),
            Error::state_forbidden);
  const IssueAccessKey issue{anna.user.id, anna.computer.id, 1000, 64, {"access-key-issued", details()}};
  EXPECT_EQ(store->issue_access_key({kNow, {}, {}}, issue).error(), Error::state_forbidden);
  EXPECT_EQ(store->retire_computer({kNow, {}, {}}, retire()).error(), Error::state_forbidden);
  EXPECT_EQ(store->ask_for_keys({kNow, {}, {}}, ask()).error(), Error::state_forbidden);
  EXPECT_TRUE(store->computers(anna.user.id)->empty());
  EXPECT_EQ(store->get_session(by_key.session.id, kNow).error(), Error::not_found);
  const Generation dead = store->get_generation(anna.user.id, anna.computer.id, number).value();
  EXPECT_EQ(dead.state, GenerationState::cancelled);
  EXPECT_TRUE(dead.seal.empty());
  const auto holders = store->holders(anna.user.id);
  for (const Holder& holder : *holders)
    EXPECT_NE(holder.ref, anna.computer.id.text());
  EXPECT_EQ(holders->size(), 2u);  // the card's and the sheet's stay
  const auto events = store->audit_events(anna.user.id, 0, 100).value();
  EXPECT_EQ(events.back().kind, "computer-retired");
  EXPECT_NE(events.back().details.find("laptop"), std::string::npos);
}

TEST_P(StoreContractOwner, ARetiredComputerCanComeBackWithHigherNumbers) {
  EXPECT_EQ(committed(1), 1u);
  ASSERT_TRUE(store->retire_computer({kNow, {}, {}}, retire()).ok());
  AddComputer again{anna.user.id, anna.computer, {}, {"computer-added", details()}};
  again.computer.name = "desk";
  ASSERT_TRUE(store->add_computer({kNow + 5, {}, {}}, again).ok());
  EXPECT_EQ(store->add_computer({kNow + 5, {}, {}}, again).error(), Error::already_exists);
  const Computer back = store->get_computer(anna.user.id, anna.computer.id).value();
  EXPECT_EQ(back.name, "desk");
  EXPECT_EQ(back.fit, "unknown");
  EXPECT_EQ(back.generation, 0u);
  EXPECT_EQ(committed(2), 2u);
}

TEST_P(StoreContractOwner, TheSheetSuspendsEveryActiveCardOnce) {
  const SessionId session = random_id<SessionId>();
  ASSERT_TRUE(open_session(anna, session, 77).ok());
  const auto first = store->suspend_all_cards(proof(1), kNow);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->changed, 1u);
  EXPECT_EQ(first->suspended, 1u);
  EXPECT_EQ(store->suspend_all_cards(proof(1), kNow).error(), Error::replayed);
  const auto again = store->suspend_all_cards(proof(2), kNow);
  EXPECT_EQ(again->changed, 0u);
  EXPECT_EQ(again->suspended, 1u);
  EXPECT_EQ(store->get_card(anna.card.id)->state, CardState::suspended);
  EXPECT_EQ(store->get_card(anna.card.id)->reason, "lost");
  EXPECT_EQ(store->get_session(session, kNow).error(), Error::not_found);
  EXPECT_EQ(kinds(), (std::vector<std::string>{"registered", "session-opened", "sheet-used", "card-state",
                                               "sheet-used"}));
}

TEST_P(StoreContractOwner, AnAccountIsReopenedAsOftenAsTheBudgetSays) {
  const auto guess = [&] {
    const auto allow = [](const GuessCount&, UnixSeconds) { return GuessDecision{true, false, 0}; };
    ASSERT_TRUE(store->charge_guess({{{"account:anna", allow}}, kNow}).ok());
  };
  const auto once = [](const GuessCount& count, UnixSeconds) {
    return GuessDecision{count.count == 0, false, count.count == 0 ? 0 : 77};
  };
  std::uint8_t token = 10;
  const auto reopened = [&] {
    return store->reopen_account({proof(token++), "account:anna", {"reopened-account:anna", once}}, kNow)
        .value();
  };
  EXPECT_FALSE(reopened().changed);  // nothing to forget, and nothing spent
  guess();
  EXPECT_TRUE(reopened().changed);
  EXPECT_FALSE(reopened().changed);
  guess();
  EXPECT_EQ(reopened().retry_after, 77);
  std::uint32_t left = 0;
  const auto look = [&](const GuessCount& count, UnixSeconds) {
    left = count.count;
    return GuessDecision{};
  };
  ASSERT_TRUE(store->charge_guess({{{"account:anna", look}}, kNow}).ok());
  EXPECT_EQ(left, 1u);
  EXPECT_EQ(store->reopen_account({proof(10), "account:anna", {"x", once}}, kNow).error(), Error::replayed);
  EXPECT_EQ(kinds().back(), "sheet-used");
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractOwner, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
