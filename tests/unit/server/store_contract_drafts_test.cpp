// SPDX-License-Identifier: Apache-2.0
// The store's contract: registrations that were prepared in a browser.
#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

constexpr UnixSeconds kEnd = kNow + 1000;

class StoreContractDrafts : public StoreContract {
 protected:
  KeepDraft make(std::uint8_t sheet, const std::string& prefix = "198.51.100.0/24") {
    KeepDraft command;
    command.draft = {Bytes(44, sheet), random_id<UserId>(),
                     Bytes(192, 1),    Bytes(192, 2),
                     Bytes(10, 3),     Bytes(10, 4),
                     Bytes(65, 5),     2,
                     prefix,           kEnd};
    command.max_per_prefix = 2;
    command.max_all = 3;
    return command;
  }
  RegisterDraft finish(const Draft& draft, const std::string& account, std::uint8_t token) {
    RegisterDraft command;
    command.sheet_check = draft.sheet_check;
    command.made = make_user(account);
    command.made.user.id = draft.user;
    command.made.card.user = draft.user;
    command.token.fill(token);
    command.token_expires_at = kEnd;
    return command;
  }
  Result<Outcome<Registered>> run(const RegisterDraft& command, UnixSeconds now = kNow) {
    return store->register_draft({now, {}, {}}, command);
  }
};

TEST_P(StoreContractDrafts, AreFoundByTheirSheetUntilTheyEnd) {
  const KeepDraft command = make(1);
  const auto kept = store->keep_draft(command, kNow);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(*kept, kEnd);
  reopen();
  const auto found = store->get_draft(Bytes(44, 1), kEnd - 1);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->user, command.draft.user);
  EXPECT_EQ(found->opaque_a, Bytes(192, 1));
  EXPECT_EQ(found->opaque_b, Bytes(192, 2));
  EXPECT_EQ(found->question_seal, Bytes(10, 3));
  EXPECT_EQ(found->recovery_seal, Bytes(10, 4));
  EXPECT_EQ(found->recovery_public, Bytes(65, 5));
  EXPECT_EQ(found->oprf_seed, 2u);
  EXPECT_EQ(found->prefix, "198.51.100.0/24");
  EXPECT_EQ(store->get_draft(Bytes(44, 2), kNow).error(), Error::not_found);
  EXPECT_EQ(store->get_draft(Bytes(44, 1), kEnd).error(), Error::not_found);
  ASSERT_TRUE(store->purge(kEnd).ok());
  EXPECT_EQ(store->get_draft(Bytes(44, 1), kNow).error(), Error::not_found);
}

TEST_P(StoreContractDrafts, TheSameOnceMoreChangesNothingAndAnotherIsRefused) {
  KeepDraft command = make(1);
  ASSERT_TRUE(store->keep_draft(command, kNow).ok());
  command.draft.expires_at += 7;
  const auto again = store->keep_draft(command, kNow + 7);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, kEnd);
  command.draft.recovery_public.front() = 6;
  EXPECT_EQ(store->keep_draft(command, kNow).error(), Error::already_exists);
  KeepDraft same_user = make(2);
  same_user.draft.user = command.draft.user;
  EXPECT_EQ(store->keep_draft(same_user, kNow).error(), Error::already_exists);
  EXPECT_EQ(store->get_draft(Bytes(44, 1), kNow)->recovery_public, Bytes(65, 5));
}

TEST_P(StoreContractDrafts, ANetworkAndAllTogetherHaveSoMany) {
  ASSERT_TRUE(store->keep_draft(make(1), kNow).ok());
  ASSERT_TRUE(store->keep_draft(make(2), kNow).ok());
  EXPECT_EQ(store->keep_draft(make(3), kNow).error(), Error::limit_exceeded);
  ASSERT_TRUE(store->keep_draft(make(3, "203.0.113.0/24"), kNow).ok());
  EXPECT_EQ(store->keep_draft(make(4, "192.0.2.0/24"), kNow).error(), Error::limit_exceeded);
  KeepDraft later = make(4);
  later.draft.expires_at = kEnd + 1000;
  EXPECT_TRUE(store->keep_draft(later, kEnd).ok());  // those that have ended made room
}

TEST_P(StoreContractDrafts, BecomeAUserOnce) {
  const KeepDraft command = make(1);
  ASSERT_TRUE(store->keep_draft(command, kNow).ok());
  EXPECT_FALSE(*store->find_user_by_account("anna"));  // a draft is nobody
  const auto done = run(finish(command.draft, "anna", 1));
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->value.user, command.draft.user);
  EXPECT_EQ(done->value.audit.length, 1u);
  EXPECT_EQ(store->get_draft(Bytes(44, 1), kNow).error(), Error::not_found);
  EXPECT_EQ((*store->find_user_by_account("ANNA"))->id, command.draft.user);
  EXPECT_EQ(store->cards(command.draft.user)->size(), 1u);
  EXPECT_EQ(store->holders(command.draft.user)->size(), 2u);
  EXPECT_EQ(run(finish(command.draft, "berta", 2)).error(), Error::not_found);
}

TEST_P(StoreContractDrafts, StayWhereARegistrationWasRefused) {
  registered("anna");
  const KeepDraft command = make(1);
  ASSERT_TRUE(store->keep_draft(command, kNow).ok());
  EXPECT_EQ(run(finish(command.draft, "Anna", 1)).error(), Error::account_exists);
  EXPECT_TRUE(store->get_draft(Bytes(44, 1), kNow).ok());
  EXPECT_EQ(run(finish(command.draft, "berta", 1), kEnd).error(), Error::not_found);
  EXPECT_TRUE(run(finish(command.draft, "berta", 1)).ok());  // with the same token, which nothing had spent
}

TEST_P(StoreContractDrafts, ASpentLoginMakesNoUser) {
  const KeepDraft command = make(1);
  ASSERT_TRUE(store->keep_draft(command, kNow).ok());
  const RegisterDraft end = finish(command.draft, "anna", 1);
  ASSERT_TRUE(store->spend_token(end.token, kEnd).ok());
  EXPECT_EQ(run(end).error(), Error::replayed);
  EXPECT_FALSE(*store->find_user_by_account("anna"));
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractDrafts, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
