// SPDX-License-Identifier: Apache-2.0
// The store's contract: computers, access keys and the sessions they open.
#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

class StoreContractKeys : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    anna = registered("anna");
  }
  std::uint32_t begun() {
    const auto generation = store->begin_generation({kNow, {}, {}}, anna.user.id, anna.computer.id);
    return generation.ok() ? generation->value.number : 0;
  }
  PrepareGeneration prepare(std::uint32_t number) const {
    return {anna.computer.id, anna.user.id, number, Bytes(104, 1), Bytes(15, 2), Bytes(32, 3)};
  }
  CommitGeneration commit(std::uint32_t number) const {
    return {
        anna.computer.id, anna.user.id, number, Bytes(15, 2), {"access-key-generation", api::Json::Object{}}};
  }
  std::uint32_t committed() {
    const std::uint32_t number = begun();
    EXPECT_TRUE(store->prepare_generation({kNow, {}, {}}, prepare(number)).ok());
    EXPECT_TRUE(store->commit_generation({kNow, {}, {}}, commit(number)).ok());
    return number;
  }
  IssueAccessKey issue(std::uint32_t max_ahead = 3) const {
    return {anna.user.id, anna.computer.id, 1000, max_ahead, {"access-key-issued", api::Json::Object{}}};
  }
  Generation stored(std::uint32_t number) {
    return store->get_generation(anna.user.id, anna.computer.id, number).value();
  }
  RegisterUser anna;
};

TEST_P(StoreContractKeys, AGenerationReplacesTheOlderAtItsCommit) {
  EXPECT_EQ(store->issue_access_key({kNow, {}, {}}, issue()).error(), Error::state_forbidden);
  const std::uint32_t first = committed();
  EXPECT_EQ(first, 1u);
  const std::uint32_t second = begun();
  ASSERT_TRUE(store->prepare_generation({kNow, {}, {}}, prepare(second)).ok());
  EXPECT_TRUE(store->prepare_generation({kNow, {}, {}}, prepare(second)).ok());  // the answer was lost
  EXPECT_EQ(stored(first).state, GenerationState::current);
  EXPECT_EQ(stored(second).state, GenerationState::pending);
  CommitGeneration wrong = commit(second);
  wrong.check_k0.front() ^= 1;
  EXPECT_EQ(store->commit_generation({kNow, {}, {}}, wrong).error(), Error::server_conflict);
  ASSERT_TRUE(store->commit_generation({kNow, {}, {}}, commit(second)).ok());
  EXPECT_TRUE(store->commit_generation({kNow, {}, {}}, commit(second)).ok());
  reopen();
  EXPECT_EQ(stored(first).state, GenerationState::cancelled);
  EXPECT_TRUE(stored(first).seal.empty());
  EXPECT_EQ(stored(second).seal, Bytes(104, 1));
  EXPECT_EQ(stored(second).login_public, Bytes(32, 3));
  EXPECT_EQ(store->get_computer(anna.user.id, anna.computer.id)->generation, second);
  EXPECT_EQ(store->prepare_generation({kNow, {}, {}}, prepare(second)).error(), Error::state_forbidden);
  EXPECT_EQ(store->prepare_generation({kNow, {}, {}}, prepare(9)).error(), Error::not_found);
  EXPECT_EQ(begun(), 3u);
  EXPECT_EQ(begun(), 3u);  // what was only begun leaves no trace
}

TEST_P(StoreContractKeys, AnIndexIsIssuedOnceAndOnlySoFarAhead) {
  const std::uint32_t number = committed();
  EXPECT_EQ(store->issue_access_key({kNow, {}, {}}, issue(2))->value.index, 1u);
  const auto second = store->issue_access_key({kNow, {}, {}}, issue(2));
  EXPECT_EQ(second->value.index, 2u);
  EXPECT_EQ(second->value.computer.issued, 2u);
  EXPECT_EQ(store->issue_access_key({kNow, {}, {}}, issue(2)).error(), Error::access_key_exhausted);
  const auto checked =
      store->check_in({kNow, {}, {}}, {anna.computer.id, anna.user.id, number, Bytes(15, 2), 1});
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->value.fit, "ok");
  EXPECT_TRUE(checked->value.rotate);
  EXPECT_EQ(store->issue_access_key({kNow, {}, {}}, issue(2))->value.index, 3u);
  // What it says it has used doesn't go back.
  ASSERT_TRUE(
      store->check_in({kNow, {}, {}}, {anna.computer.id, anna.user.id, number, Bytes(15, 2), 0}).ok());
  EXPECT_EQ(stored(number).used, 1u);
  EXPECT_EQ(store->audit_events(anna.user.id, 0, 10)->back().details, R"({"generation":1,"index":3})");
}

TEST_P(StoreContractKeys, ACheckInComparesAndIsRemembered) {
  const std::uint32_t number = committed();
  CheckIn command{anna.computer.id, anna.user.id, number, Bytes(15, 9), 0};
  EXPECT_EQ(store->check_in({kNow, {}, {}}, command)->value.fit, "mismatch");
  command.generation = 0;
  EXPECT_EQ(store->check_in({kNow + 5, {}, {}}, command)->value.fit, "none");
  const auto computers = store->computers(anna.user.id);
  ASSERT_EQ(computers->size(), 1u);
  EXPECT_EQ(computers->front().fit, "none");
  EXPECT_EQ(computers->front().last_seen, kNow + 5);
  command.computer = random_id<ComputerId>();
  EXPECT_EQ(store->check_in({kNow, {}, {}}, command).error(), Error::not_found);
}

TEST_P(StoreContractKeys, AComputerIsEnrolledOnceForEachUser) {
  AddComputer command{anna.user.id, anna.computer, {}, {"computer-added", api::Json::Object{}}};
  EXPECT_EQ(store->add_computer({kNow, {}, {}}, command).error(), Error::already_exists);
  command.computer.id = random_id<ComputerId>();
  command.holders = {{"computer", command.computer.id.text(), 1, Bytes(113, 4)}};
  ASSERT_TRUE(store->add_computer({kNow + 1, {}, {}}, command).ok());
  EXPECT_EQ(store->computers(anna.user.id)->size(), 2u);
  EXPECT_EQ(store->holders(anna.user.id)->size(), 3u);
  command.computer.id = random_id<ComputerId>();
  command.holders.front().epoch = 5;
  EXPECT_EQ(store->add_computer({kNow, {}, {}}, command).error(), Error::server_conflict);
  EXPECT_EQ(store->computers(anna.user.id)->size(), 2u);
  EXPECT_EQ(store->device_key(command.computer.id).error(), Error::not_found);
}

TEST_P(StoreContractKeys, AnAccessKeyOpensOneSessionAndBringsOneCard) {
  const std::uint32_t number = committed();
  OpenSession open;
  open.session = {random_id<SessionId>(), anna.user.id, SessionLevel::access_key, true,
                  Bytes(48, 1),           {},           anna.computer.id,         kNow + 100};
  open.token.fill(1);
  open.token_expires_at = kNow + 50;
  open.cancel_generation = number;
  open.audit = {"session-opened", api::Json::Object{}};
  ASSERT_TRUE(store->open_session(open, kNow).ok());
  EXPECT_EQ(stored(number).state, GenerationState::cancelled);
  const auto session = store->get_session(open.session.id, kNow);
  EXPECT_TRUE(session->is_hmac);
  EXPECT_EQ(session->computer, anna.computer.id);
  EXPECT_FALSE(session->card.has_value());
  open.token.fill(2);
  open.session.id = random_id<SessionId>();
  EXPECT_EQ(store->open_session(open, kNow).error(), Error::state_forbidden);
  ReplaceCard replace;
  replace.user = anna.user.id;
  replace.session = session->id;
  replace.card = anna.card;
  replace.card.id = random_id<CardId>();
  replace.expected_epoch = 1;
  replace.epoch_seal = Bytes(94, 2);
  replace.computer = anna.computer.id;
  replace.spends_session = true;
  replace.audit = {"card-replaced", api::Json::Object{}};
  ASSERT_TRUE(store->replace_card({kNow, {}, {}}, replace).ok());
  EXPECT_FALSE(store->get_session(session->id, kNow)->computer.has_value());
  replace.card.id = random_id<CardId>();
  replace.expected_epoch = 2;
  EXPECT_EQ(store->replace_card({kNow, {}, {}}, replace).error(), Error::permission_denied);
}

TEST_P(StoreContractKeys, ASessionIsRaisedAndEnded) {
  const auto id = random_id<SessionId>();
  ASSERT_TRUE(open_session(anna, id, 1).ok());
  RaiseSession raise{id, SessionLevel::answer, Digest{5}, kNow + 50, "anna", {"raised", api::Json::Object{}}};
  ASSERT_TRUE(store->raise_session(raise, kNow).ok());
  EXPECT_EQ(store->get_session(id, kNow)->level, SessionLevel::answer);
  EXPECT_EQ(store->raise_session(raise, kNow).error(), Error::replayed);
  ASSERT_TRUE(store->end_session(id).ok());
  EXPECT_EQ(store->get_session(id, kNow).error(), Error::not_found);
  raise.token.fill(6);
  EXPECT_EQ(store->raise_session(raise, kNow).error(), Error::session_expired);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractKeys, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
