// SPDX-License-Identifier: Apache-2.0
#include "core/card/pin.h"

#include <gtest/gtest.h>

#include "tests/support/fake_cryptoki.h"

namespace cardea::card {
namespace {

class Pin : public ::testing::Test {
 protected:
  test::FakeCryptoki fake;
  std::unique_ptr<Pkcs11Module> module = std::move(Pkcs11Module::from_functions(fake.functions())).value();
  TokenSession session = std::move(TokenSession::open(*module, 0, TokenSession::Access::read_write)).value();
  PinReport report;

  TokenInfo token() { return read_token_info(*module, 0).value(); }
  Status try_login(std::string_view pin, LastTry last_try = LastTry::refuse) {
    return login(session, token(), as_bytes(pin), last_try, report);
  }
};

TEST_F(Pin, RightPinLogsIn) {
  EXPECT_TRUE(try_login("123456").ok());
  EXPECT_EQ(report.state, PinState::ok);
  EXPECT_TRUE(session.logged_in());
  session.logout();
  EXPECT_FALSE(fake.logged_in);
}

TEST_F(Pin, WrongLengthNeverReachesTheCard) {
  for (const char* pin : {"", "123", "123456789"})
    EXPECT_EQ(try_login(pin).error(), Error::pin_length) << pin;
  fake.min_pin = fake.max_pin = 0;
  EXPECT_EQ(try_login(std::string(256, '1')).error(), Error::pin_length);
  EXPECT_EQ(try_login("").error(), Error::pin_length);
  EXPECT_EQ(fake.count("C_Login"), 0U);
}

TEST_F(Pin, CountsDownAndKeepsTheLastTryForThePerson) {
  EXPECT_EQ(try_login("999999").error(), Error::pin_wrong);
  EXPECT_EQ(report.state, PinState::low);  // the fake shows no COUNT_LOW, as MyEID
  EXPECT_EQ(try_login("999999").error(), Error::pin_wrong);
  EXPECT_EQ(report.state, PinState::last_try);
  EXPECT_EQ(report.tries_left, 1);
  EXPECT_EQ(try_login("123456").error(), Error::pin_last_try);
  EXPECT_EQ(fake.tries, 1);
  EXPECT_TRUE(try_login("123456", LastTry::consent).ok());
  EXPECT_EQ(fake.tries, 3);
}

TEST_F(Pin, ALockedCardIsNotAskedAgain) {
  fake.tries = 1;
  EXPECT_EQ(try_login("999999", LastTry::consent).error(), Error::pin_locked);
  EXPECT_EQ(report.state, PinState::locked);
  const auto asked = fake.count("C_Login");
  EXPECT_EQ(try_login("123456", LastTry::consent).error(), Error::pin_locked);
  EXPECT_EQ(fake.count("C_Login"), asked);
}

TEST_F(Pin, ACardWithoutPinIsNotAsked) {
  fake.token_flags &= ~CK_FLAGS{CKF_USER_PIN_INITIALIZED};
  EXPECT_EQ(try_login("123456").error(), Error::pin_not_initialized);
  EXPECT_EQ(fake.count("C_Login"), 0U);
}

TEST_F(Pin, AlreadyLoggedInProvesNothing) {
  fake.logged_in = true;
  EXPECT_EQ(try_login("999999").error(), Error::pin_wrong);
  EXPECT_FALSE(session.logged_in());
  fake.logged_in = true;
  EXPECT_TRUE(try_login("123456").ok());
  EXPECT_EQ(fake.count("C_Logout"), 2U);
}

TEST_F(Pin, ATokenThatStaysLoggedInIsRefused) {
  fake.force("C_Login", {CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ALREADY_LOGGED_IN});
  EXPECT_EQ(try_login("123456").error(), Error::card_fault);
}

TEST_F(Pin, ChangesThePinAfterALogin) {
  EXPECT_EQ(
      change_pin(session, token(), as_bytes("999999"), as_bytes("654321"), LastTry::refuse, report).error(),
      Error::pin_wrong);
  EXPECT_EQ(change_pin(session, token(), as_bytes("123456"), as_bytes("1"), LastTry::refuse, report).error(),
            Error::pin_length);
  EXPECT_EQ(fake.pin, "123456");
  EXPECT_TRUE(
      change_pin(session, token(), as_bytes("123456"), as_bytes("654321"), LastTry::refuse, report).ok());
  EXPECT_EQ(fake.pin, "654321");
}

TEST_F(Pin, TheRulesForANewPinCostNoTry) {
  const auto change_to = [&](std::string_view pin) {
    return change_pin(session, token(), as_bytes("123456"), as_bytes(pin), LastTry::refuse, report).error();
  };
  EXPECT_EQ(change_to("123456"), Error::already_exists);
  for (const char* pin : {"12345\xc3\xa9", "12345\n", "12345\x7f"})
    EXPECT_EQ(change_to(pin), Error::invalid_argument) << pin;
  EXPECT_EQ(unblock_pin(session, token(), as_bytes("12345678"), as_bytes("12345\t"), report).error(),
            Error::invalid_argument);
  EXPECT_EQ(fake.count("C_Login") + fake.count("C_SetPIN"), 0U);

  TokenInfo piv = token();
  EXPECT_TRUE(check_new_pin(piv, as_bytes("12ab~ "), {}).ok());
  piv.manufacturer = "piv_II";
  EXPECT_EQ(check_new_pin(piv, as_bytes("12345a"), {}).error(), Error::invalid_argument);
  EXPECT_TRUE(check_new_pin(piv, as_bytes("123456"), {}).ok());
}

TEST_F(Pin, ChangeNeverSpendsTheLastTryUnasked) {
  fake.tries = 1;
  EXPECT_EQ(
      change_pin(session, token(), as_bytes("123456"), as_bytes("654321"), LastTry::refuse, report).error(),
      Error::pin_last_try);
  EXPECT_EQ(fake.count("C_Login") + fake.count("C_SetPIN"), 0U);
}

TEST_F(Pin, UnblocksWithThePukWhereTheModuleCan) {
  fake.tries = 0;
  EXPECT_EQ(unblock_pin(session, token(), as_bytes("12345678"), as_bytes("654321"), report).error(),
            Error::not_supported);
  fake.unblock_supported = true;
  EXPECT_EQ(unblock_pin(session, token(), as_bytes("00000000"), as_bytes("654321"), report).error(),
            Error::pin_wrong);
  EXPECT_EQ(unblock_pin(session, token(), as_bytes("12345678"), as_bytes("1"), report).error(),
            Error::pin_length);
  EXPECT_TRUE(unblock_pin(session, token(), as_bytes("12345678"), as_bytes("654321"), report).ok());
  EXPECT_EQ(report.state, PinState::ok);
  EXPECT_TRUE(try_login("654321").ok());
}

TEST_F(Pin, APulledCardIsNoWrongPin) {
  const TokenInfo known = token();
  fake.remove_at(1);
  EXPECT_EQ(login(session, known, as_bytes("123456"), LastTry::refuse, report).error(), Error::card_removed);
  EXPECT_EQ(report.state, PinState::unknown);
  EXPECT_EQ(fake.tries, 3);
}

}  // namespace
}  // namespace cardea::card
