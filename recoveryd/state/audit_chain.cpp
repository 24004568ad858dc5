// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/audit_chain.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "core/base/linux/secure_file.h"
#include "core/base/text.h"
#include "core/crypto/hash.h"

namespace cardea::recoveryd {
namespace {

constexpr std::size_t kMaxAuditBytes = 64UL * 1024 * 1024;
constexpr std::string_view kHashField = ",\"hash\":\"";

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      char escaped[7];
      (void)std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(byte));
      out.append(escaped);
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::array<std::uint8_t, 32> next_head(const std::array<std::uint8_t, 32>& head, std::string_view event) {
  const std::uint8_t domain = 0x01;
  return crypto::sha256({ByteView(&domain, 1), head, as_bytes(event)});
}

// Checks one complete line against the chain and advances it.
bool follow(std::string_view line, std::array<std::uint8_t, 32>& head) {
  const auto at = line.rfind(kHashField);
  if (at == std::string_view::npos || line.size() != at + kHashField.size() + 64 + 2) return false;
  const std::string event = std::string(line.substr(0, at)) + "}";
  head = next_head(head, event);
  return line.substr(at + kHashField.size(), 64) == to_hex(head);
}

Status append_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      return fail(errno == ENOSPC || errno == EDQUOT ? Error::disk_full : Error::io_failed,
                  "audit: can't be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

AuditChain::AuditChain(AuditChain&& other) noexcept
    : file_(std::move(other.file_)), length_(other.length_), head_(other.head_) {}

// A full or read-only disk is no error: cards must still log in. The chain then has no file, and events are
// refused.
Result<AuditChain> AuditChain::open(const StateDirectory& directory) {
  const std::string path = directory.file("audit");
  AuditChain chain;
  std::size_t good_bytes = 0;
  auto content = read_state_file(path, kMaxAuditBytes);
  if (!content.ok() && content.error() != Error::not_found) return content.failure();
  if (content.ok()) {
    std::string_view rest = as_text(*content);
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      if (!follow(rest.substr(0, end), chain.head_)) {
        return fail(Error::corrupted,
                    path + ": the chain is broken at event " + std::to_string(chain.length_ + 1));
      }
      ++chain.length_;
      good_bytes += end + 1;
      rest.remove_prefix(end + 1);
    }
    if (!rest.empty()) {
      const Status kept = write_file_atomically(path + ".torn", as_bytes(rest), 0600);
      if (!kept.ok() && kept.error() == Error::disk_full) return chain;
      TRY(kept);
    }
  }
  chain.file_ = UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!chain.file_ && (errno == ENOSPC || errno == EROFS)) return chain;
  if (!chain.file_) return fail(Error::io_failed, path + ": can't be opened");
  if (content.ok() && good_bytes < content->size()) {
    if (::ftruncate(chain.file_.get(), static_cast<off_t>(good_bytes)) != 0)
      return fail(Error::io_failed, path + ": torn line can't be cut");
  }
  return chain;
}

Status AuditChain::append(UnixSeconds now, std::string_view kind, std::initializer_list<LogField> fields) {
  const std::lock_guard lock(mutex_);
  if (!file_) return fail(Error::disk_full, "audit: can't be written");
  std::string event = "{\"n\":" + std::to_string(length_ + 1) + ",\"time\":" + std::to_string(now) +
                      ",\"kind\":" + json_string(kind);
  for (const LogField& field : fields)
    event.append(",").append(json_string(field.name)).append(":").append(json_string(field.value));
  const auto head = next_head(head_, event + "}");
  const std::string line = event + std::string(kHashField) + to_hex(head) + "\"}\n";
  const off_t before = ::lseek(file_.get(), 0, SEEK_END);
  Status written = append_whole(file_.get(), line);
  if (written.ok() && ::fdatasync(file_.get()) != 0)
    written = fail(Error::io_failed, "audit: can't be synced");
  if (!written.ok()) {
    // Half a line would break the chain for the next event.
    if (before >= 0) (void)!::ftruncate(file_.get(), before);
    return written;
  }
  head_ = head;
  ++length_;
  return {};
}

std::uint64_t AuditChain::length() const {
  const std::lock_guard lock(mutex_);
  return length_;
}

std::array<std::uint8_t, 32> AuditChain::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

}  // namespace cardea::recoveryd
