// SPDX-License-Identifier: Apache-2.0
// Where things are when recoveryd.conf does not say: below /etc, /run, /var and /usr on Linux, in the folders
// "Cardea" of %ProgramData% and %ProgramFiles% on Windows.
#pragma once

#include <string>

namespace cardea::recoveryd {

struct DefaultPaths {
  std::string socket;  // on Windows a named pipe
  std::string state_dir;
  std::string accounts_db;  // empty on Windows, which has none
  std::string worker;
  std::string officers_file;
};

const DefaultPaths& default_paths();

}  // namespace cardea::recoveryd
