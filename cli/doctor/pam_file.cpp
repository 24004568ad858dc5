// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/pam_file.h"

#include <optional>

namespace cardea::cli::doctor {
namespace {

struct Word {
  std::string text;
  bool bracketed = false;
};

bool is_blank_of_line(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

// Until the bracket that closes; “\]” stands for itself. Without one the rest of the line belongs to it.
Word bracketed_word(std::string_view& text) {
  Word word{{}, true};
  text.remove_prefix(1);
  while (!text.empty() && text.front() != ']') {
    if (text.starts_with("\\]")) text.remove_prefix(1);
    word.text += text.front();
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return word;
}

std::optional<Word> take_word(std::string_view& text) {
  while (!text.empty() && is_blank_of_line(text.front()))
    text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  if (text.front() == '[') return bracketed_word(text);
  std::size_t size = 0;
  while (size < text.size() && !is_blank_of_line(text[size]))
    ++size;
  Word word{std::string(text.substr(0, size)), false};
  text.remove_prefix(size);
  return word;
}

std::optional<PamType> type_of(std::string_view word) {
  if (same_word(word, "auth")) return PamType::auth;
  if (same_word(word, "account")) return PamType::account;
  if (same_word(word, "session")) return PamType::session;
  if (same_word(word, "password")) return PamType::password;
  return std::nullopt;
}

// What stands behind the type.
void parse_rest(std::string_view text, PamLine& line) {
  const auto control = take_word(text);
  if (!control.has_value()) return;
  const auto name = take_word(text);
  if (!name.has_value() || name->text.empty()) return;
  line.name = name->text;
  while (auto argument = take_word(text)) {
    if (line.arguments.size() == kMaxPamArguments) return;
    line.arguments.push_back(std::move(argument->text));
  }
  if (!control->bracketed && same_word(control->text, "include")) {
    line.kind = PamLineKind::include;
    return;
  }
  if (!control->bracketed && same_word(control->text, "substack")) {
    line.kind = PamLineKind::substack;
    return;
  }
  line.kind = PamLineKind::module;
  if (const auto actions = parse_pam_control(control->text, control->bracketed)) {
    line.actions = *actions;
  } else {
    line.bad_control = true;
  }
}

PamLine parse_line(std::string_view text, std::size_t number) {
  PamLine line;
  line.number = number;
  const auto first = take_word(text);
  if (!first.has_value()) return line;
  std::string_view type = first->text;
  if (same_word(type, "@include")) {
    const auto name = take_word(text);
    line.type = PamType::all;
    line.whole_file = true;
    if (name.has_value() && !name->text.empty()) {
      line.kind = PamLineKind::include;
      line.name = name->text;
    }
    return line;
  }
  if (type.starts_with('-')) {
    line.silent = true;
    type.remove_prefix(1);
  }
  if (const auto known = type_of(type)) {
    line.type = *known;
    parse_rest(text, line);
  }
  return line;
}

// The next line with those that a backslash at its end joins to it, without its comment.
std::string take_line(std::string_view& text, std::size_t& number) {
  std::string whole;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view piece = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const std::size_t comment = piece.find('#');
    if (comment != std::string_view::npos) return whole.append(piece.substr(0, comment));
    std::string_view trimmed = piece;
    while (!trimmed.empty() && is_blank_of_line(trimmed.back()))
      trimmed.remove_suffix(1);
    if (!trimmed.ends_with('\\')) return whole.append(piece);
    whole.append(trimmed.substr(0, trimmed.size() - 1)).append(" ");
  }
  return whole;
}

}  // namespace

PamFile parse_pam_file(std::string_view text) {
  PamFile file;
  if (text.size() > kMaxPamFile) {
    file.too_long = true;
    return file;
  }
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t first = number + 1;
    const std::string line = take_line(text, number);
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (file.lines.size() == kMaxPamLines) {
      file.too_long = true;
      return file;
    }
    file.lines.push_back(parse_line(line, first));
  }
  return file;
}

}  // namespace cardea::cli::doctor
