// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/portable/normalise.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/crypto/portable/unicode_tables.h"

namespace cardea::crypto::portable {
namespace {

// Hangul syllables are calculated (The Unicode Standard, section 3.12).
constexpr char32_t kSyllables = 0xac00, kLeading = 0x1100, kVowels = 0x1161, kTrailing = 0x11a7;
constexpr char32_t kLeadingCount = 19, kVowelCount = 21, kTrailingCount = 28;
constexpr char32_t kSyllableCount = kLeadingCount * kVowelCount * kTrailingCount;

using Points = std::vector<char32_t>;
using Mappings = std::span<const Mapping>;

bool is_syllable(char32_t point) { return point - kSyllables < kSyllableCount; }

const ClassRange* range_of(std::span<const ClassRange> ranges, char32_t point) {
  const auto after = std::ranges::upper_bound(ranges, point, {}, &ClassRange::first);
  if (after == ranges.begin() || std::prev(after)->last < point) return nullptr;
  return &*std::prev(after);
}

std::uint8_t combining_class(char32_t point) {
  const ClassRange* const range = range_of(kCombiningClasses, point);
  return range == nullptr ? 0 : range->combining_class;
}

// Calls `put` for each code point that `point` becomes.
template <typename Put>
void expand(Mappings mappings, char32_t point, Put put) {
  if (is_syllable(point)) {
    const char32_t index = point - kSyllables;
    put(kLeading + index / (kVowelCount * kTrailingCount));
    put(kVowels + index / kTrailingCount % kVowelCount);
    if (index % kTrailingCount != 0) put(kTrailing + index % kTrailingCount);
    return;
  }
  const auto found = std::ranges::lower_bound(mappings, point, {}, &Mapping::point);
  if (found == mappings.end() || found->point != point) {
    put(point);
    return;
  }
  for (const char32_t part : kSequences.subspan(found->offset, found->length))
    put(part);
}

CodePoints decompose(Mappings mappings, const Points& in) {
  std::size_t size = 0;
  for (const char32_t point : in)
    expand(mappings, point, [&](char32_t) { ++size; });
  CodePoints out(size);
  auto at = out.get().begin();
  for (const char32_t point : in)
    expand(mappings, point, [&](char32_t part) { *at++ = part; });
  return out;
}

// Canonical ordering: combining marks by class, those of one class as they stand. By insertion, in the place:
// a library's sort may leave a copy behind.
void order(Points& points) {
  for (std::size_t i = 1; i < points.size(); ++i) {
    const char32_t point = points[i];
    const std::uint8_t mark = combining_class(point);
    std::size_t to = i;
    for (; mark != 0 && to > 0 && combining_class(points[to - 1]) > mark; --to)
      points[to] = points[to - 1];
    points[to] = point;
  }
}

// The composite of a starter and what follows it, or 0.
char32_t composed(char32_t first, char32_t second) {
  if (first - kLeading < kLeadingCount && second - kVowels < kVowelCount)
    return kSyllables + ((first - kLeading) * kVowelCount + (second - kVowels)) * kTrailingCount;
  if (is_syllable(first) && (first - kSyllables) % kTrailingCount == 0 && second > kTrailing &&
      second < kTrailing + kTrailingCount)
    return first + (second - kTrailing);
  const auto found = std::ranges::lower_bound(kComposed, std::pair(first, second), {}, [](const Pair& pair) {
    return std::pair(pair.first, pair.second);
  });
  const bool same = found != kComposed.end() && found->first == first && found->second == second;
  return same ? found->composed : 0;
}

// Canonical composition (UAX #15, D117), in the place. A mark is blocked from the starter by one of its own
// class or above between them.
void compose(Points& points) {
  std::size_t size = 0;
  std::size_t starter = points.size();  // none yet
  std::uint8_t last = 0;
  for (const char32_t point : points) {
    const std::uint8_t mark = combining_class(point);
    const bool adjacent = starter + 1 == size;
    if (starter < size && (adjacent || last < mark)) {
      if (const char32_t whole = composed(points[starter], point); whole != 0) {
        points[starter] = whole;
        continue;
      }
    }
    if (mark == 0) starter = size;
    last = mark;
    points[size++] = point;
  }
  wipe(points.data() + size, (points.size() - size) * sizeof(char32_t));
  points.resize(size);
}

CodePoints transform(Mappings mappings, const Points& in) {
  CodePoints out = decompose(mappings, in);
  order(out.get());
  compose(out.get());
  return out;
}

// A valid sequence.
char32_t decode(std::string_view sequence) {
  const auto at = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(sequence[i]));
  };
  if (sequence.size() == 1) return at(0);
  char32_t point = at(0) & (0x7fU >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i)
    point = point << 6 | (at(i) & 0x3fU);
  return point;
}

std::size_t encoded_size(char32_t point) {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

void encode(char32_t point, MutableBytes out) {
  if (out.size() == 1) {
    out[0] = static_cast<std::uint8_t>(point);
    return;
  }
  for (std::size_t i = out.size(); i-- > 1; point >>= 6)
    out[i] = static_cast<std::uint8_t>(0x80 | (point & 0x3f));
  out[0] = static_cast<std::uint8_t>((0xf00U >> out.size()) | point);
}

}  // namespace

Result<CodePoints> decode_utf8(ByteView text) {
  const std::string_view whole = as_text(text);
  if (!is_valid_utf8(whole)) return Error::invalid_argument;
  const auto continues = [](std::uint8_t byte) { return (byte & 0xc0) == 0x80; };
  CodePoints out(text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues)));
  std::string_view rest = whole;
  for (char32_t& point : out.get()) {
    const std::string_view sequence = rest.substr(0, utf8_sequence(rest));
    rest.remove_prefix(sequence.size());
    point = decode(sequence);
    if (range_of(kAssigned, point) == nullptr) return Error::invalid_argument;
  }
  return out;
}

SecretBytes encode_utf8(const CodePoints& points) {
  std::size_t size = 0;
  for (const char32_t point : points.get())
    size += encoded_size(point);
  SecretBytes out(size);
  MutableBytes rest = out.expose_mutable();
  for (const char32_t point : points.get()) {
    const std::size_t length = encoded_size(point);
    encode(point, rest.first(length));
    rest = rest.subspan(length);
  }
  return out;
}

CodePoints nfkc(const CodePoints& points) { return transform(kCompatible, points.get()); }
CodePoints nfkc_fold(const CodePoints& points) { return transform(kFolded, points.get()); }

}  // namespace cardea::crypto::portable
