// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/access_key_service.h"

#include <gtest/gtest.h>

namespace cardea::recoveryd {
namespace {

using access_key::AccessKeyVerifier;

login::EnrolmentRecord with(std::optional<AccessKeyVerifier> current,
                            std::optional<AccessKeyVerifier> pending) {
  login::EnrolmentRecord record;
  record.current = current;
  record.pending = pending;
  return record;
}

TEST(AccessKeyGeneration, WhatTheServerCommittedIsNeverLost) {
  auto record = with(AccessKeyVerifier{1, 3, {}, {}}, AccessKeyVerifier{2, 1, {7}, {8}});
  take_over_generation(record, AccessKeyVerifier{2, 0, {8}, {8}});
  EXPECT_EQ(record.current, (AccessKeyVerifier{2, 1, {7}, {8}})) << "a key of it was used meanwhile";
  EXPECT_FALSE(record.pending.has_value());
  EXPECT_TRUE(record.rotate_wanted);

  // Another contact gave up the pending one in between: the server's keys of generation 2 must open all the
  // same.
  record = with(AccessKeyVerifier{1, 0, {}, {}}, std::nullopt);
  take_over_generation(record, AccessKeyVerifier{2, 0, {8}, {8}});
  EXPECT_EQ(record.current, (AccessKeyVerifier{2, 0, {8}, {8}}));

  record = with(AccessKeyVerifier{3, 2, {}, {}}, AccessKeyVerifier{4, 0, {}, {}});
  take_over_generation(record, AccessKeyVerifier{2, 0, {8}, {8}});
  EXPECT_EQ(record.current->generation, 3U) << "an old answer";
  EXPECT_EQ(record.pending->generation, 4U);
}

TEST(AccessKeyGeneration, AServerRestoredFromABackupCountsFromALowerNumber) {
  auto record = with(AccessKeyVerifier{5, 2, {}, {}}, AccessKeyVerifier{4, 0, {8}, {8}});
  take_over_generation(record, AccessKeyVerifier{4, 0, {8}, {8}});
  EXPECT_EQ(record.current->generation, 4U);
}

class CheckInOfADoubtedServer : public ::testing::Test {
 protected:
  CheckInOfADoubtedServer() {
    record_.cards.resize(3);
    for (std::uint8_t i = 0; i < 3; ++i)
      record_.cards[i].card_id.fill(i);
    record_.cards[1].state = login::CardState::suspended;
    record_.revocation_checked_at = 1000;
    record_.audit_length = 9;
    tell(0, upstream::CardState::revoked);
    tell(1, upstream::CardState::active);  // and of card 2 the server knows nothing
    answer_.fit = "ok";
  }
  void tell(std::uint8_t card, upstream::CardState state) {
    upstream::CardStatus status;
    crypto::CardId id{};
    id.fill(card);
    status.id = api::CardId(id);
    status.state = state;
    answer_.cards.push_back(status);
  }
  login::EnrolmentRecord record_;
  upstream::CheckedIn answer_;
};

// It may have forgotten the loss report of a card, or the card itself (a backup was restored).
TEST_F(CheckInOfADoubtedServer, IsBelievedWhereItClosesAndNotWhereItOpens) {
  const AuditWatch watch{fail(Error::server_untrusted, "forgotten"), 9, {}, {}};
  take_check_in(record_, answer_, watch, 2000);
  EXPECT_EQ(record_.cards[0].state, login::CardState::revoked);
  EXPECT_EQ(record_.cards[1].state, login::CardState::suspended);
  EXPECT_EQ(record_.cards[2].state, login::CardState::active) << "the owner goes on working";
  EXPECT_EQ(record_.revocation_checked_at, 1000) << "max_offline goes on counting";
  EXPECT_TRUE(record_.server_doubted);
}

TEST_F(CheckInOfADoubtedServer, ATrustedOneIsBelieved) {
  record_.server_doubted = true;
  take_check_in(record_, answer_, AuditWatch{{}, 12, {1}, Bytes(44, 1)}, 2000);
  EXPECT_EQ(record_.cards[1].state, login::CardState::active);
  EXPECT_EQ(record_.cards[2].state, login::CardState::revoked);
  EXPECT_EQ(record_.revocation_checked_at, 2000);
  EXPECT_EQ(record_.audit_length, 12U);
  EXPECT_FALSE(record_.server_doubted);
}

TEST(RetiredComputer, KeepsWhatOpensItAndTheFirstTimeItWasTold) {
  auto record = with(AccessKeyVerifier{1, 3, {}, {}}, std::nullopt);
  record.cards.resize(1);
  record.revocation_checked_at = 1000;
  take_retirement(record, 2000);
  take_retirement(record, 3000);
  EXPECT_EQ(record.retired_at, 2000);
  EXPECT_EQ(record.cards[0].state, login::CardState::active);
  EXPECT_EQ(record.current->last_used, 3);
  EXPECT_EQ(record.revocation_checked_at, 1000);
  upstream::CheckedIn back;
  back.fit = "ok";
  take_check_in(record, back, AuditWatch{{}, 1, {}, Bytes(44, 1)}, 4000);
  EXPECT_EQ(record.retired_at, 0);
}

TEST(AccessKeyGeneration, GivingUpOneDoesNotTakeAnother) {
  auto record = with(AccessKeyVerifier{1, 0, {}, {}}, AccessKeyVerifier{3, 0, {}, {}});
  give_up_generation(record, 2);
  EXPECT_EQ(record.pending->generation, 3U);
  give_up_generation(record, 3);
  EXPECT_FALSE(record.pending.has_value());
}

}  // namespace
}  // namespace cardea::recoveryd
