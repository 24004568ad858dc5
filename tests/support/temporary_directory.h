// SPDX-License-Identifier: Apache-2.0
// A private directory that ends with the test. Short path, so that Unix sockets fit into it.
#pragma once

#include <filesystem>
#include <string_view>

namespace cardea::test_support {

class TemporaryDirectory {
 public:
  TemporaryDirectory();  // /tmp/cardea-XXXXXX, mode 0700; throws when it can't be made
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace cardea::test_support
