// SPDX-License-Identifier: Apache-2.0
#include "server/admin/durable.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/linux/unique_fd.h"

namespace cardea::server::admin {
namespace {

Status sync_path(const std::string& path, int flags) {
  const UniqueFd file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
  if (!file || ::fsync(file.get()) != 0) return io_failure(path);
  return {};
}

}  // namespace

Failure io_failure(const std::string& path) {
  const Error error = errno == ENOSPC || errno == EDQUOT || errno == EROFS ? Error::disk_full
                      : errno == EEXIST || errno == ENOTEMPTY              ? Error::already_exists
                      : errno == ENOENT                                    ? Error::not_found
                      : errno == EACCES || errno == EPERM                  ? Error::permission_denied
                                                                           : Error::io_failed;
  return fail(error, path + ": " + std::strerror(errno));
}

Status sync_file(const std::string& path) { return sync_path(path, O_RDWR); }
Status sync_directory(const std::string& path) { return sync_path(path, O_RDONLY | O_DIRECTORY); }

std::string parent_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).lexically_normal().parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace cardea::server::admin
