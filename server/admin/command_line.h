// SPDX-License-Identifier: Apache-2.0
// argv → a verb of the table with its options. Called by main.
#pragma once

#include <optional>

#include "server/admin/verbs.h"

namespace cardea::server::admin {

struct Invocation {
  const VerbSpec* verb = nullptr;
  std::string config = CARDEA_SERVER_CONFIG;
  std::string answers;  // file name, "-", or empty: ask on the terminal
  bool json = false;
  bool help = false;  // of the verb, or of all when there is none
  std::vector<std::pair<std::string, std::string>> values;

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::string value(std::string_view name, std::string_view fallback = {}) const;
};

// invalid_argument, with what is wrong, for a line that is not one.
Result<Invocation> parse_command_line(std::span<const std::string> words);
// Help for the verb, or for all of them.
std::string help_text(const VerbSpec* verb);
// What may come behind these words, for the shells, one a line.
std::string completion_words(std::span<const std::string> words);

}  // namespace cardea::server::admin
