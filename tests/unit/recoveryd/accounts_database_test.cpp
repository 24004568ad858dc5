// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/accounts_database.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "nss_helper/database_check.h"
#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

constexpr std::uint32_t kFirst = nss::kFirstId;

OwnerId owner(std::uint8_t number) { return {number}; }

WantedAccount account(std::uint8_t who, const std::string& name, std::uint32_t uid) {
  return {owner(who), {name, uid, "A comment", "/home/" + name, "/bin/bash"}};
}

class AccountsDatabaseTest : public ::testing::Test {
 protected:
  AccountsDatabaseTest() {
    write(files_.passwd, "root:x:0:0:root:/root:/bin/bash\n");
    write(files_.group, "root:x:0:\n");
    auto opened = StateDirectory::open(dir_.file("state"));
    EXPECT_TRUE(opened.ok());
    directory_.emplace(std::move(*opened));
    accounts_.emplace(*directory_, path_, files_, clock_, random_, log_);
  }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
  }
  // The names that are published, in the order of ids.
  std::vector<std::string> published() const {
    std::vector<std::string> names;
    const auto state = nss::check_database_file(path_);
    if (!state.ok()) return {"no database"};
    for (const nss::Account& one : state->list.accounts)
      names.push_back(one.name);
    return names;
  }
  // The reasons of what was left out.
  std::vector<std::string> publish(std::vector<WantedAccount> accounts,
                                   std::vector<WantedGroup> groups = {}) {
    const auto refusals = accounts_->publish({std::move(accounts), std::move(groups)});
    if (!refusals.ok()) return {"failed: " + refusals.failure().detail};
    std::vector<std::string> reasons;
    for (const nss::Refusal& one : *refusals)
      reasons.push_back(one.name + ": " + one.reason);
    return reasons;
  }
  std::uint64_t generation() const { return nss::check_database_file(path_)->generation; }
  // A mark as a writer leaves it that dies before the rename.
  void leave_marked() const {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(nss::kReplacedOffset);
    file.put('\1');
  }

  using Names = std::vector<std::string>;
  const cardea::test::TempDir dir_;
  const std::string path_ = dir_.file("cache/accounts.db");
  const nss::LocalAccountFiles files_{dir_.file("passwd"), dir_.file("group"), dir_.file("subuid"),
                                      dir_.file("subgid")};
  FakeClock clock_;
  SystemRandom random_;
  const Log log_{"test", LogLevel::error};
  std::optional<StateDirectory> directory_;
  std::optional<AccountsDatabase> accounts_;
};

TEST_F(AccountsDatabaseTest, PublishesAndFindsAgain) {
  EXPECT_EQ(publish({account(1, "alice", kFirst), account(2, "bob", kFirst + 1)},
                    {{owner(3), {"pilots", kFirst + 2, {"alice"}}}}),
            Names{});
  EXPECT_EQ(published(), (Names{"alice", "bob"}));
  EXPECT_EQ(accounts_->uid_of("bob"), kFirst + 1);
  EXPECT_EQ(accounts_->name_of(kFirst), "alice");
  EXPECT_EQ(accounts_->uid_of("pilots"), std::nullopt);
  EXPECT_EQ(accounts_->name_of(kFirst + 2), std::nullopt);
  EXPECT_EQ(accounts_->uid_of("root"), std::nullopt);
}

TEST_F(AccountsDatabaseTest, WhereNothingWasPublishedNothingIsTouched) {
  EXPECT_TRUE(accounts_->refresh().ok());
  EXPECT_FALSE(std::filesystem::exists(dir_.file("cache")));
  EXPECT_EQ(accounts_->uid_of("alice"), std::nullopt);
}

TEST_F(AccountsDatabaseTest, AnIdIsNeverGivenToSomebodyElse) {
  publish({account(1, "alice", kFirst)});
  publish({});  // alice leaves
  EXPECT_EQ(publish({account(2, "bob", kFirst)}), Names{"bob: this id once belonged to somebody else"});
  EXPECT_EQ(published(), Names{});
  EXPECT_EQ(publish({account(1, "alice", kFirst + 7)}), Names{"alice: its owner once had another id"});
  EXPECT_EQ(publish({account(1, "alicia", kFirst)}), Names{});  // she may come back, with another name too
  EXPECT_EQ(published(), Names{"alicia"});
}

TEST_F(AccountsDatabaseTest, AnAccountThatIsTakenOutLeavesItsIdBehind) {
  publish(
      {account(1, "alice", kFirst), account(2, "bob", kFirst + 1)},
      {{owner(3), {"pilots", kFirst + 2, {"alice", "bob"}}}, {owner(4), {"cooks", kFirst + 3, {"alice"}}}});
  EXPECT_TRUE(accounts_->remove_account(owner(9)).ok()) << "there is none";
  EXPECT_EQ(accounts_->accounts()->size(), 2u);
  ASSERT_TRUE(accounts_->remove_account(owner(1)).ok());
  EXPECT_EQ(published(), Names{"bob"});
  const auto groups = nss::check_database_file(path_)->list.groups;
  ASSERT_EQ(groups.size(), 1u) << "a group without members is none";
  EXPECT_EQ(groups[0].members, Names{"bob"});
  EXPECT_EQ(accounts_->publish_account(account(5, "carol", kFirst), {}).error(), Error::already_exists);
  EXPECT_TRUE(accounts_->publish_account(account(1, "alice", kFirst), {}).ok()) << "she comes again";
  ASSERT_TRUE(accounts_->remove_account(owner(1)).ok());
  ASSERT_TRUE(accounts_->remove_account(owner(2)).ok());
  EXPECT_FALSE(std::filesystem::exists(path_)) << "the last one has gone";
  EXPECT_TRUE(accounts_->accounts()->empty());
}

TEST_F(AccountsDatabaseTest, FromADamagedListNobodyIsTaken) {
  publish({account(1, "alice", kFirst)});
  write(dir_.file("state/accounts"), "x");
  EXPECT_EQ(accounts_->remove_account(owner(1)).error(), Error::corrupted);
  EXPECT_EQ(accounts_->accounts().error(), Error::corrupted);
  EXPECT_EQ(published(), Names{"alice"});
}

TEST_F(AccountsDatabaseTest, ARefusedIdWasNotGiven) {
  write(files_.passwd, "alice:x:1000:1000:::\n");
  EXPECT_EQ(publish({account(1, "alice", kFirst)}), Names{"alice: a local user or group has this name"});
  EXPECT_EQ(publish({account(2, "bob", kFirst)}), Names{});
  EXPECT_EQ(published(), Names{"bob"});
}

TEST_F(AccountsDatabaseTest, OneOwnerTwiceIsRefusedTwice) {
  EXPECT_EQ(publish({account(1, "alice", kFirst), account(1, "alice2", kFirst + 1)}).size(), 2u);
  EXPECT_EQ(published(), Names{});
}

// Two owners want one id, and one of them may not have it: the memory notes the one who got it.
TEST_F(AccountsDatabaseTest, TheMemoryNotesWhoGotTheId) {
  publish({account(2, "bob", kFirst + 1)});
  EXPECT_EQ(publish({account(2, "bob", kFirst), account(1, "alice", kFirst)}),
            Names{"bob: its owner once had another id"});
  EXPECT_EQ(published(), Names{"alice"});
  EXPECT_EQ(publish({account(1, "alice", kFirst), account(2, "bob", kFirst + 1)}), Names{});
}

TEST_F(AccountsDatabaseTest, ALocalAccountThatIsMadeLaterWinsAndGivesBack) {
  publish({account(1, "alice", kFirst), account(2, "bob", kFirst + 1)});
  write(files_.group, "alice:x:1000:\n");
  EXPECT_TRUE(accounts_->refresh().ok());
  EXPECT_EQ(published(), Names{"bob"});
  write(files_.group, "root:x:0:\n");
  EXPECT_TRUE(accounts_->refresh().ok());
  EXPECT_EQ(published(), (Names{"alice", "bob"}));
}

TEST_F(AccountsDatabaseTest, RefreshMendsAndOtherwiseLeavesAlone) {
  publish({account(1, "alice", kFirst)});
  const std::uint64_t first = generation();
  EXPECT_TRUE(accounts_->refresh().ok());
  EXPECT_EQ(generation(), first);
  leave_marked();
  EXPECT_TRUE(accounts_->refresh().ok());
  EXPECT_EQ(generation(), first + 1);
  EXPECT_FALSE(nss::check_database_file(path_)->replaced);
  std::filesystem::resize_file(path_, 300);
  EXPECT_TRUE(accounts_->refresh().ok());
  EXPECT_EQ(published(), Names{"alice"});
  std::filesystem::remove_all(dir_.file("cache"));
  EXPECT_TRUE(accounts_->refresh().ok());
  EXPECT_EQ(published(), Names{"alice"});
}

TEST_F(AccountsDatabaseTest, AnotherDaemonKnowsTheListAndTheMemory) {
  publish({account(1, "alice", kFirst)});
  std::filesystem::remove(path_);
  AccountsDatabase again(*directory_, path_, files_, clock_, random_, log_);
  EXPECT_TRUE(again.refresh().ok());
  EXPECT_EQ(published(), Names{"alice"});
  const auto refusals = again.publish({{account(2, "bob", kFirst)}, {}});
  ASSERT_TRUE(refusals.ok());
  EXPECT_EQ(refusals->size(), 1u);
}

TEST_F(AccountsDatabaseTest, AnEmptyListWithdrawsTheDatabase) {
  publish({account(1, "alice", kFirst)});
  EXPECT_EQ(publish({}), Names{});
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(AccountsDatabaseTest, ADamagedMemoryPublishesNothing) {
  publish({account(1, "alice", kFirst)});
  const std::string file = directory_->file("accounts");
  Bytes bytes(std::filesystem::file_size(file));
  std::ifstream(file, std::ios::binary)
      .read(reinterpret_cast<char*>(bytes.data()), static_cast<long>(bytes.size()));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes changed = bytes;
    changed[at] ^= 0x40;
    ASSERT_FALSE(decode_accounts(changed).ok()) << at;
    ASSERT_FALSE(decode_accounts(ByteView(bytes).first(at)).ok()) << at;
  }
  bytes[20] ^= 1;
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
  EXPECT_EQ(accounts_->publish({}).error(), Error::corrupted);
  EXPECT_EQ(accounts_->refresh().error(), Error::corrupted);
  EXPECT_EQ(published(), Names{"alice"});
}

TEST_F(AccountsDatabaseTest, WithoutTheLocalFilesNothingIsPublished) {
  std::filesystem::remove(files_.passwd);
  EXPECT_EQ(accounts_->publish({{account(1, "alice", kFirst)}, {}}).error(), Error::not_found);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(AccountsDatabaseTest, WhenTheDatabaseCantBeWrittenTheListIsKeptForTheNextTurn) {
  write(dir_.file("cache"), "in the way");
  EXPECT_FALSE(accounts_->publish({{account(1, "alice", kFirst)}, {}}).ok());
  std::filesystem::remove(dir_.file("cache"));
  EXPECT_TRUE(accounts_->refresh().ok());
  EXPECT_EQ(published(), Names{"alice"});
}

}  // namespace
}  // namespace cardea::recoveryd
