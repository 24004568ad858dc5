// SPDX-License-Identifier: Apache-2.0
#include "core/card/slot.h"

#include <gtest/gtest.h>

#include "tests/support/fake_cryptoki.h"

namespace cardea::card {
namespace {

TEST(PaddedText, TrimsAndMakesHarmless) {
  EXPECT_EQ(padded_text(as_bytes("Card          ")), "Card");
  EXPECT_EQ(padded_text(as_bytes(std::string_view("Card\0\0garbage", 13))), "Card");
  EXPECT_EQ(padded_text(as_bytes("K\xc3\xa4rtchen")), "K\xc3\xa4rtchen");
  EXPECT_EQ(padded_text(as_bytes("red\x1b[31m\nline")), "red?[31m?line");
  EXPECT_EQ(padded_text(as_bytes("cut\xc3")), "cut?");
  EXPECT_EQ(padded_text({}), "");
}

TEST(TokenInfo, TellsThePinStateFromTheFlags) {
  TokenInfo token;
  EXPECT_EQ(token.pin().state, PinState::not_initialised);
  token.flags = CKF_USER_PIN_INITIALIZED;
  EXPECT_EQ(token.pin().state, PinState::ok);
  EXPECT_FALSE(token.pin().tries_left.has_value());
  token.flags |= CKF_USER_PIN_COUNT_LOW;
  EXPECT_EQ(token.pin().state, PinState::low);
  token.flags |= CKF_USER_PIN_FINAL_TRY;
  EXPECT_EQ(token.pin().state, PinState::last_try);
  EXPECT_EQ(token.pin().tries_left, 1);
  token.flags |= CKF_USER_PIN_LOCKED;
  EXPECT_EQ(token.pin().state, PinState::locked);
  EXPECT_EQ(token.pin().tries_left, 0);
}

TEST(TokenInfo, TakesAbsurdPinLimitsForNone) {
  test::FakeCryptoki fake;
  auto module = std::move(Pkcs11Module::from_functions(fake.functions())).value();
  fake.max_pin = 1000;
  EXPECT_EQ(read_token_info(*module, 0)->max_pin, 0);
  fake.max_pin = 8;
  fake.min_pin = 12;
  EXPECT_EQ(read_token_info(*module, 0)->min_pin, 0);
  EXPECT_EQ(read_token_info(*module, 0)->max_pin, 0);
}

TEST(TokenInfo, TellsAbsentFromBlank) {
  test::FakeCryptoki fake;
  auto module = std::move(Pkcs11Module::from_functions(fake.functions())).value();
  fake.force("C_GetTokenInfo", {CKR_TOKEN_NOT_RECOGNIZED});
  EXPECT_EQ(read_token_info(*module, 0).error(), Error::card_blank);
  fake.present = false;
  EXPECT_EQ(read_token_info(*module, 0).error(), Error::card_absent);
  EXPECT_FALSE(read_slot_info(*module, 0)->token_present);
}

}  // namespace
}  // namespace cardea::card
