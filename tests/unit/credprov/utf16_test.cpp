// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/utf16.h"

#include <gtest/gtest.h>

namespace cardea::credprov {
namespace {

struct Pair {
  std::u16string_view utf16;
  std::string_view utf8;
};
constexpr Pair kPairs[] = {
    {u"", ""},
    {u"a", "a"},
    {u"\u007F\u0080\u07FF\u0800", "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80"},
    {u"Pässwörd", "Pässwörd"},
    {u"\uD7FF\uE000\uFFFF", "\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"},
    {u"\U00010000\U0001F511\U0010FFFF", "\U00010000\U0001F511\U0010FFFF"},
};

TEST(Utf16, BothWays) {
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(utf8_from_utf16(pair.utf16).value(), pair.utf8);
    EXPECT_EQ(secret_from_utf16(pair.utf16).value().expose_text(), pair.utf8);
    EXPECT_EQ(utf16_for_display(pair.utf8), pair.utf16);
    ASSERT_EQ(utf16_units(pair.utf8), pair.utf16.size());
    Bytes bytes(2 * pair.utf16.size());
    write_utf16(pair.utf8, bytes);
    for (std::size_t i = 0; i < pair.utf16.size(); ++i)
      EXPECT_EQ(bytes[2 * i] | bytes[2 * i + 1] << 8, pair.utf16[i]);
  }
}

TEST(Utf16, LoneSurrogatesAndNulAreNoText) {
  using namespace std::string_view_literals;
  const char16_t high[] = {u'a', 0xD800, 0};
  const char16_t high_before_other[] = {0xD83D, u'a', 0};
  const char16_t low[] = {0xDC00, u'a', 0};
  const char16_t swapped[] = {0xDD11, 0xD83D, 0};
  for (const std::u16string_view bad : {std::u16string_view(high), std::u16string_view(high_before_other),
                                        std::u16string_view(low), std::u16string_view(swapped), u"a\0b"sv}) {
    EXPECT_EQ(secret_from_utf16(bad).error(), Error::invalid_argument);
    EXPECT_EQ(utf8_from_utf16(bad).error(), Error::invalid_argument);
  }
}

TEST(Utf16, WhatIsNotUtf8HasNoUnits) {
  using namespace std::string_view_literals;
  for (const std::string_view bad :
       {"\xFF"sv, "a\xC3"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "a\0"sv})
    EXPECT_EQ(utf16_units(bad), kNotUtf8);
  EXPECT_EQ(utf16_for_display("a\xFFz"), u"a\uFFFDz");
}

}  // namespace
}  // namespace cardea::credprov
