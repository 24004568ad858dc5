// SPDX-License-Identifier: Apache-2.0
// The store's contract: the trash, and browsers that wait for a card.
#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

constexpr std::int64_t kMonth = 30LL * 24 * 3600;

class StoreContractTrash : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    anna = registered("anna");
  }
  RecordId make(std::uint8_t fill) {
    PutRecord command;
    command.user = anna.user.id;
    command.record = random_id<RecordId>();
    command.epoch = 1;
    command.envelope = Bytes(100, fill);
    command.max_records = 10;
    EXPECT_TRUE(store->put_record(command, kNow).ok());
    return command.record;
  }
  Status remove(const RecordId& id, std::uint64_t version = 1, UnixSeconds now = kNow) {
    return store->delete_record({anna.user.id, id, version, 2}, now);
  }
  Result<Outcome<Record>> restore(const RecordId& id, std::uint64_t version, std::uint64_t max_records = 10) {
    return store->restore_record({kNow, {}, {}}, {anna.user.id, id, version, max_records});
  }
  RegisterUser anna;
};

TEST_P(StoreContractTrash, ADeletedRecordComesBackAsItWas) {
  const RecordId id = make(7);
  EXPECT_EQ(restore(id, 1).error(), Error::not_found);
  ASSERT_TRUE(remove(id).ok());
  reopen();
  ASSERT_EQ(store->trash(anna.user.id)->size(), 1u);
  EXPECT_EQ(store->trash(anna.user.id)->front().size, 100u);
  EXPECT_EQ(store->get_trashed(anna.user.id, id)->envelope, Bytes(100, 7));
  EXPECT_EQ(store->get_trashed(anna.user.id, id)->version, 2u);
  EXPECT_EQ(store->get_trashed(random_id<UserId>(), id).error(), Error::not_found);
  EXPECT_EQ(restore(id, 1).error(), Error::precondition_failed);
  const auto restored = restore(id, 2);
  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(restored->value.version, 1u);  // which the envelope is sealed for
  EXPECT_EQ(restored->value.change_number, 3u);
  EXPECT_EQ(store->get_record(anna.user.id, id)->envelope, Bytes(100, 7));
  EXPECT_TRUE(store->trash(anna.user.id)->empty());
  EXPECT_EQ(restore(id, 2).error(), Error::not_found);
}

TEST_P(StoreContractTrash, WhoSynchronisesSeesTombstonesAsBefore) {
  const RecordId id = make(7);
  ASSERT_TRUE(remove(id).ok());
  const auto listed = store->records(anna.user.id, 0, 10);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_TRUE(listed->front().deleted);
  EXPECT_EQ(listed->front().size, 0u);
  EXPECT_EQ(store->get_record(anna.user.id, id).error(), Error::not_found);
}

TEST_P(StoreContractTrash, RestoringNeedsRoom) {
  const RecordId id = make(7);
  ASSERT_TRUE(remove(id).ok());
  (void)make(8);
  EXPECT_EQ(restore(id, 2, 1).error(), Error::limit_exceeded);
  EXPECT_TRUE(restore(id, 2, 2).ok());
}

TEST_P(StoreContractTrash, HoldsSoManyAndForgetsTheOldest) {
  const std::array<RecordId, 3> ids{make(1), make(2), make(3)};
  for (const RecordId& id : ids)
    ASSERT_TRUE(remove(id).ok());
  const auto trash = store->trash(anna.user.id);
  ASSERT_EQ(trash->size(), 2u);
  EXPECT_EQ(trash->front().id, ids[2]);  // newest first
  EXPECT_EQ(trash->back().id, ids[1]);
  EXPECT_EQ(restore(ids[0], 2).error(), Error::not_found);
  EXPECT_EQ(store->records(anna.user.id, 0, 10)->size(), 3u);  // its tombstone stays
}

TEST_P(StoreContractTrash, IsEmptyAfterThirtyDays) {
  const RecordId id = make(7);
  ASSERT_TRUE(remove(id).ok());
  ASSERT_TRUE(store->purge(kNow + kMonth).ok());
  EXPECT_EQ(store->trash(anna.user.id)->size(), 1u);
  ASSERT_TRUE(store->purge(kNow + kMonth + 1).ok());
  EXPECT_TRUE(store->trash(anna.user.id)->empty());
  EXPECT_EQ(restore(id, 2).error(), Error::not_found);
}

TEST_P(StoreContractTrash, UsageCountsBoth) {
  const auto none = store->record_usage(anna.user.id);
  EXPECT_EQ(none->records + none->trashed + none->bytes, 0u);
  const RecordId id = make(1);
  (void)make(2);
  (void)make(3);
  ASSERT_TRUE(remove(id).ok());
  const auto usage = store->record_usage(anna.user.id);
  EXPECT_EQ(usage->records, 2u);
  EXPECT_EQ(usage->trashed, 1u);
  EXPECT_EQ(usage->bytes, 300u);
}

class StoreContractPairings : public StoreContract {
 protected:
  OpenPairing make(std::uint8_t fill) {
    OpenPairing command;
    command.pairing = {random_id<PairingId>(), Bytes(44, fill), Bytes(65, fill), Bytes(94, fill), {},
                       "198.51.100.0/24",      kNow + 600};
    command.max_open = 2;
    return command;
  }
};

TEST_P(StoreContractPairings, AreFoundUntilTheyExpire) {
  const OpenPairing command = make(1);
  ASSERT_TRUE(store->open_pairing(command, kNow).ok());
  EXPECT_EQ(store->open_pairing(command, kNow).error(), Error::already_exists);
  reopen();
  const auto found = store->get_pairing(command.pairing.id, kNow + 599);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->session_spki, Bytes(44, 1));
  EXPECT_EQ(found->cover, Bytes(94, 1));
  EXPECT_TRUE(found->answer.empty());
  EXPECT_EQ(store->get_pairing(command.pairing.id, kNow + 600).error(), Error::not_found);
  EXPECT_EQ(store->get_pairing(random_id<PairingId>(), kNow).error(), Error::not_found);
  ASSERT_TRUE(store->purge(kNow + 600).ok());
  EXPECT_EQ(store->get_pairing(command.pairing.id, kNow).error(), Error::not_found);
}

TEST_P(StoreContractPairings, TakeOneAnswerAndTellTheOwner) {
  const RegisterUser anna = registered("anna");
  const OpenPairing command = make(1);
  ASSERT_TRUE(store->open_pairing(command, kNow).ok());
  AnswerPairing answer{command.pairing.id, Bytes(200, 9), anna.user.id, anna.card.id};
  ASSERT_TRUE(store->answer_pairing(answer, kNow).ok());
  ASSERT_TRUE(store->answer_pairing(answer, kNow).ok());  // the same once more
  answer.answer.front() = 8;
  EXPECT_EQ(store->answer_pairing(answer, kNow).error(), Error::state_forbidden);
  EXPECT_EQ(store->get_pairing(command.pairing.id, kNow)->answer, Bytes(200, 9));
  const auto events = store->audit_events(anna.user.id, 1, 10);
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(events->front().kind, "browser-allowed");
  EXPECT_NE(events->front().details.find("198.51.100.0/24"), std::string::npos);
  EXPECT_EQ(store->answer_pairing({make(3).pairing.id, Bytes(1), anna.user.id, anna.card.id}, kNow).error(),
            Error::not_found);
  EXPECT_EQ(store->answer_pairing(answer, kNow + 600).error(), Error::not_found);
}

TEST_P(StoreContractPairings, SoManyAreOpenAndThoseThatEndedMakeRoom) {
  ASSERT_TRUE(store->open_pairing(make(1), kNow).ok());
  ASSERT_TRUE(store->open_pairing(make(2), kNow).ok());
  EXPECT_EQ(store->open_pairing(make(3), kNow).error(), Error::limit_exceeded);
  EXPECT_TRUE(store->open_pairing(make(3), kNow + 600).ok());
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractTrash, testing::ValuesIn(all_engines()), engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, StoreContractPairings, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
