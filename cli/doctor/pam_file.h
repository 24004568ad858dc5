// SPDX-License-Identifier: Apache-2.0
// One PAM service file as its lines say (pam.conf(5), and Debian's @include). Reads no other file; what it
// is given may be anything: called by pam_stack and fuzzed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/doctor/pam_control.h"

namespace cardea::cli::doctor {

inline constexpr std::size_t kMaxPamFile = 64 * 1024;
inline constexpr std::size_t kMaxPamLines = 512;     // of one file; Debian's longest has 60
inline constexpr std::size_t kMaxPamArguments = 64;  // of one line

// all: @include; unknown: a line whose first word is no type
enum class PamType : std::uint8_t { auth, account, session, password, all, unknown };

enum class PamLineKind : std::uint8_t {
  module,
  include,     // the lines of another file stand here
  substack,    // the same, and they can't jump out of it
  unreadable,  // libpam makes of it a line that always refuses
};

struct PamLine {
  PamLineKind kind = PamLineKind::unreadable;
  PamType type = PamType::unknown;
  bool silent = false;       // “-auth”: a missing module is not logged
  bool bad_control = false;  // libpam calls the module and takes every answer for “bad”
  bool whole_file = false;   // of an include: “@include”, which must not be missing
  PamActions actions = all_bad();
  std::string name;  // of the module, or of the file to include
  std::vector<std::string> arguments;
  std::size_t number = 0;  // of the line in the file, from 1
};

struct PamFile {
  std::vector<PamLine> lines;
  bool too_long = false;  // there were more lines; nothing can be said about the whole
};

PamFile parse_pam_file(std::string_view text);

}  // namespace cardea::cli::doctor
