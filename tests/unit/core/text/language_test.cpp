// SPDX-License-Identifier: Apache-2.0
#include "core/text/language.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace cardea::text {
namespace {

const Language kGerman = language_of("de");

TEST(Language, ALocaleNameChoosesItsLanguage) {
  ASSERT_NE(kGerman, kEnglish);
  for (const char* name : {"de", "de_DE", "de_AT.UTF-8", "de_DE@euro", "de-CH", "de.UTF-8"})
    EXPECT_EQ(language_of(name), kGerman) << name;
  for (const char* name : {"en", "en_US.UTF-8", "fr_FR", "den", "", "C", "POSIX", "C.UTF-8"})
    EXPECT_EQ(language_of(name), kEnglish) << name;
}

// What a stranger may put into LANG or send to the daemon: never more than English comes of it.
TEST(Language, WhatIsNoLocaleNameIsEnglish) {
  const std::string hostile[] = {"../../../../tmp/evil",
                                 "de/../../tmp",
                                 "de_DE/..",
                                 "/etc/passwd",
                                 "de_DE.UTF-8/x",
                                 "de..",
                                 "de_DE..x",
                                 "de\n",
                                 "de ",
                                 " de",
                                 "DE",
                                 "d",
                                 "deutsch",
                                 "de%s%n",
                                 "de_\xC3\x96",
                                 std::string("de\0_DE", 6),
                                 "d\xE9",
                                 "de$(id)",
                                 "de:en",
                                 std::string("de_") + std::string(kMaxLocaleName, 'A'),
                                 std::string(1 << 20, 'd')};
  for (const std::string& name : hostile) {
    EXPECT_FALSE(is_locale_name(name)) << name.substr(0, 40);
    EXPECT_EQ(language_of(name), kEnglish) << name.substr(0, 40);
  }
}

std::string wish(const std::map<std::string, std::string>& environment) {
  return std::string(wished_locale([&](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  }));
}

TEST(Language, TheVariablesCountInTheirOrder) {
  EXPECT_EQ(wish({}), "");
  EXPECT_EQ(wish({{"LANG", "de_DE.UTF-8"}}), "de_DE.UTF-8");
  EXPECT_EQ(wish({{"LANG", "de"}, {"LC_MESSAGES", "en_US"}}), "en_US");
  EXPECT_EQ(wish({{"LANG", "de"}, {"LC_MESSAGES", "en_US"}, {"LC_ALL", "C"}}), "C");
  EXPECT_EQ(wish({{"LANG", "de"}, {"LC_ALL", ""}}), "de");
}

TEST(Language, NothingButALocaleNameTravelsOn) {
  EXPECT_EQ(wish({{"LANG", "../../tmp/evil"}}), "C");
  EXPECT_EQ(wish({{"LANG", std::string(100'000, 'd')}}), "C");
  EXPECT_EQ(wish({{"LC_ALL", "\xFF"}, {"LANG", "de"}}), "C");
}

}  // namespace
}  // namespace cardea::text
