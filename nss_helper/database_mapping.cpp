// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_mapping.h"

#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cardea::nss {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) (void)::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

// Opens the directory of `path`; returns where in `path` the file's name begins, or null.
const char* open_directory(const char* path, int& fd) noexcept {
  char directory[PATH_MAX];
  const char* slash = std::strrchr(path, '/');
  const std::size_t size = slash == nullptr ? 0 : static_cast<std::size_t>(slash - path);
  if (size == 0 || size >= sizeof directory) {
    errno = EINVAL;
    return nullptr;
  }
  std::memcpy(directory, path, size);
  directory[size] = '\0';
  fd = ::open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return fd < 0 ? nullptr : slash + 1;
}

}  // namespace

bool is_trusted(const struct stat& file, const struct stat& directory) noexcept {
  constexpr mode_t kWritableByOthers = S_IWGRP | S_IWOTH;
  return S_ISREG(file.st_mode) && (file.st_mode & kWritableByOthers) == 0 &&
         (directory.st_mode & kWritableByOthers) == 0 &&
         (file.st_uid == 0 || file.st_uid == directory.st_uid);
}

void unmap(const Mapping& mapping) noexcept {
  if (mapping.data != nullptr) (void)::munmap(const_cast<std::uint8_t*>(mapping.data), mapping.size);
}

int map_database(const char* path, const Mapping* known, Mapping& out) noexcept {
  int directory_fd = -1;
  const char* name = open_directory(path, directory_fd);
  const Descriptor directory(directory_fd);
  if (name == nullptr) return errno;
  // O_NONBLOCK: a FIFO in the file's place must not hold a program up.
  const Descriptor file(
      ::openat(directory.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.get() < 0) return errno == ELOOP ? EIO : errno;
  struct stat directory_info {};
  struct stat info {};
  if (::fstat(directory.get(), &directory_info) != 0 || ::fstat(file.get(), &info) != 0) return errno;
  if (!is_trusted(info, directory_info)) return EIO;
  if (known != nullptr && known->device == info.st_dev && known->inode == info.st_ino) return 0;
  if (info.st_size < static_cast<off_t>(kHeaderBytes) ||
      static_cast<std::uint64_t>(info.st_size) > kMaxFileBytes)
    return EIO;
  out.size = static_cast<std::uint64_t>(info.st_size);
  out.device = info.st_dev;
  out.inode = info.st_ino;
  // Shared, because the mark of replacement must arrive.
  void* data = ::mmap(nullptr, out.size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (data == MAP_FAILED) return errno;
  out.data = static_cast<const std::uint8_t*>(data);
  if (out.view.open(out.data, out.size)) return 0;
  unmap(out);
  out = {};
  return EIO;
}

}  // namespace cardea::nss
