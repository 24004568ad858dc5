// SPDX-License-Identifier: Apache-2.0
// What every store must do, whatever its engine: the fixture of store_contract_*_test.cpp, and the list of
// engines.
#pragma once

#include <gtest/gtest.h>

#include "server/store/store.h"
#include "tests/support/temp_dir.h"

namespace cardea::server {

inline constexpr UnixSeconds kNow = 1'800'000'000;

struct Engine {
  const char* name;
  std::function<std::unique_ptr<Store>(const test::TempDir&)> open;
};

class StoreContract : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    store.reset();
    store = GetParam().open(dir);
    ASSERT_NE(store, nullptr);
  }
  template <typename Id>
  Id random_id() {
    return Id::random(random);
  }
  RegisterUser make_user(const std::string& account) {
    RegisterUser command;
    command.user.id = random_id<UserId>();
    command.user.account = account;
    command.user.opaque_a = Bytes(192, 1);
    command.user.opaque_b = Bytes(192, 2);
    command.user.question_seal = Bytes(10, 3);
    command.user.recovery_seal = Bytes(10, 4);
    command.user.recovery_public = Bytes(65, 5);
    command.user.epoch = 1;
    command.card.id = random_id<CardId>();
    command.card.user = command.user.id;
    command.card.auth_spki = Bytes(91, 6);
    command.card.wrap_spki = Bytes(91, 7);
    command.user.signer = command.card.id;
    command.computer.id = random_id<ComputerId>();
    command.computer.device_spki = Bytes(44, 8);
    command.computer.name = "laptop";
    command.holders = {{"card", command.card.id.text(), 1, Bytes(113, 9)},
                       {"sheet", "sheet", 1, Bytes(104, 9)}};
    command.audit = {"registered", api::Json::Object{}};
    return command;
  }
  RegisterUser registered(const std::string& account) {
    const RegisterUser command = make_user(account);
    EXPECT_TRUE(store->register_user({kNow, {}, {}}, command).ok());
    return command;
  }
  Status open_session(const RegisterUser& user, const SessionId& id, std::uint8_t token) {
    OpenSession command;
    command.session = {id,           user.user.id, SessionLevel::card, false, Bytes(44, 1),
                       user.card.id, {},           kNow + 100};
    command.token.fill(token);
    command.token_expires_at = kNow + 50;
    command.audit = {"session-opened", api::Json::Object{}};
    return store->open_session(command, kNow);
  }
  test::TempDir dir;
  SystemRandom random;
  std::unique_ptr<Store> store;
};

// The database of a test is that of its directory.
std::vector<Engine> all_engines();

inline std::string engine_name(const testing::TestParamInfo<Engine>& info) { return info.param.name; }

}  // namespace cardea::server
