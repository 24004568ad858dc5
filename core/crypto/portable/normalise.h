// SPDX-License-Identifier: Apache-2.0
// Unicode normalisation form KC (UAX #15) and full case folding, for unicode.cpp. Texts are secret here.
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/base/secret.h"

namespace cardea::crypto::portable {

// Code points of a secret text: wiped when it ends.
class CodePoints {
 public:
  explicit CodePoints(std::size_t size) : points_(size) {}
  CodePoints(CodePoints&&) = default;  // leaves nothing behind: the memory changes its owner
  CodePoints& operator=(CodePoints&&) = delete;
  ~CodePoints() { wipe(points_.data(), points_.size() * sizeof(char32_t)); }
  std::vector<char32_t>& get() noexcept { return points_; }
  [[nodiscard]] const std::vector<char32_t>& get() const noexcept { return points_; }

 private:
  std::vector<char32_t> points_;  // never grown: growing would leave a copy behind
};

// Error::invalid_argument for text that is not UTF-8 or has code points that Unicode has not assigned.
Result<CodePoints> decode_utf8(ByteView text);
SecretBytes encode_utf8(const CodePoints& points);
CodePoints nfkc(const CodePoints& points);
// Full case folding of each code point and then NFKC.
CodePoints nfkc_fold(const CodePoints& points);

}  // namespace cardea::crypto::portable
