// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>

#include "credprov/model/locale_name.h"
#include "credprov/model/logon_result.h"

namespace cardea::credprov {
namespace {

TEST(LocaleName, IsOfThePosixForm) {
  EXPECT_EQ(posix_locale("de"), "de.UTF-8");
  EXPECT_EQ(posix_locale("de-AT"), "de_AT.UTF-8");
  EXPECT_EQ(posix_locale("sr-Latn-RS"), "sr_RS.UTF-8@latin");
  EXPECT_EQ(posix_locale("zh-Hans-CN"), "zh_CN.UTF-8");
  for (const char* bad : {"", "-", "d", "de/AT", "../etc", "de-AT-\n"})
    EXPECT_FALSE(posix_locale(bad).find('/') != std::string::npos ||
                 posix_locale(bad).find('\n') != std::string::npos);
  EXPECT_EQ(posix_locale(""), "C");
  EXPECT_EQ(posix_locale("../etc"), "C");
  EXPECT_EQ(posix_locale(std::string(65, 'd')), "C");
}

TEST(LogonResult, SubstatusIsTheReason) {
  EXPECT_EQ(logon_result(0, 0), LogonResult::accepted);
  EXPECT_EQ(logon_result(0xC000006D, 0), LogonResult::wrong_password);
  EXPECT_EQ(logon_result(0xC000006D, 0xC000006A), LogonResult::wrong_password);
  EXPECT_EQ(logon_result(0xC000006E, 0xC0000072), LogonResult::disabled);
  EXPECT_EQ(logon_result(0xC000006E, 0xC0000071), LogonResult::password_expired);
  EXPECT_EQ(logon_result(0xC0000234, 0), LogonResult::locked_out);
  EXPECT_EQ(logon_result(0xC0000193, 0), LogonResult::expired);
  EXPECT_EQ(logon_result(0xC0000123, 0), LogonResult::other);
  EXPECT_EQ(logon_result(0xC0000123, 0xC0000234), LogonResult::locked_out);
}

TEST(LogonResult, EachHasATextOfItsOwn) {
  std::set<std::string> texts;
  for (const LogonResult result :
       {LogonResult::locked_out, LogonResult::disabled, LogonResult::expired, LogonResult::password_expired,
        LogonResult::not_now, LogonResult::no_server, LogonResult::other}) {
    texts.insert(logon_result_text(text::kEnglish, result, 0xC0000123));
  }
  EXPECT_EQ(texts.size(), 7u);
  EXPECT_TRUE(texts.contains("Windows did not accept the logon (0xC0000123)."));
}

}  // namespace
}  // namespace cardea::credprov
