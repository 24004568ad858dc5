// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/guest_cleanup/home_removal.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/api/account_statement.h"
#include "core/base/text.h"
#include "core/base/unique_handle.h"

namespace cardea::recoveryd {
namespace {

using Directory = UniqueHandle<DIR, ::closedir>;

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
// A home that is being removed. No account name begins with a dot.
constexpr std::string_view kLeaving = ".cardea-leaving-";
// A guest may make a tree that takes longer to remove than anybody waits: the rest goes at the next call.
constexpr unsigned kMaxRounds = 1'000'000;
constexpr std::size_t kMostNames = 10'000;

Failure trouble(const std::string& what) {
  return fail(Error::io_failed, what + ": " + std::strerror(errno));
}

// A directory in `directory` itself: no link, and nothing that is mounted there, also not from the same file
// system. A kernel without openat2 removes nothing.
UniqueFd open_in(int directory, const std::string& name) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(kOpenDirectory);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)));
}

Result<struct stat> stat_of(int file, const std::string& name) {
  struct stat info {};
  if (::fstat(file, &info) != 0) return trouble(name);
  return info;
}

// The names in a directory, but for “.” and “..”; of a very long one the first.
Result<std::vector<std::string>> names_in(int directory, std::size_t most = kMostNames) {
  UniqueFd again(::openat(directory, ".", kOpenDirectory));
  if (!again) return trouble("directory");
  const Directory list(::fdopendir(again.get()));
  if (!list) return trouble("directory");
  (void)again.release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(list.get())) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
    if (names.size() == most) break;
    errno = 0;
  }
  if (errno != 0) return trouble("directory");
  return names;
}

// Empties `top` without ever going down: whatever is a directory in a directory of it is moved into `top`
// itself first. So no depth, no length of a path and no exchanged link leads anywhere else, and two
// descriptors are enough.
class TreeRemoval {
 public:
  explicit TreeRemoval(int top) : top_(top) {}

  Status run() {
    for (bool progress = true; progress && rounds_ < kMaxRounds;) {
      progress = false;
      TRY_ASSIGN(const auto names, names_in(top_));
      for (const std::string& name : names)
        progress = remove_entry(name) || progress;
    }
    TRY_ASSIGN(const auto left, names_in(top_));
    if (!left.empty()) return fail(Error::io_failed, "could not be removed: " + escape_for_log(left.front()));
    return {};
  }

 private:
  bool remove_entry(const std::string& name) {
    ++rounds_;
    if (::unlinkat(top_, name.c_str(), 0) == 0) return true;
    const UniqueFd inner = open_in(top_, name);
    if (!inner) return false;
    const auto names = names_in(inner.get());
    if (!names.ok()) return false;
    bool progress = false;
    for (const std::string& one : *names) {
      if (++rounds_ > kMaxRounds) return false;
      if (::unlinkat(inner.get(), one.c_str(), 0) == 0 || move_up(inner.get(), one)) progress = true;
    }
    return ::unlinkat(top_, name.c_str(), AT_REMOVEDIR) == 0 || progress;
  }

  bool move_up(int directory, const std::string& name) {
    const std::string here = ".moved-" + std::to_string(++moved_);
    return ::renameat2(directory, name.c_str(), top_, here.c_str(), RENAME_NOREPLACE) == 0 || errno == EEXIST;
  }

  int top_;
  unsigned rounds_ = 0;
  std::uint64_t moved_ = 0;
};

// Of “Uid: real effective saved file-system” and “State: Z (zombie)”.
bool runs_as(const std::string& status, uid_t uid) {
  std::istringstream lines(status);
  bool ended = false, his = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("State:")) ended = line.find("Z (") != line.npos || line.find("X (") != line.npos;
    if (!line.starts_with("Uid:")) continue;
    std::istringstream ids(line.substr(4));
    for (std::uint64_t id = 0; ids >> id;)
      his = his || id == uid;
  }
  return his && !ended;
}

}  // namespace

Result<bool> has_processes(uid_t uid) {
  const UniqueFd proc(::open("/proc", kOpenDirectory));
  if (!proc) return trouble("/proc");
  TRY_ASSIGN(const auto names, names_in(proc.get(), SIZE_MAX));
  bool seen_first = false;
  for (const std::string& name : names) {
    if (!parse_decimal(name)) continue;
    std::ifstream file("/proc/" + name + "/status");
    const std::string status{std::istreambuf_iterator<char>(file), {}};
    seen_first = seen_first || (name == "1" && !status.empty());
    if (runs_as(status, uid)) return true;
  }
  // Mounted so that it hides the processes of others (hidepid), it may hide his.
  if (!seen_first) return fail(Error::io_failed, "/proc does not show all processes");
  return false;
}

Result<GuestHomes> GuestHomes::open(const std::string& prefix, IsThere is_there) {
  UniqueFd directory(::open(prefix.c_str(), kOpenDirectory));
  if (!directory) return trouble(prefix);
  TRY_ASSIGN(const struct stat info, stat_of(directory.get(), prefix));
  if (info.st_uid != ::geteuid() || (info.st_mode & 022) != 0)
    return fail(Error::unsafe_file, prefix + ": others may write there");
  return GuestHomes(std::move(directory), std::move(is_there));
}

Status GuestHomes::remove(const std::string& name) const {
  if (!is_account_name(name)) return fail(Error::invalid_argument, "not a name");
  const UniqueFd home = open_in(prefix_.get(), name);
  if (!home && errno == ENOENT) return Error::not_found;
  // A link, a mount or no directory is not his; anything else (a kernel or a filter without openat2) is ours.
  if (!home && errno != ELOOP && errno != EXDEV && errno != ENOTDIR) return trouble(name);
  if (!home) return fail(Error::state_forbidden, name + ": is not a directory of this file system");
  TRY_ASSIGN(const struct stat info, stat_of(home.get(), name));
  if (!api::is_unix_id(info.st_uid)) return fail(Error::state_forbidden, name + ": is not a guest's");
  TRY_ASSIGN(const bool there, is_there_(info.st_uid));
  if (there) return fail(Error::state_forbidden, name + ": he is still there");
  const std::string leaving =
      std::string(kLeaving) + std::to_string(info.st_uid) + "-" + std::to_string(info.st_ino);
  // From here a new session finds no home and gets a new one. One that began before is seen by its processes.
  if (::renameat2(prefix_.get(), name.c_str(), prefix_.get(), leaving.c_str(), RENAME_NOREPLACE) != 0)
    return trouble(name);
  const auto still = is_there_(info.st_uid);
  if (!still.ok() || *still) {
    if (::renameat2(prefix_.get(), leaving.c_str(), prefix_.get(), name.c_str(), RENAME_NOREPLACE) != 0)
      return trouble(name);
    return still.ok() ? fail(Error::state_forbidden, name + ": he is there again") : still.failure();
  }
  return remove_leaving(leaving);
}

Status GuestHomes::remove_leaving(const std::string& name) const {
  const UniqueFd home = open_in(prefix_.get(), name);
  if (!home) return trouble(name);
  // Nobody else comes in any more, whatever the guest has permitted.
  if (::fchown(home.get(), ::geteuid(), ::getegid()) != 0 || ::fchmod(home.get(), 0700) != 0)
    return trouble(name);
  TRY(TreeRemoval(home.get()).run());
  if (::unlinkat(prefix_.get(), name.c_str(), AT_REMOVEDIR) != 0) return trouble(name);
  return {};
}

Status GuestHomes::remove_all(std::int64_t least_age_seconds) const {
  TRY_ASSIGN(const auto names, names_in(prefix_.get(), SIZE_MAX));
  Status first;
  for (const std::string& name : names) {
    Status done;
    struct stat info {};
    if (name.starts_with(kLeaving)) {
      done = remove_leaving(name);
    } else if (is_account_name(name) &&
               ::fstatat(prefix_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
               S_ISDIR(info.st_mode) && api::is_unix_id(info.st_uid) &&
               ::time(nullptr) - info.st_ctime >= least_age_seconds) {
      done = remove(name);
      if (!done.ok() && done.error() == Error::state_forbidden) done = {};  // he is there
    }
    if (!done.ok() && first.ok()) first = done;
  }
  return first;
}

}  // namespace cardea::recoveryd
