// SPDX-License-Identifier: Apache-2.0
// Logins and PIN states on virtual cards of both kinds, with both kinds of keys.
#include "tests/integration/card_worker/fixture.h"

namespace cardea::worker {
namespace {

class CardLogin : public ::testing::TestWithParam<Kind>, public WorkerWithCard {
 protected:
  [[nodiscard]] static bool is_myeid() { return GetParam().card == CardKind::myeid; }
};
INSTANTIATE_TEST_SUITE_P(Cards, CardLogin, kAllKinds, kind_name);

// What OpenSC needs at least. MyEID: VERIFY, SELECT key file, MSE, PSO; SmartCard-HSM: VERIFY, SIGN.
std::uint64_t login_commands() { return CardLogin::GetParam().card == CardKind::myeid ? 4 : 2; }
// LOGOUT (SmartCard-HSM: SELECT application), VERIFY without data.
constexpr std::uint64_t kLockCommands = 2;

TEST_P(CardLogin, SignsWithFewCommandsAndLeavesTheCardLocked) {
  const CardView card = enrol(GetParam());
  ASSERT_TRUE(card.info.has_cardea_keys);
  EXPECT_EQ(card.info.kind, GetParam().key);
  for (int round = 0; round < 3; ++round) {
    cards[0]->reset_counters();
    EXPECT_FALSE(worker->view().cards.empty());
    EXPECT_TRUE(worker->refresh(kCallTimeout).ok());
    EXPECT_EQ(cards[0]->stat().apdus, 0U);  // nothing before the prompt
    const auto signature = login(card, "123456");
    ASSERT_TRUE(signature.ok()) << signature.failure().detail;
    EXPECT_TRUE(verifies(card, *signature));
    EXPECT_EQ(report.state, card::PinState::ok);
    quiesce();
    const auto status = cards[0]->stat();
    EXPECT_EQ(status.apdus, login_commands() + kLockCommands);
    EXPECT_FALSE(status.verified);
  }
}

// The answer does not wait for the reset: with slow commands it is out before the first command behind it is
// done.
TEST_P(CardLogin, AnswersBeforeItLocksTheCard) {
  const CardView card = enrol(GetParam());
  cards[0]->reset_counters();
  cards[0]->delay(300);
  ASSERT_TRUE(login(card, "123456").ok());
  EXPECT_LE(cards[0]->stat().apdus, login_commands() + 1);
  cards[0]->delay(0);
  quiesce();
  EXPECT_FALSE(cards[0]->stat().verified);
}

TEST_P(CardLogin, CountsWrongPinsAndKeepsTheLastTry) {
  const CardView card = enrol(GetParam());
  EXPECT_EQ(error_of(login(card, "999999")), Error::pin_wrong);
  EXPECT_EQ(report.tries_left, 2);
  EXPECT_EQ(report.state, card::PinState::low);
  EXPECT_EQ(error_of(login(card, "12")), Error::pin_length);
  EXPECT_EQ(cards[0]->stat().pin_tries, 2U);
  EXPECT_EQ(error_of(login(card, "999999")), Error::pin_wrong);
  EXPECT_EQ(report.tries_left, 1);
  EXPECT_EQ(report.state, card::PinState::last_try);
  EXPECT_EQ(error_of(login(card, "123456")), Error::pin_last_try);
  EXPECT_EQ(cards[0]->stat().pin_tries, 1U);
  const auto view = wait_for_view(*worker, [](const ReaderView& v) {
    return v.cards.size() == 1 && v.cards[0].info.pin.state == card::PinState::last_try;
  });
  EXPECT_EQ(view.cards[0].info.pin.tries_left, 1);
  EXPECT_TRUE(login(card, "123456", true).ok());
  quiesce();
  EXPECT_EQ(cards[0]->stat().pin_tries, 3U);
  EXPECT_FALSE(cards[0]->stat().verified);
}

TEST_P(CardLogin, ALockedCardIsNotAsked) {
  const CardView card = enrol(GetParam());
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(error_of(login(card, "999999")), Error::pin_wrong);
  EXPECT_EQ(error_of(login(card, "999999", true)), Error::pin_locked);
  EXPECT_EQ(report.state, card::PinState::locked);
  EXPECT_EQ(error_of(login(card, "123456", true)), Error::pin_locked);
  EXPECT_EQ(report.tries_left, 0);
}

// Another program spends tries meanwhile: what the worker knew before the prompt is old then.
TEST_P(CardLogin, KnowsTriesThatAnotherProgramSpent) {
  const CardView card = enrol(GetParam());
  EXPECT_EQ(error_of(login(card, "999999")), Error::pin_wrong);
  {
    (void)test_support::run_command({"pkcs11-tool", "--module", test_support::kOpenScModule, "--login",
                                     "--pin", "888888", "--list-objects"},
                                    test_support::opensc_environment());
  }
  ASSERT_EQ(cards[0]->stat().pin_tries, 1U);
  EXPECT_EQ(error_of(login(card, "123456")), Error::pin_last_try);
  EXPECT_EQ(cards[0]->stat().pin_tries, 1U);
}

TEST_P(CardLogin, ChangesThePin) {
  const CardView card = enrol(GetParam());
  {
    const auto vault = vault_of();
    must(vault->collect(Purpose::pin, secret_channel("999999"), kCallTimeout));
    must(vault->collect(Purpose::new_pin, secret_channel("654321"), kCallTimeout));
    EXPECT_EQ(error_of(vault->change_pin(card.insertion, false, report, kCallTimeout)), Error::pin_wrong);
    EXPECT_EQ(report.tries_left, 2);
    must(vault->collect(Purpose::pin, secret_channel("123456"), kCallTimeout));
    EXPECT_TRUE(vault->change_pin(card.insertion, false, report, kCallTimeout).ok());
  }
  quiesce();
  EXPECT_FALSE(cards[0]->stat().verified);
  EXPECT_EQ(error_of(login(card, "123456")), Error::pin_wrong);
  EXPECT_TRUE(login(card, "654321").ok());
}

TEST_P(CardLogin, UnblocksWithThePukOrSaysThatItCant) {
  const CardView card = enrol(GetParam());
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(login(card, "999999", true).ok());
  const auto vault = vault_of();
  must(vault->collect(Purpose::new_pin, secret_channel("654321"), kCallTimeout));
  must(vault->collect(Purpose::puk, secret_channel(CardSecrets().puk), kCallTimeout));
  const auto so_tries = cards[0]->stat().puk_tries;
  const Status done = vault->unblock_pin(card.insertion, report, kCallTimeout);
  EXPECT_EQ(cards[0]->stat().puk_tries, so_tries);
  if (!is_myeid()) {
    EXPECT_EQ(error_of(done), Error::not_supported);
    return;
  }
  ASSERT_TRUE(done.ok()) << done.failure().detail;
  EXPECT_EQ(report.state, card::PinState::ok);
  EXPECT_TRUE(login(card, "654321").ok());
  must(vault->collect(Purpose::puk, secret_channel("00000000"), kCallTimeout));
  EXPECT_EQ(error_of(vault->unblock_pin(card.insertion, report, kCallTimeout)), Error::pin_wrong);
}

TEST_P(CardLogin, StoresObjectsAndOpensTheRootKey) {
  const CardView card = enrol(GetParam());
  const std::string ref = to_hex(*card.info.card_id);
  Bytes holder;
  {
    const auto vault = open(card);
    must(vault->set_identity({1}, {2}, kCallTimeout));
    must(vault->root_create(kCallTimeout));
    HolderParameters parameters;
    parameters.wrap_spki = card.info.wrap_spki;
    holder = vault->holder_seal(HolderKind::card, ref, parameters, kCallTimeout).value();
    must(vault->card_storage_write(1, Bytes(900, 1), kCallTimeout));
    must(vault->card_storage_write(2, Bytes(300, 2), kCallTimeout));
    must(vault->card_storage_write(1, Bytes(1200, 3), kCallTimeout));
  }
  const auto vault = open(card);
  must(vault->set_identity({1}, {2}, kCallTimeout));
  EXPECT_TRUE(vault->root_open(HolderKind::card, ref, 1, holder, {}, kCallTimeout).ok());
  EXPECT_EQ(vault->card_storage_read(1, kCallTimeout).value(), Bytes(1200, 3));
  EXPECT_EQ(vault->card_storage_read(2, kCallTimeout).value(), Bytes(300, 2));
  const auto directory = vault->card_storage_list(kCallTimeout).value();
  ASSERT_EQ(directory.objects.size(), 2U);
  EXPECT_EQ(directory.objects[0].size, 1200U);
  EXPECT_EQ(directory.objects[0].state, card::ObjectState::whole);
  must(vault->card_storage_remove(1, kCallTimeout));
  EXPECT_EQ(error_of(vault->card_storage_read(1, kCallTimeout)), Error::not_found);
  EXPECT_EQ(vault->card_storage_read(2, kCallTimeout).value(), Bytes(300, 2));
}

TEST_P(CardLogin, KeepsThirtyTwoObjectsAndNotOneMore) {
  const CardView card = enrol(GetParam());
  const auto vault = open(card);
  for (std::uint8_t i = 0; i < card::kMaxCardObjects; ++i) {
    must(vault->card_storage_write(i, Bytes(40, i), kCallTimeout));
  }
  EXPECT_EQ(vault->card_storage_list(kCallTimeout)->free_slots(), 0U);
  must(vault->card_storage_write(7, Bytes(50, 99), kCallTimeout));
  for (std::uint8_t i = 0; i < card::kMaxCardObjects; ++i) {
    EXPECT_EQ(vault->card_storage_read(i, kCallTimeout).value(), i == 7 ? Bytes(50, 99) : Bytes(40, i))
        << int{i};
  }
}

TEST_P(CardLogin, AFullCardKeepsWhatItHas) {
  const CardView card = enrol(GetParam());
  const auto vault = open(card);
  must(vault->card_storage_write(1, Bytes(500, 1), kCallTimeout));
  const std::uint32_t used = kCardMemory - cards[0]->stat().free;
  cards[0]->memory(used + 600);
  EXPECT_EQ(error_of(vault->card_storage_write(2, Bytes(4000, 2), kCallTimeout)), Error::card_full);
  EXPECT_EQ(error_of(vault->card_storage_write(1, Bytes(4000, 2), kCallTimeout)), Error::card_full);
  EXPECT_EQ(vault->card_storage_read(1, kCallTimeout).value(), Bytes(500, 1));
  cards[0]->memory(kCardMemory);
  EXPECT_EQ(error_of(vault->card_storage_write(2, Bytes(4000, 2), kCallTimeout)), Error{});
}

class CardPresence : public ::testing::Test, public WorkerWithCard {};
constexpr Kind kMyEid{CardKind::myeid, card::KeyKind::p256};
constexpr Kind kScHsm{CardKind::sc_hsm, card::KeyKind::p256};

TEST_F(CardPresence, TwoCardsAreTwoCards) {
  const CardView first = enrol(kMyEid, 0);
  const CardView second = enrol(kScHsm, 1, {.label = "Second", .pin = "648219"});
  EXPECT_NE(first.info.card_id, second.info.card_id);
  const auto one = login(first, "123456");
  const auto two = login(second, "648219");
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_TRUE(verifies(first, *one));
  EXPECT_TRUE(verifies(second, *two));
  EXPECT_FALSE(verifies(first, *two));
  EXPECT_EQ(error_of(login(second, "123456")), Error::pin_wrong);
  cards[0]->eject();
  wait_for_view(*worker, [](const ReaderView& v) { return v.cards.size() == 1; });
  EXPECT_EQ(error_of(login(first, "123456")), Error::card_absent);
  EXPECT_TRUE(login(second, "648219").ok());
}

TEST_F(CardPresence, ASwappedCardIsAnotherCard) {
  const CardView first = enrol(kMyEid, 0);
  const auto other_state = directory / "card1";
  {
    const CardView second = enrol(kMyEid, 1);
    EXPECT_NE(first.info.card_id, second.info.card_id);
    cards[1]->quit();
    cards[1].reset();
  }
  cards[0]->eject();
  wait_for_view(*worker, [](const ReaderView& v) { return v.cards.empty(); });
  cards[0]->insert(other_state);
  const CardView now = card_in(PcscWorld::reader_name(0));
  EXPECT_NE(now.info.card_id, first.info.card_id);
  EXPECT_NE(now.insertion, first.insertion);
  EXPECT_EQ(error_of(login(first, "123456")), Error::card_absent);
  EXPECT_EQ(cards[0]->stat().pin_tries, 3U);
  EXPECT_TRUE(login(now, "123456").ok());
}

TEST_F(CardPresence, ForeignAndBlankCardsAreSeenForWhatTheyAre) {
  cards[0].emplace(VirtualCard::Options{directory / "blank", CardKind::myeid, 0});
  worker = start_worker(worker_options("opensc-pkcs11"));
  const CardView blank = card_in(PcscWorld::reader_name(0));
  EXPECT_EQ(blank.problem, Error::card_blank);
  cards[0]->eject();
  wait_for_view(*worker, [](const ReaderView& v) { return v.cards.empty(); });
  cards[0]->insert();
  EXPECT_NE(card_in(PcscWorld::reader_name(0)).insertion, blank.insertion);
  test_support::provision(CardKind::myeid, 0);
  cards[0]->eject();
  wait_for_view(*worker, [](const ReaderView& v) { return v.cards.empty(); });
  cards[0]->insert();
  const CardView foreign = card_in(PcscWorld::reader_name(0));
  EXPECT_FALSE(foreign.problem) << error_name(*foreign.problem);
  EXPECT_FALSE(foreign.info.has_cardea_keys);
  EXPECT_FALSE(foreign.info.card_id);
  EXPECT_EQ(foreign.info.label, "Test card (User PIN)");
}

}  // namespace
}  // namespace cardea::worker
