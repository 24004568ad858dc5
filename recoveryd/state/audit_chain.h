// SPDX-License-Identifier: Apache-2.0
// What happened at this computer, as a chain of hashes that can't be shortened or changed unnoticed
// (docs/spec/audit.md, "On a computer"). Never holds a secret. Nothing that is wrong with its files keeps the
// daemon from starting: the chain tells what happened, it lets nobody in.
#pragma once

#include <initializer_list>
#include <mutex>
#include <string>

#include "core/base/result.h"
#include "recoveryd/state/append_file.h"
#include "recoveryd/state/audit_line.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

// A file of the chain: a daemon reads the newest at its start, and enrolled users can make it write.
inline constexpr std::size_t kMaxAuditFile = 8UL * 1024 * 1024;
// audit.1 (the newest) to audit.8; older ones are removed.
inline constexpr int kKeptAuditFiles = 8;

class AuditChain {
 public:
  // Reads and verifies the newest file. A torn last line is moved to audit.torn, a file that does not pass to
  // audit.damaged.N (N: the first bad event); the chain goes on behind the last good event.
  static AuditChain open(const StateDirectory& directory);
  AuditChain(AuditChain&& other) noexcept;

  // What open() found wrong, for the log; empty when nothing.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
  // Appends one event; durable when it returns. Begins a new file when this one is full.
  Status append(UnixSeconds now, std::string_view kind, std::initializer_list<LogField> fields);
  [[nodiscard]] std::uint64_t length() const;
  [[nodiscard]] std::array<std::uint8_t, 32> head() const;

 private:
  explicit AuditChain(const StateDirectory& directory) : path_(directory.file("audit")) {}
  void read_newest();
  void move_damaged_away(std::string_view why);
  [[nodiscard]] std::string numbered(int number) const { return path_ + "." + std::to_string(number); }
  Status open_file();
  Status make_room(std::size_t bytes);

  const std::string path_;
  mutable std::mutex mutex_;
  AppendFile file_;
  AuditPosition at_;
  std::string trouble_;
};

}  // namespace cardea::recoveryd
