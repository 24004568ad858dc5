// SPDX-License-Identifier: Apache-2.0
#include "core/base/secure_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cardea {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool ok() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

Failure fail_errno(const std::string& path, const char* what, int code) {
  const std::string detail = path + ": " + what + ": " + std::strerror(code);
  switch (code) {
    case ENOENT:
      return fail(Error::not_found, detail);
    case ENOSPC:
    case EDQUOT:
    case EROFS:
      return fail(Error::disk_full, detail);
    case EACCES:
    case EPERM:
      return fail(Error::permission_denied, detail);
    case ELOOP:
      return fail(Error::unsafe_file, path + ": is a symbolic link");
    case EEXIST:
      return fail(Error::already_exists, detail);
    default:
      return fail(Error::io_failed, detail);
  }
}

// Empty when the file may be trusted; `forbidden` are the permission bits nobody else may have.
std::string unsafe_reason(const struct stat& info, mode_t forbidden) {
  if (!S_ISREG(info.st_mode)) return "is not a regular file";
  if (info.st_uid != 0 && info.st_uid != ::geteuid()) {
    return "belongs to uid " + std::to_string(info.st_uid) + ", not to root or to uid " +
           std::to_string(::geteuid());
  }
  if ((info.st_mode & forbidden) != 0) {
    char mode[8];
    (void)std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(info.st_mode & 07777));
    return std::string("has mode ") + mode +
           (forbidden == 022 ? ": others may write it" : ": others may read or write it");
  }
  return {};
}

// Reads into memory that `allocate` gives once the file's size is known; returns the number of bytes. Locked
// memory for the longest file there may be would cost a login more than all its other system calls.
template <typename Allocate>
Result<std::size_t> read_all(const std::string& path, mode_t forbidden, std::size_t max_size,
                             const Allocate& allocate) {
  // O_NONBLOCK: a FIFO put in the place of the file must not hang the program before fstat can refuse it.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!file.ok()) return fail_errno(path, "can't be opened", errno);
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) return fail_errno(path, "can't be examined", errno);
  if (const auto reason = unsafe_reason(info, forbidden); !reason.empty()) {
    return fail(Error::unsafe_file, path + ": " + reason);
  }
  const auto expected = static_cast<std::size_t>(info.st_size);
  // One byte more, to see the end, and a file that grows meanwhile.
  const MutableBytes out = allocate(std::min(expected, max_size) + 1);
  std::size_t used = 0;
  while (used < out.size()) {
    const ssize_t count = ::read(file.get(), out.data() + used, out.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(path, "can't be read", errno);
    if (count == 0) return used;
    used += static_cast<std::size_t>(count);
  }
  return fail(Error::limit_exceeded, path + ": is longer than " + std::to_string(out.size() - 1) + " bytes");
}

Status write_all(int fd, const std::string& path, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(path, "can't be written", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

struct SplitPath {
  std::string directory;
  std::string name;
};

SplitPath split_path(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

// A name nobody guesses: two writers must never share a temporary file.
std::string temporary_name(const std::string& name) {
  std::array<std::uint8_t, 8> tag{};
  if (::getrandom(tag.data(), tag.size(), 0) != static_cast<ssize_t>(tag.size())) std::abort();
  return "." + name + "." + to_hex(tag);
}

Status write_temporary(int directory, const std::string& temporary, const std::string& path, ByteView bytes,
                       mode_t mode) {
  const FileDescriptor file(
      ::openat(directory, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.ok()) return fail_errno(path, "can't be created", errno);
  TRY(write_all(file.get(), path, bytes));
  if (::fchmod(file.get(), mode) != 0) return fail_errno(path, "mode can't be set", errno);
  if (::fsync(file.get()) != 0) return fail_errno(path, "can't be flushed", errno);
  return {};
}

Status write_and_rename(const std::string& path, ByteView bytes, mode_t mode, unsigned rename_flags) {
  const SplitPath where = split_path(path);
  if (where.name.empty()) return fail(Error::invalid_argument, path + ": names no file");
  const FileDescriptor directory(::open(where.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.ok()) return fail_errno(where.directory, "can't be opened", errno);
  const std::string temporary = temporary_name(where.name);
  Status status = write_temporary(directory.get(), temporary, path, bytes, mode);
  if (status.ok() && ::renameat2(directory.get(), temporary.c_str(), directory.get(), where.name.c_str(),
                                 rename_flags) != 0) {
    status = fail_errno(path, "can't be put in place", errno);
  }
  if (!status.ok()) {
    (void)::unlinkat(directory.get(), temporary.c_str(), 0);
    return status;
  }
  if (::fsync(directory.get()) != 0) return fail_errno(where.directory, "can't be flushed", errno);
  return {};
}

}  // namespace

Result<Bytes> read_state_file(const std::string& path, std::size_t max_size) {
  Bytes out;
  const auto allocate = [&out](std::size_t size) {
    out.resize(size);
    return MutableBytes(out);
  };
  TRY_ASSIGN(const std::size_t used, read_all(path, 022, max_size, allocate));
  out.resize(used);
  return out;
}

Result<Bytes> read_config_file(const std::string& path) { return read_state_file(path, 64 * 1024); }

Result<SecretBytes> read_secret_file(const std::string& path, std::size_t max_size) {
  SecretBytes out;
  const auto allocate = [&out](std::size_t size) {
    out = SecretBytes(size);
    return out.expose_mutable();
  };
  TRY_ASSIGN(const std::size_t used, read_all(path, 077, max_size, allocate));
  out.truncate(used);
  return out;
}

Status write_file_atomically(const std::string& path, ByteView bytes, mode_t mode) {
  return write_and_rename(path, bytes, mode, 0);
}

Status create_file_atomically(const std::string& path, ByteView bytes, mode_t mode) {
  return write_and_rename(path, bytes, mode, RENAME_NOREPLACE);
}

}  // namespace cardea
