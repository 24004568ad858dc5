// SPDX-License-Identifier: Apache-2.0
// A private directory (0700) that is gone when the test ends.
#pragma once

#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cardea::test {

class TempDir {
 public:
  TempDir() {
    std::random_device random;
    const auto base = std::filesystem::temp_directory_path();
    for (int tries = 0; path_.empty() && tries < 100; ++tries) {
      const auto path = base / ("cardea-" + std::to_string(random()) + std::to_string(random()));
      if (std::filesystem::create_directory(path)) path_ = path.string();
    }
    if (path_.empty()) throw std::runtime_error("no temporary directory");
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return std::filesystem::path(path_) / name;
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace cardea::test
