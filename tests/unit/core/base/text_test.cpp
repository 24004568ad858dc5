// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"

#include <gtest/gtest.h>

namespace cardea {
namespace {

TEST(Text, Utf8IsStrict) {
  for (const std::string_view good :
       {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
  }
  for (const std::string_view bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "a\xc3(",
        "\xe2(\xa1"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
  }
}

TEST(Text, PrintableHasNoControls) {
  EXPECT_TRUE(is_printable_text("Zürich 😀"));
  for (const std::string_view bad : {"a\nb", "\x1b[31m", "\x7f", "tab\t",
                                     "\xc2\x9b"
                                     "31m",
                                     "\xff"})
    EXPECT_FALSE(is_printable_text(bad));
  EXPECT_FALSE(is_printable_text(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_printable_text("\xc2\xa0"));
}

TEST(Text, AccountNames) {
  for (const std::string_view good : {"a", "anna", "a.b@c-d_e", "0", "_x"})
    EXPECT_TRUE(is_account_name(good)) << good;
  EXPECT_TRUE(is_account_name(std::string(64, 'a')));
  EXPECT_FALSE(is_account_name(std::string(65, 'a')));
  for (const std::string_view bad :
       {"", "-a", ".a", "a b", "a/b", "../x", "a\n", "a:b", "ä", "a;b", "$(x)", "a\\"}) {
    EXPECT_FALSE(is_account_name(bad)) << bad;
  }
}

// A name with a newline must not be able to forge a line.
TEST(Text, LogEscapes) {
  EXPECT_EQ(escape_for_log("anna@host"), "anna@host");
  EXPECT_EQ(escape_for_log(""), "\"\"");
  EXPECT_EQ(escape_for_log("a b"), "\"a b\"");
  EXPECT_EQ(escape_for_log("x\n<3>granted"), "\"x\\x0a<3>granted\"");
  EXPECT_EQ(escape_for_log("\"\\"), "\"\\x22\\x5c\"");
  EXPECT_EQ(escape_for_log("\xc3\xa9"), "\"\\xc3\\xa9\"");
}

TEST(Text, Decimal) {
  EXPECT_EQ(parse_decimal("0"), 0u);
  EXPECT_EQ(parse_decimal("18446744073709551615"), UINT64_MAX);
  for (const std::string_view bad : {"", "18446744073709551616", "99999999999999999999", "-1", "+1", " 1",
                                     "1 ", "0x1", "1.0", "100000000000000000000"}) {
    EXPECT_FALSE(parse_decimal(bad).has_value()) << bad;
  }
}

TEST(Text, TrimAndSplit) {
  EXPECT_EQ(trim(" \t a b \t"), "a b");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
}

TEST(Text, Times) {
  EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_utc(951782400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(format_utc(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(format_utc(4107542399), "2100-02-28T23:59:59Z");
  EXPECT_EQ(format_utc(4107542400), "2100-03-01T00:00:00Z");  // 2100 is no leap year
  EXPECT_EQ(format_wait(-5), "0 s");
  EXPECT_EQ(format_wait(99), "99 s");
  EXPECT_EQ(format_wait(100), "2 min");
  EXPECT_EQ(format_wait(3600), "1 h");
  EXPECT_EQ(format_wait(3601), "2 h");
}

}  // namespace
}  // namespace cardea
