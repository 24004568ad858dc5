// SPDX-License-Identifier: Apache-2.0
// From argv to an Invocation. CLI11 does the work and its exceptions end here.
#pragma once

#include <memory>
#include <optional>

#include "cli/verbs.h"

namespace CLI {
class App;
}

namespace cardea::cli {

// The whole tree of nouns, verbs and options; for help and for the completion scripts.
std::unique_ptr<CLI::App> make_command_tree(text::Language language = text::kEnglish);

struct ParsedLine {
  std::optional<Invocation> invocation;  // empty: everything was said already, use `exit_code`
  int exit_code = 0;
};
// `locale`: the wish of the person at the terminal (core/text/language.h).
ParsedLine parse_command_line(int argc, char** argv, std::string_view locale = {});

}  // namespace cardea::cli
