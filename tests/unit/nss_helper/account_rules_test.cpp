// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/account_rules.h"

#include "tests/unit/nss_helper/samples.h"

namespace cardea::nss {
namespace {

using test::account;

// The reason why `one` is refused beside the sample list; empty when it is admitted.
std::string reason_for(const Account& one, const LocalAccounts& local = {}) {
  AccountList list = test::sample_list();
  list.accounts.push_back(one);
  const auto admission = admit(list, local);
  EXPECT_TRUE(admission.ok());
  for (const Refusal& refusal : admission->refusals) {
    if (refusal.name == one.name && refusal.id == one.uid) return refusal.reason;
  }
  return {};
}

TEST(AccountRules, AGoodListIsAdmittedWholeAndSorted) {
  const auto admission = admit(test::sample_list(), {});
  ASSERT_TRUE(admission.ok());
  EXPECT_TRUE(admission->refusals.empty());
  ASSERT_EQ(admission->list.accounts.size(), 3u);
  EXPECT_EQ(admission->list.accounts[2].uid, test::kCarol);
  EXPECT_EQ(admission->list.groups[0].name, "pilots");
}

TEST(AccountRules, NamesThatMustNotBePublished) {
  const std::uint32_t free_id = kFirstId + 100;
  for (const char* name : {"", "root", "nobody", "12345", "-x", ".x", "a:b", "a/b", "a b", "a\nb", "a\x7f",
                           "ö", "a,b", "pam_unix_non_existent:", "+x", "$x"})
    EXPECT_EQ(reason_for(account(name, free_id)), "not a name that may be published") << name;
  EXPECT_NE(reason_for(account(std::string("a\0b", 3), free_id)), "");
  EXPECT_NE(reason_for(account(std::string(65, 'a'), free_id)), "");
  EXPECT_EQ(reason_for({std::string(64, 'a'), free_id, "", "/home/a", "/bin/sh"}), "");
  EXPECT_EQ(reason_for(account("1a", free_id)), "");
  EXPECT_EQ(reason_for(account("_x-y.z@w", free_id)), "");
}

TEST(AccountRules, IdsOutsideTheRange) {
  for (const std::uint32_t id : {0u, 1000u, 65534u, kFirstId - 1, kLastId + 1, 0xffffffffu})
    EXPECT_NE(reason_for(account("dave", id)), "") << id;
}

TEST(AccountRules, OfTwoThatClashNeitherIsAdmitted) {
  AccountList list = test::sample_list();
  list.accounts.push_back(account("alice", kFirstId + 50));  // name twice
  list.accounts.push_back(account("dave", test::kPilots));   // id of a group
  list.groups.push_back({"bob", kFirstId + 51, {}});         // name of an account
  const auto admission = admit(list, {});
  ASSERT_TRUE(admission.ok());
  ASSERT_EQ(admission->list.accounts.size(), 1u);
  EXPECT_EQ(admission->list.accounts[0].name, "carol@example.org");
  EXPECT_EQ(admission->list.groups.size(), 1u);
  EXPECT_EQ(admission->refusals.size(), 6u);
}

TEST(AccountRules, LocalUsersGroupsAndRangesAreNeverShadowed) {
  LocalAccounts local;
  local.add_entries("dave:x:1000:1000:::\nsudo:x:27:\nsomebody:x:2000200101:1:::\n");
  local.add_ranges("x:2000200200:10\n");
  EXPECT_EQ(reason_for(account("dave", kFirstId + 30), local), "a local user or group has this name");
  EXPECT_EQ(reason_for(account("sudo", kFirstId + 30), local), "a local user or group has this name");
  EXPECT_NE(reason_for(account("erin", 2000200101), local), "");
  EXPECT_NE(reason_for(account("erin", 2000200205), local), "");
  EXPECT_EQ(reason_for(account("erin", 2000200210), local), "");
}

TEST(AccountRules, TextsThatWouldForgeALineOrASetting) {
  Account one = account("dave", kFirstId + 30);
  for (const char* comment : {"a:b", "a\nroot:x:0:0", "\xff", "\x01"}) {
    one.comment = comment;
    EXPECT_NE(reason_for(one), "") << comment;
  }
  one = account("dave", kFirstId + 30);
  for (const char* home : {"", "home", "/home:x", "/home/../etc", "/..", "/a\nb"}) {
    one.home = home;
    EXPECT_NE(reason_for(one), "") << home;
  }
  one = account("dave", kFirstId + 30);
  one.shell = "";
  EXPECT_NE(reason_for(one), "");
  one.shell = "/" + std::string(255, 'x');
  EXPECT_NE(reason_for(one), "");
}

TEST(AccountRules, MembersAreAccountsOfTheListOnly) {
  LocalAccounts local;
  local.add_entries("bob:x:1000:1000:::\n");
  AccountList list = test::sample_list();
  list.groups[0].members = {"alice", "bob", "stranger", "alice"};
  const auto admission = admit(list, local);
  ASSERT_TRUE(admission.ok());
  EXPECT_EQ(admission->list.groups[0].members, std::vector<std::string>{"alice"});
}

TEST(AccountRules, AnAccountInTooManyGroupsIsRefusedAndNotCut) {
  AccountList list{{account("alice", kFirstId), account("bob", kFirstId + 1)}, {}};
  for (std::uint32_t i = 0; i <= kMaxGroupsOfAccount; ++i)
    list.groups.push_back({"g" + std::to_string(i), kFirstId + 10 + i, {"alice", "bob"}});
  list.groups.back().members = {"alice"};
  const auto admission = admit(list, {});
  ASSERT_TRUE(admission.ok());
  ASSERT_EQ(admission->list.accounts.size(), 1u);
  EXPECT_EQ(admission->list.accounts[0].name, "bob");
  EXPECT_EQ(admission->list.groups[0].members, std::vector<std::string>{"bob"});
}

TEST(AccountRules, TooLongAListIsRefusedWhole) {
  AccountList list;
  list.groups.resize(kMaxGroups + 1);
  EXPECT_EQ(admit(list, {}).error(), Error::limit_exceeded);
}

}  // namespace
}  // namespace cardea::nss
