// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/unicode.h"

#include "core/crypto/portable/normalise.h"

namespace cardea::crypto {
namespace {

using portable::CodePoints;

// White_Space of Unicode as far as NFKC has not made it U+0020 already (docs/spec/opaque.md).
constexpr bool is_white_space(char32_t point) {
  return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0x1680 ||
         point == 0x2028 || point == 0x2029;
}

// Category Cc, for ever: Unicode's stability policy.
constexpr bool is_control(char32_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

// Collapses white space in the place and refuses the other control characters.
Status collapse(CodePoints& text) {
  auto& points = text.get();
  std::size_t size = 0;
  bool blank = false;
  for (const char32_t point : points) {
    if (is_white_space(point)) {
      blank = size > 0;
      continue;
    }
    if (is_control(point)) return Error::invalid_argument;
    if (blank) points[size++] = ' ';
    blank = false;
    points[size++] = point;
  }
  wipe(points.data() + size, (points.size() - size) * sizeof(char32_t));
  points.resize(size);
  return {};
}

}  // namespace

Result<SecretBytes> fold_text(ByteView utf8) {
  if (utf8.size() > 65536) return Error::limit_exceeded;
  TRY_ASSIGN(const CodePoints points, portable::decode_utf8(utf8));
  CodePoints folded = portable::nfkc(portable::nfkc_fold(portable::nfkc(points)));
  TRY(collapse(folded));
  return portable::encode_utf8(folded);
}

}  // namespace cardea::crypto
