// SPDX-License-Identifier: Apache-2.0
// The table of answers is tests/vectors/answer-normalisation.json (own_vectors_test.cpp).
#include "core/crypto/password_input.h"

#include <gtest/gtest.h>

namespace cardea::crypto {
namespace {

TEST(PasswordInput, PasswordIsTakenAsTyped) {
  EXPECT_EQ(password_input(as_bytes("  Pass\tword ")).value().expose_text(), "  Pass\tword ");
  EXPECT_FALSE(password_input({}).ok());
  EXPECT_FALSE(password_input(as_bytes("\xff")).ok());
  EXPECT_TRUE(password_input(Bytes(kMaxPassword, 'x')).ok());
  EXPECT_FALSE(password_input(Bytes(kMaxPassword + 1, 'x')).ok());
}

TEST(PasswordInput, PasswordAndAnswerDoNotFlowTogether) {
  const auto input = [](std::string_view password, std::string_view answer) {
    return to_hex(password_and_answer_input(as_bytes(password), as_bytes(answer)).value().expose());
  };
  EXPECT_EQ(input("pw", "  Rex "),
            "00027077"
            "0003726578");
  EXPECT_NE(input("pwr", "ex"), input("pw", "rex"));
  EXPECT_FALSE(password_and_answer_input(as_bytes("pw"), as_bytes("  ")).ok());
  EXPECT_FALSE(password_and_answer_input({}, as_bytes("rex")).ok());
}

TEST(PasswordInput, HostileAnswers) {
  EXPECT_FALSE(normalise_answer(as_bytes("\xc0\x80")).ok());          // overlong zero
  EXPECT_FALSE(normalise_answer(as_bytes("\xed\xa0\x80")).ok());      // surrogate
  EXPECT_FALSE(normalise_answer(as_bytes("\xf4\x90\x80\x80")).ok());  // over U+10FFFF
  EXPECT_FALSE(normalise_answer(as_bytes("abc\xe2\x82")).ok());       // cut off
  EXPECT_FALSE(normalise_answer(Bytes(kMaxAnswer + 1, 'x')).ok());
  EXPECT_TRUE(normalise_answer(Bytes(kMaxAnswer, 'x')).ok());
  std::string growing;  // U+FDFA becomes 18 characters: small going in, too long coming out
  while (growing.size() + 3 <= kMaxAnswer)
    growing += "\xef\xb7\xba";
  EXPECT_EQ(normalise_answer(as_bytes(growing)).error(), Error::invalid_argument);
  std::string marks = "a";  // a long run of combining marks in the wrong order
  while (marks.size() + 4 <= kMaxAnswer)
    marks += "\xcc\x81\xcc\xa3";
  const auto once = normalise_answer(as_bytes(marks));
  ASSERT_TRUE(once.ok());
  EXPECT_TRUE(normalise_answer(once->expose()).value() == *once);  // and doing it twice changes nothing
}

}  // namespace
}  // namespace cardea::crypto
