// SPDX-License-Identifier: Apache-2.0
// What a script answers: lines of name=value, by purpose (docs/spec/local-protocol.md, “Purposes”). The file
// is kept in locked memory, each answer is used once, in the order of its name's lines, and wiped then.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/secret.h"
#include "core/text/voice.h"

namespace cardea::cli {

// A file longer than this is no file of answers.
inline constexpr std::size_t kMaxAnswersSize = 64 * 1024;

class Answers {
 public:
  // Reads a file, or standard input for "-". unsafe_file when others may read it (pipes are fine),
  // invalid_argument with the line number when a line is not name=value, limit_exceeded.
  // `voice` explains the failure.
  static Result<Answers> read(const std::string& file_name, text::Voice& voice);
  static Result<Answers> read(const std::string& file_name);
  // Lines end with \n or \r\n; empty lines and lines that begin with '#' are comments.
  static Result<Answers> parse(SecretBytes text, text::Voice& voice);
  static Result<Answers> parse(SecretBytes text);

  // The next answer of that name; it is gone from here then. Empty when there is none left.
  std::optional<SecretBytes> take(std::string_view name);
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  struct Line {
    std::string name;
    SecretBytes value;
  };
  std::vector<Line> lines_;
};

}  // namespace cardea::cli
