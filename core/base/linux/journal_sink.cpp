// SPDX-License-Identifier: Apache-2.0
#include "core/base/linux/journal_sink.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "core/base/text.h"

namespace cardea {
namespace {

constexpr std::string_view kCut = "…";
// LOG_DAEMON, as systemd says of what a service writes to stderr; without it a forwarded line would count as
// a user's.
constexpr std::string_view kFacility = "3";

bool names_file(const char* journal_stream, int fd) {
  if (journal_stream == nullptr) return false;
  const auto parts = split(journal_stream, ':');
  if (parts.size() != 2) return false;
  const auto device = parse_decimal(parts[0]);
  const auto inode = parse_decimal(parts[1]);
  struct stat found {};
  return device.has_value() && inode.has_value() && ::fstat(fd, &found) == 0 && found.st_dev == *device &&
         found.st_ino == *inode;
}

// At most `most` bytes, the mark included; no UTF-8 character is cut in two.
std::string within(std::string_view value, std::size_t most) {
  if (value.size() <= most) return std::string(value);
  std::size_t end = most - kCut.size();
  for (int back = 0; back < 3 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U; ++back)
    --end;
  return std::string(value.substr(0, end)).append(kCut);
}

// Always the binary form: name, line end, length (64 bits, little endian), value, line end. What the value
// holds can't end it.
void add_field(std::string& datagram, std::string_view name, std::string_view value) {
  datagram.append(name).push_back('\n');
  for (unsigned shift = 0; shift < 64; shift += 8)
    datagram.push_back(static_cast<char>((std::uint64_t{value.size()} >> shift) & 0xFFU));
  datagram.append(value).push_back('\n');
}

std::string field_name(std::string_view name) {
  std::string out = "CARDEA_";
  for (const char c : name)
    out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return out;
}

std::string datagram_of(const LogEntry& entry) {
  std::string out;
  out.reserve(1024);
  add_field(out, "MESSAGE", within(entry.line, kMaxJournalLine));
  add_field(out, "PRIORITY", std::to_string(static_cast<unsigned>(entry.level)));
  add_field(out, "SYSLOG_IDENTIFIER", entry.program);
  add_field(out, "SYSLOG_FACILITY", kFacility);
  if (!entry.event_id.empty()) add_field(out, "MESSAGE_ID", entry.event_id);
  for (const LogField& field : entry.fields)
    add_field(out, field_name(field.name), within(field.value, kMaxJournalValue));
  return out;
}

// 0 or errno. Whole or not at all: the kernel puts so short a line into one buffer.
int put_on_stream(int fd, const LogEntry& entry) {
  const std::string line = "<" + std::to_string(static_cast<unsigned>(entry.level)) + ">" +
                           within(entry.line, kMaxJournalLine) + "\n";
  return ::send(fd, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ? 0 : errno;
}

}  // namespace

JournalSink::JournalSink(UniqueFd socket, int error_fd, std::string path)
    : socket_(std::move(socket)), error_fd_(error_fd), path_(std::move(path)) {}

std::unique_ptr<JournalSink> JournalSink::open(const char* journal_stream, int error_fd,
                                               const std::string& socket_path) {
  if (!names_file(journal_stream, error_fd) || socket_path.size() >= sizeof(sockaddr_un::sun_path))
    return nullptr;
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return nullptr;
  return std::unique_ptr<JournalSink>(new JournalSink(std::move(socket), error_fd, socket_path));
}

// By name each time, so that a journal that was started anew is found.
bool JournalSink::send(const LogEntry& entry) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  const std::string datagram = datagram_of(entry);
  return ::sendto(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address), sizeof(address)) >= 0;
}

bool JournalSink::take(const LogEntry& entry) {
  if (send(entry)) {
    tell_of_lost(entry.program);
    return true;
  }
  const int trouble = put_on_stream(error_fd_, entry);
  if (trouble != 0 && trouble != EAGAIN) return false;
  if (trouble == EAGAIN) ++lost_;
  return true;
}

void JournalSink::tell_of_lost(std::string_view program) {
  const std::int64_t count = lost_.exchange(0);
  if (count == 0) return;
  const LogField fields[] = {{"count", count}};
  const std::string line = "lines lost while the journal took none count=" + std::to_string(count);
  if (!send({LogLevel::warning, program, line, {}, fields})) lost_ += count;
}

}  // namespace cardea
