// SPDX-License-Identifier: Apache-2.0
// The store's contract: users, idempotency, sessions, guesses, cards, guests.
#include "tests/unit/server/store_contract.h"

#include <atomic>
#include <set>
#include <thread>

#include "core/api/account_statement.h"
#include "server/service/guess_budget.h"

namespace cardea::server {
namespace {

TEST_P(StoreContract, WhatWasRegisteredComesBackAfterReopening) {
  const RegisterUser made = registered("Anna");
  reopen();
  const auto found = store->find_user_by_account("aNNa");
  ASSERT_TRUE(found.ok());
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->id, made.user.id);
  EXPECT_EQ((*found)->account, "Anna");
  EXPECT_EQ((*found)->opaque_a, made.user.opaque_a);
  EXPECT_EQ((*found)->opaque_b, made.user.opaque_b);
  EXPECT_EQ((*found)->recovery_public, made.user.recovery_public);
  EXPECT_EQ((*found)->signer, made.card.id);
  EXPECT_EQ((*found)->audit.length, 1u);
  EXPECT_EQ(store->cards(made.user.id)->size(), 1u);
  EXPECT_EQ(store->holders(made.user.id)->size(), 2u);
  EXPECT_EQ(*store->device_key(made.computer.id), made.computer.device_spki);
  EXPECT_FALSE(store->find_user_by_account("berta")->has_value());
  EXPECT_EQ(store->get_user(random_id<UserId>()).error(), Error::not_found);
}

TEST_P(StoreContract, AFailedCommandLeavesNothing) {
  const RegisterUser anna = registered("anna");
  RegisterUser thief = make_user("thief");
  thief.card = anna.card;
  thief.card.user = thief.user.id;
  EXPECT_EQ(store->register_user({kNow, {}, {}}, thief).error(), Error::already_exists);
  EXPECT_FALSE(store->find_user_by_account("thief")->has_value());
  EXPECT_EQ(store->register_user({kNow, {}, {}}, make_user("ANNA")).error(), Error::account_exists);
  EXPECT_EQ(store->get_user(anna.user.id)->audit.length, 1u);
}

TEST_P(StoreContract, ARepeatedRequestGetsTheStoredAnswer) {
  const RegisterUser anna = registered("anna");
  SetCardState command{
      anna.user.id, anna.card.id, CardState::suspended, "lost", 1, {"card-state", api::Json::Object{}}};
  int rendered = 0;
  Change<Card> change{kNow, Once{"session:x", "key", {1}}, [&](const Card& card) {
                        ++rendered;
                        return StoredAnswer{200, "body" + std::to_string(card.version), "\"e\""};
                      }};
  const auto first = store->set_card_state(change, command);
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(first->repeated);
  const auto again = store->set_card_state(change, command);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->answer.body, "body2");
  EXPECT_EQ(again->answer.etag, "\"e\"");
  EXPECT_EQ(rendered, 1);
  EXPECT_EQ(store->get_card(anna.card.id)->version, 2u);
  reopen();
  EXPECT_EQ(store->find_answer(*change.once)->value().body, "body2");
  change.once->request = {2};
  EXPECT_EQ(store->set_card_state(change, command).error(), Error::server_conflict);
  change.once->scope = "session:y";
  EXPECT_EQ(store->set_card_state(change, command).error(), Error::precondition_failed);
  ASSERT_TRUE(store->purge(kNow + 2 * 24 * 3600).ok());
  EXPECT_FALSE(store->find_answer({"session:x", "key", {1}})->has_value());
}

TEST_P(StoreContract, ATokenOpensOneSessionAndAnEndedCardNone) {
  const RegisterUser anna = registered("anna");
  const auto first = random_id<SessionId>();
  ASSERT_TRUE(open_session(anna, first, 1).ok());
  EXPECT_EQ(open_session(anna, random_id<SessionId>(), 1).error(), Error::replayed);
  EXPECT_EQ(store->get_session(first, kNow)->card, anna.card.id);
  EXPECT_EQ(store->get_session(first, kNow + 100).error(), Error::not_found);
  const SetCardState suspend{
      anna.user.id, anna.card.id, CardState::suspended, "lost", 1, {"card-state", api::Json::Object{}}};
  ASSERT_TRUE(store->set_card_state({kNow, {}, {}}, suspend).ok());
  EXPECT_EQ(store->get_session(first, kNow).error(), Error::not_found);
  EXPECT_EQ(open_session(anna, random_id<SessionId>(), 2).error(), Error::card_revoked);
  // The refused attempt did not use its token up, nor write an event.
  EXPECT_EQ(store->spend_token(Digest{}, kNow + 50).ok(), true);
  EXPECT_EQ(store->get_user(anna.user.id)->audit.length, 3u);
}

TEST_P(StoreContract, AGuessIsChargedToAllSubjectsOrNone) {
  const Policies policies(*store, {true, 7});
  GuessBudget budget(*store, policies);
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(budget.charge("anna", "net", kNow)->allowed);
  EXPECT_FALSE(budget.charge("anna", "net", kNow)->allowed);
  // The network was not charged for the refused one: two are left.
  EXPECT_TRUE(budget.charge("berta", "net", kNow)->allowed);
  EXPECT_TRUE(budget.charge("carl", "net", kNow)->allowed);
  EXPECT_EQ(budget.charge("dora", "net", kNow)->wait_seconds, 60);
  reopen();
  const Policies same(*store, {true, 7});
  GuessBudget later(*store, same);
  EXPECT_FALSE(later.charge("anna", "other", kNow)->allowed);
  EXPECT_FALSE(later.charge("dora", "net", kNow)->allowed);
}

TEST_P(StoreContract, ConcurrentChangesAreAllThereAndInOrder) {
  const RegisterUser anna = registered("anna");
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      SystemRandom own;
      for (int i = 0; i < kEach; ++i) {
        PutRecord command;
        command.user = anna.user.id;
        command.record = RecordId::random(own);
        command.epoch = 1;
        command.envelope = Bytes(100, 1);
        command.max_records = 4096;
        if (store->put_record(command, kNow).ok()) ++done;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(done, kThreads * kEach);
  const auto records = store->records(anna.user.id, 0, 1000);
  ASSERT_EQ(records->size(), static_cast<std::size_t>(kThreads * kEach));
  for (std::size_t i = 0; i < records->size(); ++i)
    EXPECT_EQ((*records)[i].change_number, i + 1);
}

TEST_P(StoreContract, ReplacingIsAllOrNothing) {
  const RegisterUser anna = registered("anna");
  ReplaceCard command;
  command.user = anna.user.id;
  command.card = anna.card;
  command.card.id = random_id<CardId>();
  command.reason = "lost";
  command.expected_epoch = 1;
  command.holders = {{"card", command.card.id.text(), 2, Bytes(113, 1)}};
  command.epoch_seal = Bytes(94, 2);
  command.computer = random_id<ComputerId>();
  command.audit = {"card-replaced", api::Json::Object{}};
  EXPECT_EQ(store->replace_card({kNow, {}, {}}, command).error(), Error::not_found);
  EXPECT_EQ(store->get_user(anna.user.id)->epoch, 1u);
  EXPECT_EQ(store->cards(anna.user.id)->size(), 1u);
  command.computer = anna.computer.id;
  const auto done = store->replace_card({kNow, {}, {}}, command);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->value.revoked, std::vector<CardId>{anna.card.id});
  EXPECT_EQ(store->get_user(anna.user.id)->epoch, 2u);
  EXPECT_EQ(store->get_user(anna.user.id)->signer, command.card.id);
  EXPECT_EQ(store->holders(anna.user.id)->size(), 1u);
  EXPECT_EQ(store->epoch_seals(anna.user.id)->front().epoch, 1u);
  EXPECT_EQ(store->replace_card({kNow, {}, {}}, command).error(), Error::precondition_failed);
}

TEST_P(StoreContract, EachUserAndGroupHasANumberOfItsOwnForEver) {
  const RegisterUser anna = registered("anna");
  const RegisterUser berta = registered("berta");
  const std::uint32_t of_anna = store->get_user(anna.user.id)->uid;
  const std::uint32_t of_berta = store->get_user(berta.user.id)->uid;
  const std::uint32_t of_group = *store->group_id("readers");
  EXPECT_EQ((std::set{of_anna, of_berta, of_group, *store->group_id("writers")}).size(), 4u);
  for (const std::uint32_t id : {of_anna, of_berta, of_group})
    EXPECT_TRUE(api::is_unix_id(id)) << id;
  // One who could not register has taken nobody's number.
  RegisterUser thief = make_user("thief");
  thief.card = anna.card;
  EXPECT_FALSE(store->register_user({kNow, {}, {}}, thief).ok());
  reopen();
  EXPECT_EQ((*store->find_user_by_account("ANNA"))->uid, of_anna);
  EXPECT_EQ(store->get_user(berta.user.id)->uid, of_berta);
  EXPECT_EQ(*store->group_id("readers"), of_group);
  const std::uint32_t of_dora = store->get_user(registered("dora").user.id)->uid;
  EXPECT_FALSE((std::set{of_anna, of_berta, of_group}).contains(of_dora));
}

TEST_P(StoreContract, ManyRegisterAtOnceAndNoTwoShareANumber) {
  constexpr int kThreads = 8, kEach = 12;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    std::vector<RegisterUser> users;
    for (int i = 0; i < kEach; ++i)
      users.push_back(make_user("user-" + std::to_string(t) + "-" + std::to_string(i)));
    threads.emplace_back([this, users = std::move(users)] {
      for (const RegisterUser& user : users)
        EXPECT_TRUE(store->register_user({kNow, {}, {}}, user).ok());
    });
  }
  for (auto& thread : threads)
    thread.join();
  std::set<std::uint32_t> uids;
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kEach; ++i)
      uids.insert((*store->find_user_by_account("user-" + std::to_string(t) + "-" + std::to_string(i)))->uid);
  }
  EXPECT_EQ(uids.size(), static_cast<std::size_t>(kThreads * kEach));
}

TEST_P(StoreContract, AGuestIsTheOwnerOfAnActiveCard) {
  const RegisterUser anna = registered("anna");
  const AdmitGuest command{anna.card.id, random_id<ComputerId>(), "192.0.2.0/24"};
  const auto admitted = store->admit_guest({kNow, {}, {}}, command);
  ASSERT_TRUE(admitted.ok());
  EXPECT_EQ(admitted->value.user.id, anna.user.id);
  EXPECT_EQ(admitted->value.card.id, anna.card.id);
  EXPECT_EQ(store->audit_events(anna.user.id, 1, 10)->front().kind, "guest-admitted");
  EXPECT_EQ(store->admit_guest({kNow, {}, {}}, {random_id<CardId>(), command.computer, ""}).error(),
            Error::not_found);
  for (const auto& [state, version] : {std::pair{CardState::suspended, 1}, {CardState::revoked, 2}}) {
    ASSERT_TRUE(store
                    ->set_card_state({kNow, {}, {}}, {anna.user.id,
                                                      anna.card.id,
                                                      state,
                                                      "lost",
                                                      static_cast<std::uint64_t>(version),
                                                      {"card-state", api::Json::Object{}}})
                    .ok());
    const std::uint64_t events = store->get_user(anna.user.id)->audit.length;
    EXPECT_EQ(store->admit_guest({kNow, {}, {}}, command).error(), Error::card_revoked);
    EXPECT_EQ(store->get_user(anna.user.id)->audit.length, events);
  }
}

TEST_P(StoreContract, NoncesAreRememberedBeforeTheNextChange) {
  Digest nonce{};
  nonce.fill(7);
  store->remember_nonce(nonce, kNow);
  ASSERT_TRUE(store->ready().ok());
  EXPECT_EQ(*store->nonces_since(kNow), std::vector<Digest>{nonce});
  EXPECT_TRUE(store->nonces_since(kNow + 1)->empty());
  ASSERT_TRUE(store->purge(kNow + 1201).ok());
  EXPECT_TRUE(store->nonces_since(0)->empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContract, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
