// SPDX-License-Identifier: Apache-2.0
// A command that an administrator has put into a configuration file: recoveryd runs one when a card is
// pulled, the server one for each message (docs/spec/notify.md).
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace cardea {

inline constexpr std::size_t kMostHookWords = 512;

struct HookCall {
  std::vector<std::string> arguments;  // the first is the command's absolute path
  std::string input;                   // its standard input
  int most_millis = 10'000;
  int stop = -1;  // of the caller; as soon as it is readable the command is ended
};

struct HookEnd {
  int code = 0;       // exit code, or minus the signal that ended it
  std::string words;  // of its standard error, the first kMostHookWords bytes: anything
};

// A regular, executable file of root or of the effective user that nobody else may write. unsafe_file;
// io_failed.
Status check_hook(const std::string& command);

// To its end, in a process group of its own, with no descriptor but the standard three and nothing but PATH
// and LANG in its environment. timeout for a command that was ended with its process group, because it took
// too long or `stop` became readable; else as check_hook.
Result<HookEnd> run_hook(const HookCall& call);

}  // namespace cardea
