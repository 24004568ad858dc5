// SPDX-License-Identifier: Apache-2.0
// A file that only grows, for the audit chain: what append() has put there is on the disk when it returns,
// and of what fails nothing stays.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cardea::recoveryd {

class AppendFile {
 public:
  // Opens the file, or makes it so that nobody else can read it; its name is durable then. A link is refused.
  // Error::disk_full (also for a read-only disk), unsafe_file, io_failed.
  static Result<AppendFile> open(const std::string& path);

  AppendFile() noexcept;  // of no file
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&& other) noexcept;
  ~AppendFile();

  explicit operator bool() const noexcept { return file_ != nullptr; }
  // In bytes; empty when that can't be learned.
  [[nodiscard]] std::optional<std::uint64_t> size() const;
  // Error::disk_full, io_failed.
  Status append(std::string_view text);
  // Before the file is renamed: not every system moves what is open.
  void close() noexcept;

 private:
  struct Open;
  explicit AppendFile(std::unique_ptr<Open> file) noexcept;
  std::unique_ptr<Open> file_;
};

}  // namespace cardea::recoveryd
