// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/unicode.h"

#include <cstdlib>
#include <vector>

#include <utf8proc.h>

namespace cardea::crypto {
namespace {

// Code points of a secret text: wiped when it ends.
class CodePoints {
 public:
  explicit CodePoints(std::size_t size) : points_(size) {}
  CodePoints(const CodePoints&) = delete;
  CodePoints& operator=(const CodePoints&) = delete;
  ~CodePoints() { wipe(points_.data(), points_.size() * sizeof(utf8proc_int32_t)); }
  std::vector<utf8proc_int32_t>& get() noexcept { return points_; }

 private:
  std::vector<utf8proc_int32_t> points_;  // never grown: growing would leave a copy behind
};

constexpr auto kNfkc =
    static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_REJECTNA);
constexpr auto kNfkcFold = static_cast<utf8proc_option_t>(kNfkc | UTF8PROC_CASEFOLD);
// The longest that one code point becomes under NFKC is 18 (U+FDFA), and folding makes at most three of one.
constexpr std::size_t kGrowth = 54;

// White_Space of Unicode as far as NFKC has not made it U+0020 already; the same list stands in
// docs/spec/opaque.md for JavaScript, whose \s differs.
constexpr bool is_white_space(utf8proc_int32_t point) {
  return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0x1680 ||
         point == 0x2028 || point == 0x2029;
}

// One pass of normalisation from and to UTF-8.
Result<SecretBytes> transform(ByteView text, utf8proc_option_t options) {
  CodePoints buffer(text.size() * kGrowth + 1);
  auto& points = buffer.get();
  const auto capacity = static_cast<utf8proc_ssize_t>(points.size());
  utf8proc_ssize_t count = utf8proc_decompose(text.data(), static_cast<utf8proc_ssize_t>(text.size()),
                                              points.data(), capacity, options);
  if (count < 0 || count > capacity) return Error::invalid_argument;
  count = utf8proc_normalize_utf32(points.data(), count, options);
  if (count < 0) return Error::invalid_argument;
  SecretBytes out(static_cast<std::size_t>(count) * 4);
  std::size_t size = 0;
  for (utf8proc_ssize_t i = 0; i < count; ++i) {
    const utf8proc_ssize_t written =
        utf8proc_encode_char(points[static_cast<std::size_t>(i)], out.expose_mutable().data() + size);
    if (written <= 0) return Error::invalid_argument;
    size += static_cast<std::size_t>(written);
  }
  out.truncate(size);
  return out;
}

// Collapses white space and refuses the other control characters.
Result<SecretBytes> collapse(ByteView text) {
  SecretBytes out(text.size());
  std::size_t size = 0;
  bool blank = false;
  for (ByteView rest = text; !rest.empty();) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(rest.data(), static_cast<utf8proc_ssize_t>(rest.size()), &point);
    if (length <= 0) return Error::invalid_argument;
    const ByteView character = rest.first(static_cast<std::size_t>(length));
    rest = rest.subspan(character.size());
    if (is_white_space(point)) {
      blank = size > 0;
      continue;
    }
    if (utf8proc_category(point) == UTF8PROC_CATEGORY_CC) return Error::invalid_argument;
    if (blank) out.expose_mutable()[size++] = ' ';
    blank = false;
    for (const std::uint8_t byte : character)
      out.expose_mutable()[size++] = byte;
  }
  out.truncate(size);
  return out;
}

}  // namespace

Result<SecretBytes> fold_text(ByteView utf8) {
  if (utf8.size() > 65536) return Error::limit_exceeded;
  TRY_ASSIGN(const SecretBytes normal, transform(utf8, kNfkc));
  TRY_ASSIGN(const SecretBytes folded, transform(normal.expose(), kNfkcFold));
  TRY_ASSIGN(const SecretBytes again, transform(folded.expose(), kNfkc));
  return collapse(again.expose());
}

}  // namespace cardea::crypto
