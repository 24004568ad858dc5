// SPDX-License-Identifier: Apache-2.0
// Every verb of the utility in one table: what is typed, what the daemon is asked for, and which options
// become which arguments. The command line, the shell completions and a test of the manual page are made from
// it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text/language.h"

namespace cardea::cli {

enum class OptionKind {
  text,
  flag,      // argument value “yes”
  path,      // made absolute, because the daemon lives in another directory
  duration,  // seconds, or 5m, 2h; the argument is in seconds
  choice,    // one of `choices`
  list,      // may be repeated; the utility's own, never an argument
};

struct OptionSpec {
  const char* name;   // "--user", or "NAME" for a word without dashes
  const char* value;  // what stands for the value in help; empty for a flag
  const char* help;
  OptionKind kind = OptionKind::text;
  bool required = false;
  const char* argument = nullptr;  // the daemon's name; null when the utility itself uses it
  const char* choices = "";        // "a|b"
};

struct Invocation;
// Carries out one verb; exit code.
using Runner = int (*)(const Invocation& invocation);

struct VerbSpec {
  const char* noun;  // empty for verbs of one word
  const char* verb;
  const char* operation;  // begin_operation's verb; null for a verb that needs no daemon
  const char* help;
  std::span<const OptionSpec> options;
  Runner run;
  bool passes_on = false;  // what follows is another program's
};

struct GlobalOptions {
  std::string socket;  // empty: from the configuration
  std::string config;
  std::string answers;  // file name, "-", or empty: ask on the terminal
  bool json = false;
  unsigned timeout_s = 300;
  std::string locale;  // of the person, for the daemon; “C” for a script that wants JSON
  [[nodiscard]] text::Language language() const noexcept { return text::language_of(locale); }
};

// A verb with what was typed behind it.
struct Invocation {
  const VerbSpec* verb = nullptr;
  GlobalOptions global;
  std::vector<std::pair<std::string, std::string>> arguments;  // for the daemon
  std::vector<std::pair<std::string, std::string>> own;        // option name, value
  std::vector<std::string> passed_on;                          // of a verb that passes on

  // The first value of one of the utility's own options, or `fallback`.
  [[nodiscard]] std::string option(std::string_view name, std::string_view fallback = {}) const {
    for (const auto& [key, value] : own) {
      if (key == name) return value;
    }
    return std::string(fallback);
  }
};

std::span<const VerbSpec> all_verbs();
// What stands behind the nouns in help.
const char* noun_help(std::string_view noun);

}  // namespace cardea::cli
