// SPDX-License-Identifier: Apache-2.0
#include "core/records/record_title.h"

#include <algorithm>

namespace cardea::records {
namespace {

constexpr std::size_t kMaxTitle = 256;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  void blanks() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
  }
  bool take(char wanted) {
    blanks();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // The raw text between the quotes.
  std::optional<std::string_view> quoted() {
    if (!take('"')) return std::nullopt;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == '"') {
        const std::string_view text = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return text;
      }
    }
    return std::nullopt;
  }
  // Any value; false at the end of the text.
  bool skip_value() {
    blanks();
    int depth = 0;
    while (!rest_.empty()) {
      const char next = rest_.front();
      if (depth == 0 && (next == ',' || next == '}')) return true;
      if (next == '"') {
        if (!quoted()) return false;
        continue;
      }
      if (next == '{' || next == '[') ++depth;
      if (next == '}' || next == ']') --depth;
      rest_.remove_prefix(1);
    }
    return false;
  }

 private:
  std::string_view rest_;
};

std::string unescaped(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size() && out.size() < kMaxTitle; ++i) {
    if (raw[i] != '\\') {
      out.push_back(raw[i]);
      continue;
    }
    ++i;
    const char escape = i < raw.size() ? raw[i] : '?';
    out.push_back(std::string_view("\"\\/").find(escape) != std::string_view::npos ? escape : '?');
    if (escape == 'u') i = std::min(i + 4, raw.size());
  }
  return out;
}

std::optional<std::string> text_member(ByteView body, std::string_view wanted) {
  Scanner scanner(as_text(body));
  if (!scanner.take('{')) return std::nullopt;
  while (true) {
    const auto name = scanner.quoted();
    if (!name.has_value() || !scanner.take(':')) return std::nullopt;
    if (*name == wanted) {
      const auto text = scanner.quoted();
      return text.has_value() ? std::optional(unescaped(*text)) : std::nullopt;
    }
    if (!scanner.skip_value() || !scanner.take(',')) return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> record_title(ByteView body) { return text_member(body, "title"); }

std::optional<std::string> record_set(ByteView body) { return text_member(body, "set"); }

}  // namespace cardea::records
