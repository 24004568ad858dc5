// SPDX-License-Identifier: Apache-2.0
// Answers in both back ends: the same bytes, the same refusals.
#include "tests/unit/core/crypto/back_ends.h"

namespace cardea::test {
namespace {

Bytes utf8(char32_t point) {
  if (point < 0x80) return {static_cast<std::uint8_t>(point)};
  const auto rest = [&](int shift) { return static_cast<std::uint8_t>(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x800) return {static_cast<std::uint8_t>(0xc0 | (point >> 6)), rest(0)};
  if (point < 0x10000) return {static_cast<std::uint8_t>(0xe0 | (point >> 12)), rest(6), rest(0)};
  return {static_cast<std::uint8_t>(0xf0 | (point >> 18)), rest(12), rest(6), rest(0)};
}

// A block of code points between digits, which combine with nothing: where all are accepted. Otherwise one by
// one, so that it is seen which are. utf8proc 2.8 and unicode-data of Debian 12 are both of Unicode 15.0;
// with packages of different versions this test tells which code points are assigned in one only.
TEST(BackEnds, EachCodePoint) {
  std::vector<char32_t> accepted;
  for (char32_t first = 0; first < 0x110000; first += 64) {
    Bytes block;
    for (char32_t point = first; point < first + 64; ++point) {
      const Bytes one = utf8(point);
      block.push_back('1');
      block.insert(block.end(), one.begin(), one.end());
    }
    const bool all = both("fold_text", {block}).ok();
    for (char32_t point = first; point < first + 64; ++point) {
      if (all || both("fold_text", {utf8(point)}).ok()) accepted.push_back(point);
    }
  }
  EXPECT_GT(accepted.size(), 280'000u);
  // In front of a letter with two marks, and behind one.
  for (std::size_t i = 0; i < accepted.size(); i += 31) {
    Bytes around = text("A\u0323\u0301");
    const Bytes one = utf8(accepted[i]);
    around.insert(around.begin(), one.begin(), one.end());
    around.insert(around.end(), one.begin(), one.end());
    both("fold_text", {around});
  }
}

// Strings of what composes, folds, reorders and decomposes, much of it hostile.
TEST(BackEnds, DrawnTexts) {
  Draws draws;
  const std::pair<char32_t, char32_t> ranges[] = {
      {0x00, 0x7f},      {0xa0, 0x24f},      {0x300, 0x36f},     {0x370, 0x3ff},     {0x400, 0x52f},
      {0x590, 0x6ff},    {0x900, 0x9ff},     {0xe00, 0xfff},     {0x1100, 0x11ff},   {0x13a0, 0x13ff},
      {0x1ab0, 0x1aff},  {0x1dc0, 0x1fff},   {0x2000, 0x206f},   {0x20d0, 0x20ff},   {0x2100, 0x218f},
      {0x3040, 0x30ff},  {0xab70, 0xabbf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfb00, 0xfdff},
      {0xff00, 0xffef},  {0x110a0, 0x110ff}, {0x1d100, 0x1d1ff}, {0x1d400, 0x1d7ff}, {0x1e900, 0x1e95f},
      {0x2f800, 0x2fa1f}};
  std::size_t accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes string;
    for (std::size_t left = 1 + draws.below(12); left > 0; --left) {
      const auto& [first, last] = ranges[draws.below(std::size(ranges))];
      const Bytes one = utf8(first + static_cast<char32_t>(draws.below(last - first + 1)));
      string.insert(string.end(), one.begin(), one.end());
    }
    if (draws.below(20) == 0) string[draws.below(string.size())] ^= 0x80;
    accepted += both("fold_text", {string}).ok() ? 1 : 0;
  }
  EXPECT_GT(accepted, 4'000u);
  EXPECT_LT(accepted, 19'000u);
  both("fold_text", {Bytes(65537, 'a')});
  Bytes marks;
  for (int i = 0; i < 500; ++i) {
    const Bytes one = utf8(0x300 + static_cast<char32_t>(draws.below(0x70)));
    marks.insert(marks.end(), one.begin(), one.end());
  }
  EXPECT_TRUE(both("fold_text", {marks}).ok());
}

}  // namespace
}  // namespace cardea::test
