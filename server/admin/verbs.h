// SPDX-License-Identifier: Apache-2.0
// Every verb of `cardea admin` in one table: what is typed, which options it takes, who carries it out. The
// command line, its help, the completion of the shells and a test of the manual page are made from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/api/json.h"
#include "core/base/result.h"

namespace cardea::server::admin {

class Desk;

struct OptionSpec {
  const char* name;   // "--to", or "NAME" for a word without dashes
  const char* value;  // what stands for the value in help; empty for a flag
  const char* help;
  bool required = false;
};

// What a verb has to say: lines for a person, an object for a script.
struct Answer {
  std::string text;
  api::Json::Object json;
  bool good = true;  // false: it was carried out, and what it found is bad (exit code 1)
};

using Runner = Result<Answer> (*)(Desk& desk);

struct VerbSpec {
  const char* noun;  // empty for verbs of one word
  const char* verb;
  const char* help;
  std::span<const OptionSpec> options;
  Runner run;
};

std::span<const VerbSpec> all_verbs();
// What stands behind the nouns in help.
const char* noun_help(std::string_view noun);
std::string path_of(const VerbSpec& verb);

}  // namespace cardea::server::admin
