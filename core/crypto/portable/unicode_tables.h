// SPDX-License-Identifier: Apache-2.0
// What normalise.cpp looks up. The tables themselves are written while building, by unicode_tables.py from
// Debian's unicode-data, and are of the version of Unicode that this package has. Each is sorted by its first
// member.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cardea::crypto::portable {

struct ClassRange {
  char32_t first, last;
  std::uint8_t combining_class;
};
struct Mapping {
  char32_t point;
  std::uint16_t offset, length;  // in kSequences
};
struct Pair {
  char32_t first, second, composed;
};

extern const std::string_view kUnicodeVersion;               // "15.0"
extern const std::span<const ClassRange> kAssigned;          // the class is not used
extern const std::span<const ClassRange> kCombiningClasses;  // all others have class 0
extern const std::span<const char32_t> kSequences;
// Decompositions to the end, by compatibility; without Hangul, which is calculated.
extern const std::span<const Mapping> kCompatible;
// The same after full case folding (CaseFolding.txt, C and F).
extern const std::span<const Mapping> kFolded;
extern const std::span<const Pair> kComposed;  // by first and second; primary composites, without Hangul

}  // namespace cardea::crypto::portable
