// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/local_accounts.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace cardea::nss {
namespace {

TEST(LocalAccounts, TakesNamesAndIdsOfEveryLine) {
  LocalAccounts local;
  local.add_entries(
      "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/sh\nwheel:x:10:alice");
  EXPECT_TRUE(local.has_name("root"));
  EXPECT_TRUE(local.has_name("alice"));
  EXPECT_TRUE(local.has_name("wheel"));
  EXPECT_FALSE(local.has_name("bob"));
  EXPECT_TRUE(local.has_id(1000));
  EXPECT_TRUE(local.has_id(10));
  EXPECT_FALSE(local.has_id(1001));
}

TEST(LocalAccounts, StrangeLinesKeepTheirName) {
  LocalAccounts local;
  local.add_entries("\n+bob::::::\n#carol:x:5:\ndave\nerin:x:notanumber:5\n:x:77:\n");
  EXPECT_TRUE(local.has_name("+bob"));
  EXPECT_TRUE(local.has_name("dave"));
  EXPECT_TRUE(local.has_name("erin"));
  EXPECT_FALSE(local.has_name(""));
  EXPECT_TRUE(local.has_id(77));
}

TEST(LocalAccounts, RangesAreTakenWholeAndEndWhereTheyEnd) {
  LocalAccounts local;
  local.add_ranges("alice:100000:65536\nbob:2000200001:10\nbroken:1\nc:x:y\n");
  EXPECT_FALSE(local.has_id(99999));
  EXPECT_TRUE(local.has_id(100000));
  EXPECT_TRUE(local.has_id(165535));
  EXPECT_FALSE(local.has_id(165536));
  EXPECT_TRUE(local.has_id(2000200010));
  EXPECT_FALSE(local.has_id(2000200011));
}

TEST(LocalAccounts, ARangeUpToTheEndOfNumbersDoesNotWrap) {
  LocalAccounts local;
  local.add_ranges("alice:18446744073709551615:18446744073709551615\n");
  EXPECT_FALSE(local.has_id(5));
}

TEST(LocalAccounts, WithoutPasswdThereIsNoAnswer) {
  const cardea::test::TempDir dir;
  const LocalAccountFiles files{dir.file("passwd"), dir.file("group"), dir.file("subuid"),
                                dir.file("subgid")};
  std::ofstream(files.group) << "wheel:x:10:\n";
  EXPECT_EQ(LocalAccounts::read(files).error(), Error::not_found);
  std::ofstream(files.passwd) << "root:x:0:0:::\n";
  const auto local = LocalAccounts::read(files);
  ASSERT_TRUE(local.ok());
  EXPECT_TRUE(local->has_name("wheel"));
  std::ofstream(files.subuid) << "x:2000200001:1\n";
  EXPECT_TRUE(LocalAccounts::read(files)->has_id(2000200001));
}

}  // namespace
}  // namespace cardea::nss
