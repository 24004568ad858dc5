// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/append_file.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/linux/unique_fd.h"

namespace cardea::recoveryd {
namespace {

Failure write_failure(const std::string& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT || code == EROFS;
  return fail(full ? Error::disk_full : Error::io_failed, path + ": can't be written");
}

// New names in a directory are lost with the power unless the directory is synced.
Status sync_directory_of(const std::string& path) {
  const UniqueFd folder(::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return fail(Error::io_failed, path + ": can't be synced");
  return {};
}

}  // namespace

struct AppendFile::Open {
  UniqueFd fd;
  std::string path;

  Status write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(fd.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return write_failure(path, errno);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fdatasync(fd.get()) != 0) return fail(Error::io_failed, path + ": can't be synced");
    return {};
  }
};

AppendFile::AppendFile() noexcept = default;
AppendFile::AppendFile(std::unique_ptr<Open> file) noexcept : file_(std::move(file)) {}
AppendFile::AppendFile(AppendFile&& other) noexcept = default;
AppendFile& AppendFile::operator=(AppendFile&& other) noexcept = default;
AppendFile::~AppendFile() = default;

Result<AppendFile> AppendFile::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return write_failure(path, errno);
  TRY(sync_directory_of(path));
  return AppendFile(std::make_unique<Open>(Open{std::move(fd), path}));
}

std::optional<std::uint64_t> AppendFile::size() const {
  const off_t end = file_ == nullptr ? -1 : ::lseek(file_->fd.get(), 0, SEEK_END);
  if (end < 0) return {};
  return static_cast<std::uint64_t>(end);
}

Status AppendFile::append(std::string_view text) {
  const auto before = size();
  if (!before) return Error::io_failed;
  Status written = file_->write(text);
  if (!written.ok()) (void)!::ftruncate(file_->fd.get(), static_cast<off_t>(*before));
  return written;
}

void AppendFile::close() noexcept { file_.reset(); }

}  // namespace cardea::recoveryd
