// SPDX-License-Identifier: Apache-2.0
// Accounts, groups and databases for the tests.
#pragma once

#include <gtest/gtest.h>

#include "nss_helper/database_image.h"
#include "nss_helper/database_writer.h"

namespace cardea::nss::test {

inline constexpr std::uint32_t kAlice = kFirstId;
inline constexpr std::uint32_t kBob = kFirstId + 5;
inline constexpr std::uint32_t kCarol = kLastId;
inline constexpr std::uint32_t kPilots = kFirstId + 2;
inline constexpr std::uint32_t kNobodyIn = kFirstId + 9;

inline Account account(std::string name, std::uint32_t uid, std::string comment = "A comment") {
  return {name, uid, std::move(comment), "/home/" + name, "/bin/bash"};
}

inline AccountList sample_list() {
  return {
      {account("alice", kAlice, "Alice Ö"), account("bob", kBob), account("carol@example.org", kCarol, "")},
      {{"pilots", kPilots, {"alice", "carol@example.org"}}, {"empty", kNobodyIn, {}}}};
}

inline AccountList many(std::size_t count) {
  AccountList list;
  list.accounts.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i)
    list.accounts.push_back(
        account("user" + std::to_string(i), kFirstId + 2 * i, "User Number " + std::to_string(i)));
  return list;
}

inline Bytes image_of(const AccountList& list, std::uint64_t generation = 1,
                      std::uint64_t seed = 0x1234567890abcdef) {
  auto admission = admit(list, LocalAccounts());
  EXPECT_TRUE(admission.ok() && admission->refusals.empty());
  auto image = make_image(admission->list, {seed + generation, generation, 1'800'000'000});
  EXPECT_TRUE(image.ok());
  return *image;
}

inline void publish(const std::string& path, const AccountList& list, std::uint64_t generation = 1) {
  const Status done = replace_database(path, image_of(list, generation));
  ASSERT_TRUE(done.ok()) << done.failure().detail;
}

}  // namespace cardea::nss::test
