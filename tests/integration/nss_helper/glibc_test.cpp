// SPDX-License-Identifier: Apache-2.0
// getent and id, which ask the C library, which loads the module. No daemon runs.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/integration/nss_helper/name_service_world.h"

namespace cardea::nss::test {
namespace {

constexpr int kNotFound = 2;  // getent's exit status

AccountList two_accounts() {
  AccountList list;
  for (const char* name : {"alice", "bob"})
    list.accounts.push_back({name, kFirstId + static_cast<std::uint32_t>(list.accounts.size()), "A comment",
                             std::string("/home/") + name, "/bin/bash"});
  list.groups = {{"pilots", kFirstId + 10, {"alice", "bob"}}, {"crew", kFirstId + 11, {"alice"}}};
  return list;
}

class Glibc : public ::testing::Test {
 protected:
  Glibc() { world_.publish(two_accounts()); }
  static test_support::CommandResult getent(std::vector<std::string> words,
                                            test_support::Environment extra = {}) {
    words.insert(words.begin(), "getent");
    return NameServiceWorld::run(words, std::move(extra));
  }
  NameServiceWorld world_;
};

TEST_F(Glibc, NamesAndIdsOfAccountsAndGroups) {
  const std::string alice = "alice:*:2000200001:2000200001:A comment:/home/alice:/bin/bash\n";
  EXPECT_EQ(getent({"passwd", "alice"}).output, alice);
  EXPECT_EQ(getent({"passwd", "2000200001"}).output, alice);
  EXPECT_EQ(getent({"group", "pilots"}).output, "pilots:*:2000200011:alice,bob\n");
  EXPECT_EQ(getent({"group", "2000200012"}).output, "crew:*:2000200012:alice\n");
  EXPECT_EQ(getent({"group", "bob"}).output, "bob:*:2000200002:\n");
  EXPECT_EQ(getent({"passwd", "dave"}).status, kNotFound);
  EXPECT_EQ(getent({"group", "2000200099"}).status, kNotFound);
}

TEST_F(Glibc, GroupsOfAUser) {
  EXPECT_EQ(NameServiceWorld::run({"id", "alice"}).output,
            "uid=2000200001(alice) gid=2000200001(alice) "
            "groups=2000200001(alice),2000200011(pilots),2000200012(crew)\n");
  EXPECT_EQ(NameServiceWorld::run({"id", "-nG", "bob"}).output, "bob pilots\n");
  const std::string groups = getent({"initgroups", "alice"}).output;
  EXPECT_NE(groups.find("2000200011 2000200012"), std::string::npos) << groups;
}

TEST_F(Glibc, EnumerationsShowLocalAndOurs) {
  EXPECT_EQ(getent({"passwd"}).output,
            "root:x:0:0:root:/root:/bin/bash\n"
            "alice:*:2000200001:2000200001:A comment:/home/alice:/bin/bash\n"
            "bob:*:2000200002:2000200002:A comment:/home/bob:/bin/bash\n");
  EXPECT_EQ(getent({"group"}).output,
            "root:x:0:\nsudo:x:27:\nalice:*:2000200001:\nbob:*:2000200002:\npilots:*:2000200011:alice,bob\n"
            "crew:*:2000200012:alice\n");
}

// Made after the database was written: the order in nsswitch.conf, and no groups of ours for him.
TEST_F(Glibc, ALocalUserOrGroupIsNotShadowed) {
  world_.add_local("alice:x:1000:1000:Local:/home/local:/bin/sh", "pilots:x:1001:");
  EXPECT_EQ(getent({"passwd", "alice"}).output, "alice:x:1000:1000:Local:/home/local:/bin/sh\n");
  EXPECT_EQ(getent({"group", "pilots"}).output, "pilots:x:1001:\n");
  EXPECT_EQ(NameServiceWorld::run({"id", "-G", "alice"}).output, "1000\n");
}

TEST_F(Glibc, ThereIsNoShadowEntry) { EXPECT_EQ(getent({"shadow", "alice"}).status, kNotFound); }

TEST_F(Glibc, NotInTheDaemonAndNotWhereSystemdForbids) {
  EXPECT_EQ(getent({"passwd", "alice"}, {{"SYSTEMD_ACTIVATION_UNIT", "cardea-recoveryd.service"}}).status,
            kNotFound);
  EXPECT_EQ(getent({"passwd", "alice"}, {{"SYSTEMD_NSS_DYNAMIC_BYPASS", "1"}}).status, kNotFound);
  EXPECT_EQ(getent({"passwd", "alice"}, {{"SYSTEMD_ACTIVATION_UNIT", "ssh.service"}}).status, 0);
}

// The C library begins with 1,024 bytes and doubles while the module says ERANGE.
TEST_F(Glibc, ALargeGroupComesWhole) {
  AccountList list;
  Group all{"all", kLastId, {}};
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    list.accounts.push_back({"user" + std::to_string(i), kFirstId + i, "", "/home/u", "/bin/sh"});
    all.members.push_back(list.accounts.back().name);
  }
  list.groups.push_back(all);
  world_.publish(list);
  const std::string line = getent({"group", "all"}).output;
  EXPECT_EQ(std::count(line.begin(), line.end(), ','), 4'999);
  EXPECT_NE(line.find(",user4999,"), std::string::npos);
}

TEST_F(Glibc, AFileThatMayNotBeTrustedIsAsIfItWereNotThere) {
  ASSERT_EQ(::chmod(kDatabase, 0666), 0);
  EXPECT_EQ(getent({"passwd", "alice"}).status, kNotFound);
  ASSERT_EQ(::chmod(kDatabase, 0644), 0);
  EXPECT_EQ(getent({"passwd", "alice"}).status, 0);
  std::filesystem::resize_file(kDatabase, std::filesystem::file_size(kDatabase) - 1);
  EXPECT_EQ(getent({"passwd", "alice"}).status, kNotFound);
  EXPECT_EQ(getent({"passwd", "root"}).status, 0);
  std::filesystem::remove(kDatabase);
  EXPECT_EQ(getent({"passwd", "alice"}).status, kNotFound);
  EXPECT_EQ(getent({"passwd", "root"}).status, 0);
}

TEST_F(Glibc, AMillionAccounts) {
  AccountList list;
  list.accounts.reserve(1'000'000);
  for (std::uint32_t i = 0; i < 1'000'000; ++i)
    list.accounts.push_back({"user" + std::to_string(i), kFirstId + i, "User", "/home/u", "/bin/bash"});
  world_.publish(list);
  EXPECT_EQ(getent({"passwd", "user999999"}).output,
            "user999999:*:2001200000:2001200000:User:/home/u:/bin/bash\n");
  EXPECT_EQ(getent({"passwd", "2000700001"}).output,
            "user500000:*:2000700001:2000700001:User:/home/u:/bin/bash\n");
  EXPECT_EQ(getent({"passwd", "user1000000"}).status, kNotFound);
  EXPECT_EQ(NameServiceWorld::run({"id", "-nG", "user123456"}).output, "user123456\n");
  EXPECT_EQ(NameServiceWorld::run({"bash", "-c", "getent passwd | wc -l"}).output, "1000001\n");
}

}  // namespace
}  // namespace cardea::nss::test
