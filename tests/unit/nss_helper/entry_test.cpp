// SPDX-License-Identifier: Apache-2.0
// The functions that the C library calls: statuses, errno values, buffers.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include <stdlib.h>

#include "tests/support/temp_dir.h"
#include "tests/unit/nss_helper/module.h"
#include "tests/unit/nss_helper/samples.h"

namespace cardea::nss {
namespace {

class Entry : public ::testing::Test {
 protected:
  Entry() {
    test::set_database_path(path_);
    test::publish(path_, test::sample_list());
  }
  ~Entry() override {
    _nss_cardea_endpwent();
    _nss_cardea_endgrent();
    (void)withdraw_database(path_);
  }
  enum nss_status by_name(const char* name) {
    return _nss_cardea_getpwnam_r(name, &passwd_, buffer_, sizeof buffer_, &error_);
  }
  std::vector<gid_t> groups_of(const char* name, gid_t primary, long limit = 0,
                               enum nss_status* status = nullptr) {
    long used = 0;
    long room = 1;
    auto* gids = static_cast<gid_t*>(::malloc(sizeof(gid_t)));
    const auto result = _nss_cardea_initgroups_dyn(name, primary, &used, &room, &gids, limit, &error_);
    if (status != nullptr) *status = result;
    std::vector<gid_t> out(gids, gids + used);
    ::free(gids);
    return out;
  }
  const cardea::test::TempDir dir_;
  const std::string path_ = dir_.file("accounts.db");
  struct passwd passwd_ {};
  struct group group_ {};
  char buffer_[1024];
  int error_ = 0;
};

TEST_F(Entry, AnswersAnAccount) {
  ASSERT_EQ(by_name("alice"), NSS_STATUS_SUCCESS);
  EXPECT_STREQ(passwd_.pw_name, "alice");
  EXPECT_STREQ(passwd_.pw_passwd, "*");
  EXPECT_EQ(passwd_.pw_uid, test::kAlice);
  EXPECT_EQ(passwd_.pw_gid, test::kAlice);
  EXPECT_STREQ(passwd_.pw_gecos, "Alice Ö");
  EXPECT_STREQ(passwd_.pw_dir, "/home/alice");
  EXPECT_STREQ(passwd_.pw_shell, "/bin/bash");
  ASSERT_EQ(_nss_cardea_getpwuid_r(test::kBob, &passwd_, buffer_, sizeof buffer_, &error_),
            NSS_STATUS_SUCCESS);
  EXPECT_STREQ(passwd_.pw_name, "bob");
}

TEST_F(Entry, AnswersAGroupWithItsMembers) {
  ASSERT_EQ(_nss_cardea_getgrnam_r("pilots", &group_, buffer_, sizeof buffer_, &error_), NSS_STATUS_SUCCESS);
  EXPECT_EQ(group_.gr_gid, test::kPilots);
  EXPECT_STREQ(group_.gr_passwd, "*");
  EXPECT_STREQ(group_.gr_mem[0], "alice");
  EXPECT_STREQ(group_.gr_mem[1], "carol@example.org");
  EXPECT_EQ(group_.gr_mem[2], nullptr);
  ASSERT_EQ(_nss_cardea_getgrgid_r(test::kNobodyIn, &group_, buffer_, sizeof buffer_, &error_),
            NSS_STATUS_SUCCESS);
  EXPECT_STREQ(group_.gr_name, "empty");
  EXPECT_EQ(group_.gr_mem[0], nullptr);
}

TEST_F(Entry, AnAccountHasAPrivateGroupAndAGroupIsNoAccount) {
  ASSERT_EQ(_nss_cardea_getgrgid_r(test::kAlice, &group_, buffer_, sizeof buffer_, &error_),
            NSS_STATUS_SUCCESS);
  EXPECT_STREQ(group_.gr_name, "alice");
  EXPECT_EQ(group_.gr_gid, test::kAlice);
  EXPECT_EQ(group_.gr_mem[0], nullptr);
  EXPECT_EQ(_nss_cardea_getgrnam_r("alice", &group_, buffer_, sizeof buffer_, &error_), NSS_STATUS_SUCCESS);
  EXPECT_EQ(by_name("pilots"), NSS_STATUS_NOTFOUND);
  EXPECT_EQ(_nss_cardea_getpwuid_r(test::kPilots, &passwd_, buffer_, sizeof buffer_, &error_),
            NSS_STATUS_NOTFOUND);
}

TEST_F(Entry, WhatCantBeOursIsNotFoundEvenWithoutADatabase) {
  for (const bool with_database : {true, false}) {
    if (!with_database) {
      ASSERT_TRUE(withdraw_database(path_).ok());
    }
    const std::string long_name(70'000, 'a');
    for (const char* name : {"", "root", "nobody", "pam_unix_non_existent:", "a:b", "../etc", "0", "1000",
                             "a\n", "-x", long_name.c_str()}) {
      error_ = 0;
      EXPECT_EQ(by_name(name), NSS_STATUS_NOTFOUND) << name;
      EXPECT_EQ(error_, ENOENT);
      EXPECT_EQ(_nss_cardea_getgrnam_r(name, &group_, buffer_, sizeof buffer_, &error_), NSS_STATUS_NOTFOUND);
      EXPECT_EQ(groups_of(name, -1).size(), 0u);
    }
    for (const uid_t id : {0u, 1000u, 65534u, kFirstId - 1, kLastId + 1, 0xffffffffu}) {
      EXPECT_EQ(_nss_cardea_getpwuid_r(id, &passwd_, buffer_, sizeof buffer_, &error_), NSS_STATUS_NOTFOUND);
      EXPECT_EQ(_nss_cardea_getgrgid_r(id, &group_, buffer_, sizeof buffer_, &error_), NSS_STATUS_NOTFOUND);
    }
  }
}

TEST_F(Entry, UnknownIsNotFoundAndNoDatabaseIsUnavailable) {
  EXPECT_EQ(by_name("dave"), NSS_STATUS_NOTFOUND);
  EXPECT_EQ(error_, ENOENT);
  ASSERT_TRUE(withdraw_database(path_).ok());
  EXPECT_EQ(by_name("dave"), NSS_STATUS_UNAVAIL);
  EXPECT_EQ(by_name("alice"), NSS_STATUS_UNAVAIL);
  EXPECT_EQ(error_, ENOENT);
  EXPECT_EQ(_nss_cardea_getpwent_r(&passwd_, buffer_, sizeof buffer_, &error_), NSS_STATUS_UNAVAIL);
  EXPECT_EQ(_nss_cardea_getgrent_r(&group_, buffer_, sizeof buffer_, &error_), NSS_STATUS_UNAVAIL);
  enum nss_status status = NSS_STATUS_SUCCESS;
  groups_of("alice", test::kAlice, 0, &status);
  EXPECT_EQ(status, NSS_STATUS_UNAVAIL);
}

// From no byte to enough: each smaller buffer says ERANGE, changes nothing, and no byte behind it is written.
TEST_F(Entry, SmallBuffersAskForMore) {
  const auto grows = [&](auto ask) {
    std::size_t size = 0;
    for (; size < sizeof buffer_; ++size) {
      std::memset(buffer_, 0x5a, sizeof buffer_);
      error_ = 0;
      passwd_ = {};
      group_ = {};
      const enum nss_status status = ask(size);
      EXPECT_TRUE(std::all_of(buffer_ + size, buffer_ + sizeof buffer_, [](char c) { return c == 0x5a; }))
          << size;
      if (status == NSS_STATUS_SUCCESS) break;
      EXPECT_EQ(status, NSS_STATUS_TRYAGAIN);
      EXPECT_EQ(error_, ERANGE);
      EXPECT_EQ(passwd_.pw_name, nullptr);
      EXPECT_EQ(group_.gr_name, nullptr);
    }
    return size;
  };
  EXPECT_EQ(grows([&](std::size_t size) {
              return _nss_cardea_getpwnam_r("bob", &passwd_, buffer_, size, &error_);
            }),
            sizeof "bob" + sizeof "A comment" + sizeof "/home/bob" + sizeof "/bin/bash" + sizeof "*");
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::size_t needed = grows([&](std::size_t size) {
      return _nss_cardea_getgrnam_r("pilots", &group_, buffer_ + shift, size < shift ? 0 : size - shift,
                                    &error_);
    });
    EXPECT_LE(needed, shift + 64 + 8);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(group_.gr_mem) % alignof(char*), 0u);
    EXPECT_STREQ(group_.gr_mem[1], "carol@example.org");
  }
}

TEST_F(Entry, AnEntryOfAnEnumerationIsNotLostToASmallBuffer) {
  std::vector<std::string> names;
  _nss_cardea_setpwent(0);
  for (;;) {
    ASSERT_EQ(names.size() < 3 ? _nss_cardea_getpwent_r(&passwd_, buffer_, 3, &error_) : NSS_STATUS_TRYAGAIN,
              NSS_STATUS_TRYAGAIN);
    if (_nss_cardea_getpwent_r(&passwd_, buffer_, sizeof buffer_, &error_) != NSS_STATUS_SUCCESS) break;
    names.emplace_back(passwd_.pw_name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"alice", "bob", "carol@example.org"}));
  EXPECT_EQ(_nss_cardea_getpwent_r(&passwd_, buffer_, sizeof buffer_, &error_), NSS_STATUS_NOTFOUND);
  _nss_cardea_setpwent(0);
  EXPECT_EQ(_nss_cardea_getpwent_r(&passwd_, buffer_, sizeof buffer_, &error_), NSS_STATUS_SUCCESS);
}

TEST_F(Entry, GroupsAreEnumeratedWithThePrivateOnes) {
  std::vector<std::string> names;
  _nss_cardea_setgrent(0);
  while (_nss_cardea_getgrent_r(&group_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_SUCCESS)
    names.emplace_back(group_.gr_name);
  EXPECT_EQ(names, (std::vector<std::string>{"alice", "pilots", "bob", "empty", "carol@example.org"}));
}

TEST_F(Entry, ReplacedWhileEnumeratingEachStayingAccountComesOnce) {
  test::publish(path_, test::many(50), 2);
  std::vector<uid_t> seen;
  _nss_cardea_setpwent(0);
  std::uint64_t generation = 3;
  while (_nss_cardea_getpwent_r(&passwd_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_SUCCESS) {
    seen.push_back(passwd_.pw_uid);
    AccountList next = test::many(50);  // others come and go at odd ids, so every place moves
    for (std::uint32_t i = 0; i < generation % 7; ++i)
      next.accounts.push_back(test::account("guest" + std::to_string(i), kLastId - i));
    if (generation % 2 == 0) next.accounts.push_back(test::account("first", kFirstId + 1));
    test::publish(path_, next, generation++);
  }
  for (std::uint32_t i = 0; i < 50; ++i)
    EXPECT_EQ(std::count(seen.begin(), seen.end(), kFirstId + 2 * i), 1) << i;
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_F(Entry, GroupsOfAnAccount) {
  EXPECT_EQ(groups_of("alice", test::kAlice), std::vector<gid_t>{test::kPilots});
  EXPECT_EQ(groups_of("alice", -1), std::vector<gid_t>{test::kPilots});
  EXPECT_EQ(groups_of("alice", test::kPilots), std::vector<gid_t>{});  // the primary group is not repeated
  enum nss_status status = NSS_STATUS_UNAVAIL;
  EXPECT_EQ(groups_of("bob", test::kBob, 0, &status), std::vector<gid_t>{});
  EXPECT_EQ(status, NSS_STATUS_SUCCESS);
  groups_of("dave", -1, 0, &status);
  EXPECT_EQ(status, NSS_STATUS_NOTFOUND);
  groups_of("pilots", -1, 0, &status);
  EXPECT_EQ(status, NSS_STATUS_NOTFOUND);
}

// A local "alice" that was made after the database was written.
TEST_F(Entry, ALocalUserOfTheSameNameGetsNoGroups) {
  enum nss_status status = NSS_STATUS_SUCCESS;
  EXPECT_EQ(groups_of("alice", 1000, 0, &status), std::vector<gid_t>{});
  EXPECT_EQ(status, NSS_STATUS_NOTFOUND);
}

TEST_F(Entry, TheListOfGroupsGrowsToItsLimit) {
  AccountList list{{test::account("alice", kFirstId)}, {}};
  for (std::uint32_t i = 0; i < 300; ++i)
    list.groups.push_back({"g" + std::to_string(i), kFirstId + 10 + i, {"alice"}});
  test::publish(path_, list, 2);
  EXPECT_EQ(groups_of("alice", kFirstId).size(), 300u);
  EXPECT_EQ(groups_of("alice", kFirstId, 7).size(), 7u);
}

TEST_F(Entry, ADamagedRecordIsUnavailableAndTheOthersAreThere) {
  Bytes file = test::image_of(test::sample_list(), 2);
  const auto at = std::search(file.begin(), file.end(), std::begin("/home/bob"), std::end("/home/bob"));
  ASSERT_NE(at, file.end());
  *at = '!';
  ASSERT_TRUE(withdraw_database(path_).ok());
  FILE* out = std::fopen(path_.c_str(), "wb");
  ASSERT_EQ(std::fwrite(file.data(), 1, file.size(), out), file.size());
  std::fclose(out);
  EXPECT_EQ(by_name("alice"), NSS_STATUS_SUCCESS);
  EXPECT_EQ(by_name("dave"), NSS_STATUS_NOTFOUND);
  EXPECT_EQ(by_name("bob"), NSS_STATUS_UNAVAIL);
  EXPECT_EQ(error_, EIO);
}

}  // namespace
}  // namespace cardea::nss
