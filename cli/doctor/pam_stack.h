// SPDX-License-Identifier: Apache-2.0
// The lines that libpam would work through for one service and one kind of question, with everything that is
// included, as libpam 1.5 puts them together. Called by pam_check and the property test.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/doctor/pam_file.h"

namespace cardea::cli::doctor {

inline constexpr int kMaxIncludeDepth = 16;
inline constexpr std::size_t kMaxHandlers = 1024;  // of one stack
inline constexpr std::size_t kMaxPamFiles = 256;   // read for one stack

struct PamHandler {
  enum class Kind { module, substack, must_fail };
  Kind kind = Kind::module;
  int level = 0;        // of substacks around it
  bool silent = false;  // a missing module is not logged; it fails all the same
  PamActions actions = all_bad();
  std::string module;  // as it is written
  std::vector<std::string> arguments;
  std::string file;
  std::size_t line = 0;
};

// What can't be evaluated: libpam refuses everybody there.
struct PamFault {
  enum class Kind { unreadable_line, missing_file, too_deep, too_long };
  Kind kind = Kind::unreadable_line;
  std::string file;
  std::size_t line = 0;
  std::string name;  // of the file that is missing or included too deep
};

struct PamStack {
  std::vector<PamHandler> handlers;
  std::vector<PamFault> faults;
  bool from_other = false;  // the service has no line of this type
  bool aborted = false;     // an “@include” is missing: libpam does not even begin, for any type
};

// The text of a service file by its name; nothing when there is none.
using ReadPamFile = std::function<std::optional<std::string>(const std::string& name)>;

// Without a line of this type the lines of “other” are taken. `type` is not `all`.
PamStack load_pam_stack(const std::string& service, PamType type, const ReadPamFile& read);

}  // namespace cardea::cli::doctor
