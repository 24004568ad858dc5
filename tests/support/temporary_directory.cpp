// SPDX-License-Identifier: Apache-2.0
#include "tests/support/temporary_directory.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace cardea::test_support {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = "/tmp/cardea-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace cardea::test_support
