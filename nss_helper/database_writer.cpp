// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_writer.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/secure_file.h"
#include "nss_helper/database_check.h"
#include "nss_helper/database_format.h"

namespace cardea::nss {
namespace {

Failure fail_errno(const std::string& path, const char* what) {
  const int code = errno;
  const bool full = code == ENOSPC || code == EDQUOT || code == EROFS;
  return fail(full ? Error::disk_full : Error::io_failed, path + ": " + what + ": " + std::strerror(code));
}

// The mark of replacement in the database that is in place, set before the rename: a writer that dies between
// the two leaves readers that look again each time, never readers that keep an old database. Set back when
// the rename fails.
class Mark {
 public:
  Mark() = default;
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;
  ~Mark() {
    if (header_ != MAP_FAILED) (void)::munmap(header_, kHeaderBytes);
  }

  // No file, or one that no reader would have mapped, needs no mark.
  Status open(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file && (errno == ENOENT || errno == ELOOP || errno == EISDIR || errno == ENXIO)) return {};
    if (!file) return fail_errno(path, "can't be marked");
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return fail_errno(path, "can't be examined");
    if (!S_ISREG(info.st_mode) || info.st_size < static_cast<off_t>(kHeaderBytes)) return {};
    header_ = ::mmap(nullptr, kHeaderBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    return header_ == MAP_FAILED ? Status(fail_errno(path, "can't be mapped")) : Status();
  }

  void set(bool replaced) noexcept {
    if (header_ == MAP_FAILED || std::memcmp(header_, kMagic.data(), kMagic.size()) != 0) return;
    auto* word = reinterpret_cast<std::uint32_t*>(static_cast<std::uint8_t*>(header_) + kReplacedOffset);
    __atomic_store_n(word, replaced ? 0xffffffffu : 0u, __ATOMIC_RELEASE);
  }

 private:
  void* header_ = MAP_FAILED;
};

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Status make_directory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0755) == 0) {
    // The daemon's umask would keep everybody else out.
    return ::chmod(directory.c_str(), 0755) == 0 ? Status()
                                                 : Status(fail_errno(directory, "mode can't be set"));
  }
  return errno == EEXIST ? Status() : Status(fail_errno(directory, "can't be made"));
}

Status flush_directory(const std::string& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return fail_errno(directory, "can't be flushed");
  return {};
}

}  // namespace

Status replace_database(const std::string& path, ByteView image) {
  if (const auto state = check_database(image); !state.ok()) return state.failure();
  const std::string directory = directory_of(path);
  TRY(make_directory(directory));
  // Whole and on disk under another name first, so that the mark stands only for the moment of the rename.
  const std::string next = path + ".next";
  TRY(write_file_atomically(next, image, 0644));
  Mark mark;
  TRY(mark.open(path));
  mark.set(true);
  if (::rename(next.c_str(), path.c_str()) != 0) {
    const Failure failure = fail_errno(path, "can't be put in place");
    mark.set(false);
    (void)::unlink(next.c_str());
    return failure;
  }
  return flush_directory(directory);
}

Status withdraw_database(const std::string& path) {
  Mark mark;
  TRY(mark.open(path));
  mark.set(true);
  if (::unlink(path.c_str()) == 0) return flush_directory(directory_of(path));
  if (errno == ENOENT) return {};
  const Failure failure = fail_errno(path, "can't be removed");
  mark.set(false);
  return failure;
}

}  // namespace cardea::nss
