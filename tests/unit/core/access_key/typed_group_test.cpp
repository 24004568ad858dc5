// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/access_key/grouped_code.h"
#include "core/base/random.h"

namespace cardea::access_key {
namespace {

class TypedGroup : public testing::Test {
 protected:
  std::string group(std::size_t number) const { return text_.substr((number - 1) * 6, 5); }
  bool is_group(std::size_t number, std::string_view typed) const {
    return is_group_of(secret_.expose(), number, as_bytes(typed));
  }
  SystemRandom random_;
  const SecretArray<20> secret_ = random_.secret<20>();
  const std::string text_{format_groups(secret_.expose()).expose_text()};
};

TEST_F(TypedGroup, EachGroupIsItselfAndNoOther) {
  for (std::size_t number = 1; number <= 8; ++number) {
    for (std::size_t typed = 1; typed <= 8; ++typed)
      EXPECT_EQ(is_group(number, group(typed)), number == typed) << number << " " << typed;
  }
}

TEST_F(TypedGroup, ReadsWhatPeopleTypeForIt) {
  std::string small = group(3);
  for (char& c : small)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_TRUE(is_group(3, small));
  EXPECT_TRUE(is_group(3, " " + group(3).substr(0, 2) + "-" + group(3).substr(2) + "\n"));
  std::string letters = group(3);
  for (char& c : letters)
    c = c == '0' ? 'O' : c == '1' ? 'l' : c;
  EXPECT_TRUE(is_group(3, letters));
}

TEST_F(TypedGroup, NothingElseIsOne) {
  for (const std::string& typed :
       {std::string(), group(1).substr(1), group(1) + group(1).substr(0, 1), text_, group(1) + "-" + group(2),
        std::string("\xff\xff\xff\xff\xff"), std::string(5, '\0'), std::string(300, 'A')}) {
    EXPECT_FALSE(is_group(1, typed)) << typed;
  }
  EXPECT_FALSE(is_group(0, group(1)));
  EXPECT_FALSE(is_group(9, group(8)));
}

TEST_F(TypedGroup, AnyOneWrongSymbolIsNoticed) {
  for (std::size_t i = 0; i < 5; ++i) {
    std::string wrong = group(5);
    wrong[i] = wrong[i] == '7' ? '8' : '7';
    EXPECT_FALSE(is_group(5, wrong)) << i;
  }
}

TEST_F(TypedGroup, WhoIsStillTypingHearsOfCompleteGroupsOnly) {
  // Not a random one: what is wrong as typed may be right on another keyboard.
  const Bytes secret = from_hex("00112233445566778899aabbccddeeff01234567").value();
  const std::string text(format_groups(secret).expose_text());
  for (std::size_t size = 0; size <= text.size(); ++size)
    EXPECT_EQ(mistyped_so_far(as_bytes(text.substr(0, size)), 8), 0) << size;
  std::string typed = text;
  typed[13] = typed[13] == 'A' ? 'B' : 'A';  // in group 3
  EXPECT_EQ(mistyped_so_far(as_bytes(typed.substr(0, 16)), 8), 0);
  for (std::size_t size = 17; size <= typed.size(); ++size)
    EXPECT_EQ(mistyped_so_far(as_bytes(typed.substr(0, size)), 8), 3) << size;
  EXPECT_EQ(mistyped_so_far(as_bytes(text.substr(0, 6) + "€"), 8), 2);  // no symbol: nothing can mend it
  EXPECT_EQ(mistyped_so_far(as_bytes(text + "A"), 8), 8);
  EXPECT_EQ(mistyped_so_far(as_bytes(std::string(kMaxTypedBytes + 1, '-')), 8), 8);
}

}  // namespace
}  // namespace cardea::access_key
