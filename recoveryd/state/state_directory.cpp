// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

Result<StateDirectory> StateDirectory::open(const std::string& path) {
  TRY_ASSIGN(DirectoryLock lock, DirectoryLock::take(path));
  return StateDirectory(path, std::move(lock));
}

}  // namespace cardea::recoveryd
