// SPDX-License-Identifier: Apache-2.0
// The store's contract: records with versions and tombstones, holders, the audit chain, what ends.
#include "core/api/audit_event.h"
#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

class StoreContractRecords : public StoreContract {
 protected:
  PutRecord make_record(const RegisterUser& user) {
    PutRecord command;
    command.user = user.user.id;
    command.record = random_id<RecordId>();
    command.epoch = 1;
    command.envelope = Bytes(600, 7);
    command.max_records = 2;
    return command;
  }
};

TEST_P(StoreContractRecords, ARecordIsChangedOnlyAtTheVersionThatWasSeen) {
  const RegisterUser anna = registered("anna");
  PutRecord command = make_record(anna);
  const auto made = store->put_record(command, kNow);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->version, 1u);
  EXPECT_EQ(store->put_record(command, kNow).error(), Error::precondition_failed);
  command.expected_version = 2;
  EXPECT_EQ(store->put_record(command, kNow).error(), Error::precondition_failed);
  command.expected_version = 1;
  command.envelope = Bytes(10, 8);
  EXPECT_EQ(store->put_record(command, kNow + 1)->version, 2u);
  command.epoch = 2;
  command.expected_version = 2;
  EXPECT_EQ(store->put_record(command, kNow).error(), Error::server_conflict);
  reopen();
  const auto found = store->get_record(anna.user.id, command.record);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->envelope, Bytes(10, 8));
  EXPECT_EQ(found->size, 10u);
  EXPECT_EQ(found->changed, kNow + 1);
  EXPECT_EQ(found->change_number, 2u);
  EXPECT_EQ(store->get_record(random_id<UserId>(), command.record).error(), Error::not_found);
}

TEST_P(StoreContractRecords, ATombstoneKeepsCountingUntilItIsForgotten) {
  const RegisterUser anna = registered("anna");
  PutRecord command = make_record(anna);
  ASSERT_TRUE(store->put_record(command, kNow).ok());
  EXPECT_EQ(store->delete_record({anna.user.id, command.record, 7, 9}, kNow).error(),
            Error::precondition_failed);
  ASSERT_TRUE(store->delete_record({anna.user.id, command.record, 1, 9}, kNow).ok());
  EXPECT_EQ(store->delete_record({anna.user.id, command.record, 2, 9}, kNow).error(), Error::not_found);
  EXPECT_EQ(store->get_record(anna.user.id, command.record).error(), Error::not_found);
  const auto listed = store->records(anna.user.id, 1, 10);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_TRUE(listed->front().deleted);
  EXPECT_EQ(listed->front().size, 0u);
  EXPECT_EQ(store->put_record(command, kNow)->version, 3u);
  ASSERT_TRUE(store->delete_record({anna.user.id, command.record, 3, 9}, kNow).ok());
  ASSERT_TRUE(store->purge(kNow + 31LL * 24 * 3600).ok());
  EXPECT_TRUE(store->records(anna.user.id, 0, 10)->empty());
  EXPECT_EQ(store->put_record(command, kNow)->version, 1u);
}

TEST_P(StoreContractRecords, ThereIsRoomForSoManyAndNoMore) {
  const RegisterUser anna = registered("anna");
  const PutRecord first = make_record(anna);
  ASSERT_TRUE(store->put_record(first, kNow).ok());
  ASSERT_TRUE(store->put_record(make_record(anna), kNow).ok());
  EXPECT_EQ(store->put_record(make_record(anna), kNow).error(), Error::limit_exceeded);
  EXPECT_EQ(store->records(anna.user.id, 0, 1)->size(), 1u);
  ASSERT_TRUE(store->delete_record({anna.user.id, first.record, 1, 9}, kNow).ok());
  EXPECT_TRUE(store->put_record(make_record(anna), kNow).ok());
}

TEST_P(StoreContractRecords, ARewrapKeepsTheVersionAndMovesTheChange) {
  const RegisterUser anna = registered("anna");
  const PutRecord command = make_record(anna);
  ASSERT_TRUE(store->put_record(command, kNow).ok());
  RewrapRecord rewrap{anna.user.id, command.record, 1, 1, [](ByteView stored) -> Result<Bytes> {
                        Bytes out(stored.begin(), stored.end());
                        out.front() ^= 1;
                        return out;
                      }};
  const auto done = store->rewrap_record({kNow, {}, {}}, rewrap);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->value.version, 1u);
  EXPECT_EQ(done->value.change_number, 2u);
  EXPECT_EQ(store->get_record(anna.user.id, command.record)->envelope.front(), 6);
  rewrap.splice = [](ByteView) -> Result<Bytes> { return fail(Error::frame_malformed); };
  EXPECT_EQ(store->rewrap_record({kNow, {}, {}}, rewrap).error(), Error::frame_malformed);
  EXPECT_EQ(store->get_record(anna.user.id, command.record)->envelope.front(), 6);
}

TEST_P(StoreContractRecords, AHolderIsReplacedAndTheirNumberIsBounded) {
  const RegisterUser anna = registered("anna");
  PutHolder command{anna.user.id, {"computer", "c", 1, Bytes(113, 1)}, 3};
  ASSERT_TRUE(store->put_holder(command).ok());
  command.holder.envelope = {};
  ASSERT_TRUE(store->put_holder(command).ok());
  EXPECT_EQ(store->holders(anna.user.id)->size(), 3u);
  command.holder.ref = "d";
  EXPECT_EQ(store->put_holder(command).error(), Error::limit_exceeded);
  EXPECT_EQ(store->holders(anna.user.id)->size(), 3u);
  command.holder.epoch = 2;
  EXPECT_EQ(store->put_holder(command).error(), Error::server_conflict);
  command.user = random_id<UserId>();
  EXPECT_EQ(store->put_holder(command).error(), Error::not_found);
}

TEST_P(StoreContractRecords, TheAuditChainIsThatOfItsEvents) {
  const RegisterUser anna = registered("anna");
  ASSERT_TRUE(open_session(anna, random_id<SessionId>(), 1).ok());
  (void)registered("berta");
  ASSERT_TRUE(open_session(anna, random_id<SessionId>(), 2).ok());
  reopen();
  const auto events = store->audit_events(anna.user.id, 0, 10);
  ASSERT_EQ(events->size(), 3u);
  Digest head{};
  for (std::size_t i = 0; i < events->size(); ++i) {
    const AuditEvent& event = (*events)[i];
    EXPECT_EQ(event.sequence, i + 1);
    head = api::next_audit_head(head, api::audit_event_text(anna.user.id, event.sequence, event.time,
                                                            event.kind, api::Json::Object{}));
    EXPECT_EQ(event.hash, head);
  }
  EXPECT_EQ(store->get_user(anna.user.id)->audit.head, head);
  EXPECT_EQ(store->audit_events(anna.user.id, 1, 1)->front().sequence, 2u);
}

TEST_P(StoreContractRecords, WhatHasEndedIsRemoved) {
  const RegisterUser anna = registered("anna");
  ASSERT_TRUE(open_session(anna, random_id<SessionId>(), 1).ok());
  const Digest nonce{9};
  store->remember_nonce(nonce, kNow);
  store->remember_nonce(nonce, kNow);
  ASSERT_TRUE(store->purge(kNow + 60).ok());
  EXPECT_EQ(store->nonces_since(0)->size(), 1u);
  // The token's time is over, so it is forgotten and could be used again.
  EXPECT_TRUE(open_session(anna, random_id<SessionId>(), 1).ok());
  ASSERT_TRUE(store->purge(kNow + 1'000'000).ok());
  EXPECT_TRUE(store->nonces_since(0)->empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractRecords, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
