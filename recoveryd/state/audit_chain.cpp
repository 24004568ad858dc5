// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/audit_chain.h"

#include <filesystem>

#include "core/base/bytes.h"
#include "core/base/secure_file.h"

namespace cardea::recoveryd {
namespace {

// A file may be longer than kMaxAuditFile by the line that filled it.
constexpr std::size_t kMostRead = kMaxAuditFile + 64UL * 1024;

bool rename(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  return !error;
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
  std::error_code error;
  if (kept.ok()) std::filesystem::resize_file(path_, good_bytes, error);
  if (!kept.ok() || error) trouble_ = path_ + ": a torn last line can't be moved away";
}

void AuditChain::move_damaged_away(std::string_view why) {
  const std::string aside = path_ + ".damaged." + std::to_string(at_.length + 1);
  const bool moved = rename(path_, aside);
  trouble_ = path_ + ": " + std::string(why) + (moved ? "; moved to " + aside : "; can't be moved away");
}

Status AuditChain::open_file() {
  if (file_) return {};
  TRY_ASSIGN(file_, AppendFile::open(path_));
  return {};
}

// Puts a full file behind the others. What can't be moved grows on: events matter more than its size.
Status AuditChain::make_room(std::size_t bytes) {
  TRY(open_file());
  if (file_.size().value_or(0) + bytes <= kMaxAuditFile) return {};
  file_.close();
  for (int number = kKeptAuditFiles - 1; number >= 1; --number)
    (void)rename(numbered(number), numbered(number + 1));
  (void)rename(path_, numbered(1));
  return open_file();
}

Status AuditChain::append(UnixSeconds now, std::string_view kind, std::initializer_list<LogField> fields) {
  const std::lock_guard lock(mutex_);
  AuditPosition next = at_;
  TRY(make_room(next_audit_line(next, now, kind, fields).size()));
  next = at_;
  std::string lines;
  if (file_.size() == std::uint64_t{0} && next.length > 0) lines = continuing_audit_line(next, now);
  lines += next_audit_line(next, now, kind, fields);
  TRY(file_.append(lines));
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
