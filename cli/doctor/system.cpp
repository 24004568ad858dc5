// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/system.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/unique_handle.h"

namespace cardea::cli::doctor {
namespace {

Failure from_errno(const std::string& path, int code) {
  const std::string detail = path + ": " + std::strerror(code);
  if (code == ENOENT || code == ENOTDIR) return fail(Error::not_found, detail);
  if (code == EACCES || code == EPERM) return fail(Error::permission_denied, detail);
  return fail(Error::io_failed, detail);
}

int close_folder(DIR* folder) { return ::closedir(folder); }
using Folder = UniqueHandle<DIR, close_folder>;

}  // namespace

Result<std::string> System::read(const std::string& path, std::size_t most) const {
  // A pipe in the place of a file must not make the doctor wait.
  const UniqueFd file(::open(at(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return from_errno(path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return from_errno(path, errno);
  if (!S_ISREG(info.st_mode)) return fail(Error::io_failed, path + ": not a file");
  std::string text;
  char piece[8192];
  while (true) {
    const ssize_t got = ::read(file.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return from_errno(path, errno);
    if (got == 0) return text;
    text.append(piece, static_cast<std::size_t>(got));
    if (text.size() > most) return fail(Error::limit_exceeded, path + ": too long");
  }
}

Result<FileInfo> System::look(const std::string& path) const {
  struct stat info {};
  if (::stat(at(path).c_str(), &info) != 0) return from_errno(path, errno);
  return FileInfo{info.st_mode, info.st_uid, info.st_gid};
}

Result<std::vector<std::string>> System::list(const std::string& path) const {
  const Folder folder(::opendir(at(path).c_str()));
  if (!folder) return from_errno(path, errno);
  std::vector<std::string> names;
  for (const dirent* entry = ::readdir(folder.get()); entry != nullptr; entry = ::readdir(folder.get())) {
    if (entry->d_name[0] == '.') continue;
    if (names.size() == kMaxFolderNames) break;
    names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string System::real(const std::string& path) const {
  char base[PATH_MAX], resolved[PATH_MAX];
  if (::realpath(at(path).c_str(), resolved) == nullptr) return path;
  const std::string whole(resolved);
  if (root.empty() || ::realpath(root.c_str(), base) == nullptr) return whole;
  const std::string_view prefix(base);
  return whole.starts_with(prefix) ? whole.substr(prefix.size()) : path;
}

std::string writable_by_others(const System& system, const std::string& path) {
  for (std::string place = system.real(path); !place.empty();) {
    const auto info = system.look(place);
    if (!info.ok()) return place;
    if (info->uid != system.root_uid || (info->mode & 022) != 0) return place;
    const std::size_t slash = place.rfind('/');
    place.resize(slash == std::string::npos ? 0 : slash);
  }
  return {};
}

}  // namespace cardea::cli::doctor
