// SPDX-License-Identifier: Apache-2.0
// What is accepted as an access key, against vectors made by another program, and how mistakes are named.
#include "core/access_key/typed_form.h"

#include <gtest/gtest.h>

#include "tests/unit/core/access_key/vectors.h"

namespace cardea::access_key {
namespace {

using Poco::JSON::Object;

constexpr std::string_view kTyped = "QBZM7-G8SQ6-E95VZ-R6M9W-EJ4DG-F9T0Q";  // first chain, root

Result<AccessKey> parse(std::string_view text) { return parse_access_key(as_bytes(text)); }

int named_group(std::string_view text) {
  const auto parsed = parse(text);
  if (parsed.ok()) return -1;
  EXPECT_EQ(parsed.error(), Error::access_key_mistyped) << text;
  return mistyped_group(parsed.failure());
}

TEST(TypedForm, VectorsBothWays) {
  const int count = for_each_vector(read_vectors(), "forms", [](const Object& vector) {
    const AccessKey key(bytes_of<15>(vector, "secret"));
    EXPECT_EQ(format_access_key(key).expose_text(), text_of(vector, "typed"));
    EXPECT_EQ(parse(text_of(vector, "typed")).value(), key);
  });
  EXPECT_EQ(count, 44);
}

TEST(TypedForm, EveryReadingOfTheVectors) {
  for_each_vector(read_vectors(), "forms", [](const Object& vector) {
    const AccessKey key(bytes_of<15>(vector, "secret"));
    const auto readings = vector.getObject("readings");
    EXPECT_EQ(readings->size(), 11u);
    for (const auto& [name, text] : *readings) {
      const auto parsed = parse(text.toString());
      ASSERT_TRUE(parsed.ok()) << name << ": " << text.toString();
      EXPECT_EQ(*parsed, key) << name << ": " << text.toString();
    }
  });
}

TEST(TypedForm, SheetCodesHaveEightGroups) {
  for_each_vector(read_vectors(), "sheets", [](const Object& vector) {
    const auto secret = bytes_of<20>(vector, "secret");
    EXPECT_EQ(format_groups(secret).expose_text(), text_of(vector, "typed"));
    EXPECT_EQ(to_hex(parse_groups(as_bytes(text_of(vector, "typed")), 8).value().expose()), to_hex(secret));
    EXPECT_FALSE(parse(text_of(vector, "typed")).ok());
  });
}

TEST(TypedForm, SeparatorsMayStandAnywhere) {
  std::string text(kTyped);
  std::erase(text, '-');
  for (std::size_t i = 0; i <= text.size(); ++i) {
    std::string spread = text;
    spread.insert(i, " - \t");
    EXPECT_TRUE(parse(spread).ok()) << spread;
  }
}

TEST(TypedForm, NamesTheGroupOfAWrongLength) {
  EXPECT_EQ(named_group("QBZM7-G8SQ6-E95V-R6M9W-EJ4DG-F9T0Q"), 3);
  EXPECT_EQ(named_group("QBZM7-G8SQ6-E95VZZ-R6M9W-EJ4DG-F9T0Q"), 3);
  EXPECT_EQ(named_group("QBZM7G8SQ6E95VZR6M9WEJ4DGF9T0"), 6);
  EXPECT_EQ(named_group("QBZM7G8SQ6E95VZR6M9WEJ4DGF9T0Q0"), 6);
  EXPECT_EQ(named_group("QBZM7-G8SQ6-E95VZ"), 4);
  EXPECT_EQ(named_group(""), 1);
  EXPECT_EQ(named_group("----"), 1);
}

TEST(TypedForm, NamesTheFirstGroupOfSeveral) {
  EXPECT_EQ(named_group("QBZM7-G8SQ7-E95VZ-R6M9X-EJ4DG-F9T0Q"), 2);
}

TEST(TypedForm, ForeignCharactersAreMistakesOfTheirGroup) {
  EXPECT_EQ(named_group("UBZM7-G8SQ6-E95VZ-R6M9W-EJ4DG-F9T0Q"), 1);
  EXPECT_EQ(named_group("QBZM7-G8S\u20ac6-E95VZ-R6M9W-EJ4DG-F9T0Q"), 2);
  EXPECT_EQ(named_group("QBZM7-G8SQ6-E95VZ-R6M9W-EJ4DG-F9T0\xff"), 6);
  EXPECT_EQ(named_group(std::string_view("QBZM7-G8SQ6-\0"
                                         "95VZ-R6M9W-EJ4DG-F9T0Q",
                                         35)),
            3);
}

TEST(TypedForm, GroupsBelongToTheirPlace) {
  EXPECT_EQ(named_group("G8SQ6-QBZM7-E95VZ-R6M9W-EJ4DG-F9T0Q"), 1);
  EXPECT_EQ(named_group("QBZM7-G8SQ6-E95VZ-R6M9W-F9T0Q-EJ4DG"), 5);
}

TEST(TypedForm, OverlongInputIsNotLookedAt) {
  std::string text(kTyped);
  text.append(kMaxTypedBytes - text.size(), ' ');
  EXPECT_TRUE(parse(text).ok());
  text.push_back(' ');
  EXPECT_EQ(named_group(text), 6);
}

TEST(TypedForm, OtherFailuresNameNoGroup) {
  EXPECT_EQ(mistyped_group(fail(Error::access_key_wrong, "group-3")), 0);
  EXPECT_EQ(mistyped_group(fail(Error::access_key_mistyped)), 0);
  EXPECT_EQ(mistyped_group(fail(Error::access_key_mistyped, "group-x")), 0);
}

TEST(TypedForm, OddNumbersOfGroupsAreABug) {
  EXPECT_EQ(parse_groups(as_bytes(kTyped), 5).error(), Error::invalid_argument);
  EXPECT_EQ(parse_groups(as_bytes(kTyped), 0).error(), Error::invalid_argument);
  EXPECT_EQ(parse_groups(as_bytes(kTyped), 18).error(), Error::invalid_argument);
}

TEST(TypedForm, EverySymbolHasAWord) {
  std::vector<std::string_view> words;
  for (const char symbol : kAlphabet)
    words.push_back(spelling_word(symbol));
  EXPECT_EQ(words[0], "zero");
  EXPECT_EQ(words[10], "Alfa");
  EXPECT_EQ(words[18], "Juliett");
  EXPECT_EQ(words[27], "Victor");
  EXPECT_EQ(words[31], "Zulu");
  for (std::size_t i = 10; i < words.size(); ++i)
    EXPECT_EQ(words[i][0], kAlphabet[i]);
  EXPECT_TRUE(spelling_word('U').empty());
}

}  // namespace
}  // namespace cardea::access_key
