// SPDX-License-Identifier: Apache-2.0
// The computer as the doctor's checks see it: files below a root directory, who looks, the time. Tests give a
// temporary tree and a clock of their own. Nothing here changes anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace cardea::cli::doctor {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;  // /etc/group of a large site
inline constexpr std::size_t kMaxFolderNames = 4096;

struct FileInfo {
  mode_t mode = 0;  // with the type
  uid_t uid = 0;
  gid_t gid = 0;
};

struct System {
  std::string root;    // in front of every path; empty: the machine
  uid_t root_uid = 0;  // whom the administrator's files belong to
  uid_t who = 0;       // who looks
  const Clock& clock;

  [[nodiscard]] bool sees_everything() const noexcept { return who == root_uid; }
  [[nodiscard]] std::string at(std::string_view path) const { return root + std::string(path); }

  // Error::not_found, permission_denied, limit_exceeded (longer than `most`), io_failed (also: no file).
  [[nodiscard]] Result<std::string> read(const std::string& path, std::size_t most = kMaxFileBytes) const;
  // Follows symbolic links. Error::not_found, permission_denied, io_failed.
  [[nodiscard]] Result<FileInfo> look(const std::string& path) const;
  // Sorted, without what begins with a dot; the first kMaxFolderNames.
  [[nodiscard]] Result<std::vector<std::string>> list(const std::string& path) const;
  // Without symbolic links; `path` itself when there is nothing.
  [[nodiscard]] std::string real(const std::string& path) const;
  [[nodiscard]] bool exists(const std::string& path) const { return look(path).ok(); }
};

// The file and every folder above it belong to the administrator, and nobody else may write to them. Empty
// when so, else the path that breaks the rule.
std::string writable_by_others(const System& system, const std::string& path);

}  // namespace cardea::cli::doctor
