// SPDX-License-Identifier: Apache-2.0
#include "core/text/catalogue.h"

#include <gtest/gtest.h>

#include "core/text/catalogue_data.h"

namespace cardea::text {
namespace {

const Language kGerman = language_of("de");

TEST(Catalogue, GivesTheTextInTheLanguage) {
  EXPECT_EQ(translate(kGerman, "Wrong PIN."), "Falsche PIN.");
  EXPECT_EQ(translate(kEnglish, "Wrong PIN."), "Wrong PIN.");
  EXPECT_TRUE(is_translated(kGerman, "Wrong PIN."));
  EXPECT_FALSE(is_translated(kEnglish, "Wrong PIN."));
}

TEST(Catalogue, WhatIsNotInItStaysEnglish) {
  for (const char* text : {"", "Wrong PIN", "wrong pin.", "no such text", "\xFF"}) {
    if (is_translated(kGerman, text)) continue;  // “Wrong PIN” without its full stop is a text, too
    EXPECT_EQ(translate(kGerman, text), text);
  }
  EXPECT_EQ(translate(kGerman, "no such text"), "no such text");
  EXPECT_FALSE(is_translated(kGerman, ""));
  EXPECT_EQ(translate(Language{200}, "Wrong PIN."), "Wrong PIN.");  // a number that nobody has
}

TEST(Catalogue, EveryEntryIsFoundByItsEnglishText) {
  ASSERT_GE(kLanguageCount, 1u);
  for (std::size_t i = 0; i < kLanguageCount; ++i) {
    const LanguageData& data = kLanguages[i];
    EXPECT_GE(data.entry_count, 300u) << data.code;
    for (std::size_t j = 0; j < data.entry_count; ++j) {
      const CatalogueEntry& entry = data.entries[j];
      const std::string_view id(data.texts + entry.id, entry.id_size);
      EXPECT_TRUE(is_translated(Language{static_cast<std::uint8_t>(i + 1)}, id)) << id;
    }
  }
}

TEST(Catalogue, APluralHasTheFormOfItsNumber) {
  const auto records = [](Language language, unsigned long n) {
    return spoken_n(language, "%1 record.", "%1 records.", n, {std::to_string(n)});
  };
  EXPECT_EQ(records(kEnglish, 1), "1 record.");
  EXPECT_EQ(records(kEnglish, 0), "0 records.");
  EXPECT_EQ(records(kGerman, 1), "1 Datensatz.");
  EXPECT_EQ(records(kGerman, 2), "2 Datensätze.");
}

TEST(Catalogue, ArgumentsTakeTheirPlaces) {
  EXPECT_EQ(fill("%2 before %1", {"a", "b"}), "b before a");
  EXPECT_EQ(fill("%1%1", {"x"}), "xx");
  EXPECT_EQ(fill("100 %", {"x"}), "100 %");
  EXPECT_EQ(fill("%", {}), "%");
  EXPECT_EQ(fill("%3 %0 %x", {"a"}), "%3 %0 %x");
  EXPECT_EQ(fill("", {"a"}), "");
}

// A card's label is a stranger's text: what looks like a place in it is none.
TEST(Catalogue, AnArgumentIsNeverFilledItself) {
  EXPECT_EQ(fill("%1 and %2", {"%2", "secret"}), "%2 and secret");
  EXPECT_EQ(fill("PIN for card “%1”: ", {"%n%s%1"}), "PIN for card “%n%s%1”: ");
}

}  // namespace
}  // namespace cardea::text
