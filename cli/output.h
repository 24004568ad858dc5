// SPDX-License-Identifier: Apache-2.0
// Where the utility's words go: lines for a person, or one JSON object for a script. Keeps what the card
// worker revealed until the end, in locked memory, so that the JSON can hold it under its purpose.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_codes.h"
#include "core/base/secret.h"

namespace cardea::cli {

// As it may be shown on a terminal: line feeds stay, other control characters and broken UTF-8 become '?'.
std::string showable(std::string_view text);

// A JSON string with its quotes.
std::string json_string(std::string_view text);

class Output {
 public:
  // `language` of the lines; the object is English.
  explicit Output(bool json, text::Language language = text::kEnglish) noexcept
      : json_(json), language_(language) {}

  [[nodiscard]] bool json() const noexcept { return json_; }
  [[nodiscard]] text::Language language() const noexcept { return language_; }
  [[nodiscard]] std::string speak(const char* english, text::Arguments arguments = {}) const {
    return text::spoken(language_, english, arguments);
  }
  // A line on the way: stdout for a person, stderr for a script, which gets only the object on stdout.
  void info(std::string_view line) const;
  void warn(std::string_view line) const;
  // Shows a secret, or keeps it for the object. False when it could not be written.
  bool reveal(std::string_view purpose, std::string_view caption, ByteView content);

  // The end: `json` is the daemon's object or empty.
  ExitCode done(std::string_view message, std::string_view json) const;
  ExitCode failed(Error error, std::string_view said, std::string_view json = {}) const;
  // `text` is “<what happened>. <what to do>.”
  ExitCode failed_with(ExitCode code, Error error, std::string_view text, std::string_view json = {}) const;

 private:
  struct Revealed {
    std::string purpose;
    SecretBytes content;
  };
  // The object with `members` and what was revealed in front of its own members; written and wiped.
  [[nodiscard]] bool print_object(std::string members, std::string_view json) const;
  [[nodiscard]] std::string revealed_members() const;

  bool json_;
  text::Language language_;
  std::vector<Revealed> revealed_;
};

}  // namespace cardea::cli
