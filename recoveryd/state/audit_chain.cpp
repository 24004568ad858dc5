// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/audit_chain.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "core/base/secure_file.h"

namespace cardea::recoveryd {
namespace {

// A file may be longer than kMaxAuditFile by the line that filled it.
constexpr std::size_t kMostRead = kMaxAuditFile + 64UL * 1024;

Failure write_failure(int code) {
  const bool full = code == ENOSPC || code == EDQUOT || code == EROFS;
  return fail(full ? Error::disk_full : Error::io_failed, "audit: can't be written");
}

Status append_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return write_failure(errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// New names in a directory are lost with the power unless the directory is synced.
Status sync_directory_of(const std::string& path) {
  const UniqueFd folder(::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return fail(Error::io_failed, path + ": can't be synced");
  return {};
}

// The end of a file that was full: where the chain goes on when the next one is not there yet.
AuditPosition end_of_file(const std::string& path) {
  const auto content = read_state_file(path, kMostRead);
  if (!content.ok()) return {};
  std::string_view text = as_text(*content);
  if (!text.ends_with('\n')) return {};
  text.remove_suffix(1);
  return end_of_audit(text.substr(text.rfind('\n') + 1)).value_or(AuditPosition{});
}

}  // namespace

AuditChain::AuditChain(AuditChain&& other) noexcept
    : path_(other.path_),
      file_(std::move(other.file_)),
      at_(other.at_),
      trouble_(std::move(other.trouble_)) {}

AuditChain AuditChain::open(const StateDirectory& directory) {
  AuditChain chain(directory);
  chain.read_newest();
  return chain;
}

void AuditChain::read_newest() {
  const auto content = read_state_file(path_, kMostRead);
  if (!content.ok()) {
    at_ = end_of_file(numbered(1));
    if (content.error() != Error::not_found) move_damaged_away(content.failure().detail);
    return;
  }
  std::string_view rest = as_text(*content);
  at_ = start_of_audit(rest.substr(0, rest.find('\n')));
  std::size_t good_bytes = 0;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    if (!follow_audit_line(rest.substr(0, end), at_))
      return move_damaged_away("the chain is broken at event " + std::to_string(at_.length + 1));
    good_bytes += end + 1;
    rest.remove_prefix(end + 1);
  }
  if (rest.empty()) {
    if (good_bytes == 0) at_ = end_of_file(numbered(1));
    return;
  }
  // Half a line from a power failure would break the chain for the next event.
  const Status kept = write_file_atomically(path_ + ".torn", as_bytes(rest), 0600);
  if (!kept.ok() || ::truncate(path_.c_str(), static_cast<off_t>(good_bytes)) != 0)
    trouble_ = path_ + ": a torn last line can't be moved away";
}

void AuditChain::move_damaged_away(std::string_view why) {
  const std::string aside = path_ + ".damaged." + std::to_string(at_.length + 1);
  const bool moved = ::rename(path_.c_str(), aside.c_str()) == 0;
  trouble_ = path_ + ": " + std::string(why) + (moved ? "; moved to " + aside : "; can't be moved away");
}

Status AuditChain::open_file() {
  if (file_) return {};
  file_ = UniqueFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file_) return write_failure(errno);
  return sync_directory_of(path_);
}

// Puts a full file behind the others. What can't be moved grows on: events matter more than its size.
Status AuditChain::make_room(std::size_t bytes) {
  TRY(open_file());
  const off_t size = ::lseek(file_.get(), 0, SEEK_END);
  if (size < 0 || static_cast<std::size_t>(size) + bytes <= kMaxAuditFile) return {};
  for (int number = kKeptAuditFiles - 1; number >= 1; --number)
    (void)::rename(numbered(number).c_str(), numbered(number + 1).c_str());
  if (::rename(path_.c_str(), numbered(1).c_str()) != 0) return {};
  file_.reset();
  return open_file();
}

Status AuditChain::write_line(std::string_view line) {
  const off_t before = ::lseek(file_.get(), 0, SEEK_END);
  Status written = append_whole(file_.get(), line);
  if (written.ok() && ::fdatasync(file_.get()) != 0)
    written = fail(Error::io_failed, "audit: can't be synced");
  // Half a line would break the chain for the next event.
  if (!written.ok() && before >= 0) (void)!::ftruncate(file_.get(), before);
  return written;
}

Status AuditChain::append(UnixSeconds now, std::string_view kind, std::initializer_list<LogField> fields) {
  const std::lock_guard lock(mutex_);
  AuditPosition next = at_;
  TRY(make_room(next_audit_line(next, now, kind, fields).size()));
  next = at_;
  std::string lines;
  if (::lseek(file_.get(), 0, SEEK_END) == 0 && next.length > 0) lines = continuing_audit_line(next, now);
  lines += next_audit_line(next, now, kind, fields);
  TRY(write_line(lines));
  at_ = next;
  return {};
}

std::uint64_t AuditChain::length() const {
  const std::lock_guard lock(mutex_);
  return at_.length;
}
std::array<std::uint8_t, 32> AuditChain::head() const {
  const std::lock_guard lock(mutex_);
  return at_.head;
}

}  // namespace cardea::recoveryd
