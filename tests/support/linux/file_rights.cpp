// SPDX-License-Identifier: Apache-2.0
#include "tests/support/file_rights.h"

#include <stdexcept>

#include <sys/stat.h>

namespace cardea::test {

void give_rights(const std::string& path, unsigned mode) {
  if (::chmod(path.c_str(), mode) != 0) throw std::runtime_error("chmod failed: " + path);
}

std::string absolute_path(const std::string& rest) { return "/" + rest; }

}  // namespace cardea::test
