// SPDX-License-Identifier: Apache-2.0
// tests/vectors/account-statement.json, made by another implementation from docs/spec/guests.md; and the
// rules for names on their own.
#include "core/api/account_statement.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "build_paths.h"
#include "core/api/json.h"

namespace cardea::api {
namespace {

std::string text_of(const Json& json, std::string_view name) { return *json.find(name)->string(); }
Bytes bytes_of(const Json& json, std::string_view name) { return from_hex(text_of(json, name)).value(); }

class AccountStatementVectors : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(std::string(CARDEA_SOURCE_DIR) + "/tests/vectors/account-statement.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto parsed = Json::parse(text);
    ASSERT_TRUE(parsed.ok()) << parsed.failure().detail;
    json = std::move(*parsed);
    expected.servers = {"elsewhere.example", text_of(json, "server")};
    expected.computer = ComputerId::from_text(text_of(json, "computer")).value();
    expected.card = CardId::from_text(text_of(json, "card")).value();
    expected.now = *json.find("now")->integer();
  }
  Json json;
  StatementExpected expected;
};

TEST_F(AccountStatementVectors, EachIsReadOrRefusedForItsReason) {
  const Bytes key = bytes_of(json, "key");
  std::size_t good = 0;
  for (const Json& one : *json.find("cases")->array()) {
    const Bytes bytes = bytes_of(one, "statement");
    const auto opened = open_account_statement(bytes, bytes_of(one, "signature"), key, expected);
    const std::string error = text_of(one, "error");
    EXPECT_EQ(opened.ok() ? "" : error_name(opened.error()), error) << text_of(one, "name");
    if (!opened.ok()) continue;
    ++good;
    EXPECT_EQ(encode(*opened), bytes) << text_of(one, "name");
  }
  EXPECT_EQ(good, 6u);
}

TEST_F(AccountStatementVectors, TheGoodOneSaysWhatItSays) {
  const Json& first = json.find("cases")->array()->front();
  const auto opened = open_account_statement(bytes_of(first, "statement"), bytes_of(first, "signature"),
                                             bytes_of(json, "key"), expected);
  ASSERT_TRUE(opened.ok());
  const Json& fields = *json.find("fields");
  EXPECT_EQ(opened->user.text(), text_of(fields, "user"));
  EXPECT_EQ(opened->account, text_of(fields, "account"));
  EXPECT_EQ(opened->login, text_of(fields, "login"));
  EXPECT_EQ(opened->uid, *fields.find("uid")->integer());
  EXPECT_EQ(opened->epoch, *fields.find("epoch")->integer());
  EXPECT_EQ(opened->display_name, text_of(fields, "display_name"));
  EXPECT_EQ(opened->auth_spki, bytes_of(fields, "auth_spki"));
  EXPECT_EQ(opened->wrap_spki, bytes_of(fields, "wrap_spki"));
  EXPECT_EQ(opened->groups,
            (std::vector<UnixGroup>{{"readers", 2'010'000'001}, {"guests-2", 2'010'000'002}}));
}

TEST_F(AccountStatementVectors, NoChangedByteIsBelieved) {
  const Json& first = json.find("cases")->array()->front();
  const Bytes good = bytes_of(first, "statement");
  const Bytes signature = bytes_of(first, "signature");
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes changed = good;
    changed[i] ^= 0x01;
    EXPECT_EQ(open_account_statement(changed, signature, bytes_of(json, "key"), expected).error(),
              Error::signature_invalid);
  }
}

TEST_F(AccountStatementVectors, OnlyAnEd25519KeySignsThem) {
  const Json& first = json.find("cases")->array()->front();
  for (const Bytes& key : {Bytes{}, Bytes(44, 0), bytes_of(*json.find("fields"), "auth_spki")}) {
    EXPECT_EQ(
        open_account_statement(bytes_of(first, "statement"), bytes_of(first, "signature"), key, expected)
            .error(),
        Error::signature_invalid);
  }
}

TEST(LoginNames, WhatGivesRightsSomewhereIsNoName) {
  for (const char* name : {"anna", "a", "a-1_b", "sudoku", "anna-admin", "roots"})
    EXPECT_TRUE(is_login_name(name)) << name;
  for (const char* name : {"",       "root",
                           "sudo",   "wheel",
                           "admin",  "docker",
                           "lxd",    "adm",
                           "disk",   "shadow",
                           "nobody", "cardea-card",
                           "cardea", "systemd-network",
                           "_apt",   "-a",
                           "1a",     "A",
                           "a.b",    "a@b",
                           "a b",    "a:b",
                           "a/b",    "..",
                           "a\n",    "ä"})
    EXPECT_FALSE(is_login_name(name)) << name;
  EXPECT_EQ(login_name_of("Anna"), "anna");
  EXPECT_EQ(login_name_of("SUDO"), "");
  EXPECT_EQ(login_name_of("anna@work"), "");
}

}  // namespace
}  // namespace cardea::api
