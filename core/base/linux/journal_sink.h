// SPDX-License-Identifier: Apache-2.0
// Log entries with their fields, for the systemd journal: what `journalctl CARDEA_USER=maria` finds.
// recoveryd and the server set it when their stderr is the journal; the fields are docs/spec/log.md, why it
// is not sd_journal_sendv is docs/decisions/0032. One entry is one datagram in the form of
// https://systemd.io/JOURNAL_NATIVE_PROTOCOL. Nothing here ever waits.
#pragma once

#include <atomic>
#include <memory>

#include <unistd.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/log.h"

namespace cardea {

inline constexpr const char* kJournalSocket = "/run/systemd/journal/socket";
// Bytes of one field and of the line. Longer ones are cut at a character and end with “…”; with both the
// datagram stays far below what a socket takes (net.core.wmem_default, 208 KiB).
inline constexpr std::size_t kMaxJournalValue = 1024;
inline constexpr std::size_t kMaxJournalLine = 8192;

class JournalSink final : public LogSink {
 public:
  // Null unless `error_fd` is the very file that the environment's JOURNAL_STREAM (“device:inode”, or null)
  // names: the variable is inherited by programs whose stderr is something else.
  static std::unique_ptr<JournalSink> open(const char* journal_stream, int error_fd = STDERR_FILENO,
                                           const std::string& socket_path = kJournalSocket);

  // The journal's socket, else the stream behind stderr. Both full means that the journal hangs: a login does
  // not wait for it; the line is counted, and the number is told when the socket takes entries again.
  bool take(const LogEntry& entry) override;

 private:
  JournalSink(UniqueFd socket, int error_fd, std::string path);
  bool send(const LogEntry& entry) const;
  void tell_of_lost(std::string_view program);

  UniqueFd socket_;
  int error_fd_;
  std::string path_;
  std::atomic<std::int64_t> lost_{0};
};

}  // namespace cardea
