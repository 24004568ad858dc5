// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <cstdio>

#include "core/base/text.h"

namespace cardea::cli {
namespace {

bool print(std::FILE* stream, std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
}

void print_line(std::FILE* stream, std::string_view line) { (void)print(stream, showable(line) + "\n"); }

// The members of an object without its braces; empty when it is none.
std::string_view members_of(std::string_view json) {
  const auto space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!json.empty() && space(json.front()))
    json.remove_prefix(1);
  while (!json.empty() && space(json.back()))
    json.remove_suffix(1);
  if (json.size() < 2 || json.front() != '{' || json.back() != '}') return {};
  json.remove_prefix(1);
  json.remove_suffix(1);
  while (!json.empty() && space(json.front()))
    json.remove_prefix(1);
  return json;
}

}  // namespace

std::string showable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    const bool shown = length != 0 && (text[0] == '\n' || !is_control_character(text));
    out += shown ? text.substr(0, length) : std::string_view("?");
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string json_string(std::string_view text) {
  std::string out;
  out.reserve(6 * text.size() + 2);  // it may be a secret: no copy of it stays behind in a smaller piece
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      char escaped[8];
      (void)std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      out += escaped;
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

void Output::info(std::string_view line) const { print_line(json_ ? stderr : stdout, line); }

void Output::warn(std::string_view line) const { print_line(stderr, line); }

bool Output::reveal(std::string_view purpose, std::string_view caption, ByteView content) {
  if (json_) {
    revealed_.push_back({std::string(purpose), SecretBytes(content)});
    return true;
  }
  if (!caption.empty()) print_line(stdout, caption);
  std::string shown = showable(as_text(content));
  shown += '\n';
  const bool written = print(stdout, shown);
  wipe(shown);
  return written;
}

std::string Output::revealed_members() const {
  std::string out;
  for (std::size_t i = 0; i < revealed_.size(); ++i) {
    const std::string& purpose = revealed_[i].purpose;
    bool before = false;
    std::size_t count = 0;
    for (std::size_t j = 0; j < revealed_.size(); ++j) {
      if (revealed_[j].purpose != purpose) continue;
      before = before || j < i;
      ++count;
    }
    if (before) continue;  // is in the list of the first one
    out += json_string(purpose) + (count > 1 ? ":[" : ":");
    bool first = true;
    for (const Revealed& one : revealed_) {
      if (one.purpose != purpose) continue;
      if (!first) out += ',';
      first = false;
      const std::string_view text = one.content.expose_text();
      // Bytes that are no text are told from text by being an object.
      out += is_valid_utf8(text) ? json_string(text)
                                 : "{\"base64\":" + json_string(to_base64(one.content.expose())) + "}";
    }
    out += count > 1 ? "]," : ",";
  }
  return out;
}

bool Output::print_object(std::string members, std::string_view json) const {
  std::string text = "{" + std::move(members) + revealed_members();
  const std::string_view rest = members_of(json);
  text += rest;
  if (text.back() == ',') text.pop_back();
  text += "}\n";
  const bool written = print(stdout, text);
  wipe(text);
  return written;
}

ExitCode Output::done(std::string_view message, std::string_view json) const {
  bool written = true;
  if (json_) {
    written = print_object({}, json);
  } else if (!message.empty()) {
    written = print(stdout, showable(message) + "\n");
  }
  return written ? ExitCode::done : ExitCode::refused;
}

ExitCode Output::failed(Error error, std::string_view said, std::string_view json) const {
  return failed_with(exit_code(error), error, error_text(error, said, language_), json);
}

ExitCode Output::failed_with(ExitCode code, Error error, std::string_view text, std::string_view json) const {
  print_line(stderr, "cardea: " + std::string(text));
  if (json_) {
    (void)print_object(
        "\"error\":" + json_string(error_name(error)) + ",\"message\":" + json_string(showable(text)) + ",",
        json);
  }
  return code;
}

}  // namespace cardea::cli
