// SPDX-License-Identifier: Apache-2.0
// portable/normalise.h against NormalizationTest.txt of the Unicode Character Database (UAX #15), which the
// build unpacks.
#include "core/crypto/portable/normalise.h"

#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "core/crypto/portable/unicode_tables.h"

namespace cardea::crypto::portable {
namespace {

CodePoints points_of(const std::vector<char32_t>& points) {
  CodePoints out(points.size());
  out.get() = points;
  return out;
}

std::vector<char32_t> read_points(const std::string& text) {
  std::vector<char32_t> out;
  std::istringstream words(text);
  for (std::string word; words >> word;)
    out.push_back(static_cast<char32_t>(std::stoul(word, nullptr, 16)));
  return out;
}

TEST(Normalise, NormalizationTest) {
  std::ifstream file(CARDEA_NORMALIZATION_TEST);
  ASSERT_TRUE(file);
  std::set<char32_t> listed;
  std::size_t count = 0;
  bool alone = false;  // part 1 lists single code points
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("@")) alone = line.starts_with("@Part1");
    if (line.empty() || line[0] == '#' || line[0] == '@') continue;
    std::vector<std::vector<char32_t>> columns;
    std::istringstream rest(line);
    for (std::string column; columns.size() < 5 && std::getline(rest, column, ';');)
      columns.push_back(read_points(column));
    ASSERT_EQ(columns.size(), 5u) << line;
    for (const auto& column : columns)
      ASSERT_EQ(nfkc(points_of(column)).get(), columns[3]) << line;
    if (alone) listed.insert(columns[0].at(0));
    ++count;
  }
  EXPECT_GT(count, 18'000u);
  EXPECT_GT(listed.size(), 16'000u);
  for (char32_t point = 0; point < 0x110000; ++point) {
    if (listed.contains(point)) continue;
    ASSERT_EQ(nfkc(points_of({point})).get(), std::vector<char32_t>{point})
        << std::hex << std::uint32_t{point};
  }
}

TEST(Normalise, Utf8ThereAndBack) {
  for (const char32_t point :
       {U'\0', U'\x7f', U'\x80', U'\u07ff', U'\u0800', U'\uffee', U'\U00010000', U'\U0010fffd'}) {
    const SecretBytes text = encode_utf8(points_of({point, 'a'}));
    EXPECT_EQ(decode_utf8(text.expose()).value().get(), (std::vector<char32_t>{point, 'a'}));
  }
  for (const std::string_view bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82", "\x80"})
    EXPECT_EQ(decode_utf8(as_bytes(bad)).error(), Error::invalid_argument);
}

TEST(Normalise, RefusesWhatIsNotAssigned) {
  EXPECT_FALSE(decode_utf8(as_bytes("\xcd\xb8")).ok());          // U+0378, not yet assigned
  EXPECT_FALSE(decode_utf8(as_bytes("\xef\xbf\xbf")).ok());      // U+FFFF, never
  EXPECT_TRUE(decode_utf8(as_bytes("\xee\x80\x80")).ok());       // U+E000, private use
  EXPECT_TRUE(decode_utf8(as_bytes("\xf0\xaa\x9b\x9f")).ok());   // U+2A6DF, last of its range
  EXPECT_FALSE(decode_utf8(as_bytes("\xf0\xaa\x9b\xa0")).ok());  // and the one behind it
}

}  // namespace
}  // namespace cardea::crypto::portable
