// SPDX-License-Identifier: Apache-2.0
#include "core/client/linux/unix_socket_transport.h"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace cardea::client {
namespace {

constexpr int kFirstFreeDescriptor = 3;     // 0 to 2 may be closed in the host, and are never ours
constexpr std::size_t kMaxDescriptors = 4;  // room to see (and close) more than the one that is permitted

std::int64_t now_ms() noexcept {
  timespec now{};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

// Takes the time between its construction and its end off a budget.
class Spending {
 public:
  explicit Spending(std::uint32_t& budget_ms) noexcept : budget_ms_(budget_ms), started_(now_ms()) {}
  Spending(const Spending&) = delete;
  Spending& operator=(const Spending&) = delete;
  ~Spending() { budget_ms_ = left(); }
  [[nodiscard]] std::uint32_t left() const noexcept {
    const std::int64_t spent = now_ms() - started_;
    return spent >= budget_ms_ ? 0 : budget_ms_ - static_cast<std::uint32_t>(spent);
  }

 private:
  std::uint32_t& budget_ms_;
  std::int64_t started_;
};

int above_standard_streams(int descriptor) noexcept {
  if (descriptor < 0 || descriptor >= kFirstFreeDescriptor) return descriptor;
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstFreeDescriptor);
  (void)::close(descriptor);
  return moved;
}

// Has connect and send wait, but no longer than that.
void set_blocking(int socket, std::uint32_t limit_ms) noexcept {
  timeval limit{};
  limit.tv_sec = limit_ms / 1000;
  limit.tv_usec = static_cast<suseconds_t>(limit_ms % 1000) * 1000;
  (void)setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  (void)fcntl(socket, F_SETFL, 0);
}

// Copies the path; false when it is not absolute or too long for an address.
bool make_address(const char* path, sockaddr_un& address) noexcept {
  const std::string_view text(path);
  if (text.empty() || text[0] != '/' || text.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path, text.size() + 1);
  return true;
}

// “The client refuses a server that is neither uid 0 nor the owner of the socket's directory, and a directory
// that group or others may write to.”
bool is_trusted(int socket, const sockaddr_un& address) noexcept {
  char directory[sizeof address.sun_path];
  std::memcpy(directory, address.sun_path, sizeof directory);
  char* slash = std::strrchr(directory, '/');
  if (slash == directory) ++slash;  // the root directory itself
  *slash = '\0';
  struct stat status {};
  if (stat(directory, &status) != 0 || !S_ISDIR(status.st_mode)) return false;
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return false;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || size != sizeof peer) return false;
  return peer.uid == 0 || peer.uid == status.st_uid;
}

Error wait_readable(int descriptor, const Spending& spending) noexcept {
  while (true) {
    pollfd wait{descriptor, POLLIN, 0};
    const std::uint32_t left = spending.left();
    const int ready = poll(&wait, 1, left > INT32_MAX ? INT32_MAX : static_cast<int>(left));
    if (ready > 0) return kNoError;
    if (ready == 0) return Error::timeout;
    if (errno != EINTR) return Error::io_failed;
  }
}

// One packet and the descriptors with it; all of them are closed again unless there is at most one.
Error receive_packet(int socket, wire::PacketBuffer buffer, wire::Packet& packet, Channel& channel) noexcept {
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxDescriptors * sizeof(int))];
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size = 0;
  do {
    size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return errno == ECONNRESET ? Error::peer_closed : Error::io_failed;

  int received[kMaxDescriptors];
  std::size_t count = 0;
  for (cmsghdr* part_of = CMSG_FIRSTHDR(&message); part_of != nullptr;
       part_of = CMSG_NXTHDR(&message, part_of)) {
    if (part_of->cmsg_level != SOL_SOCKET || part_of->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t here = (part_of->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < here && count < kMaxDescriptors; ++i) {
      std::memcpy(&received[count++], CMSG_DATA(part_of) + i * sizeof(int), sizeof(int));
    }
  }
  const bool whole = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
  if (!whole || count > 1 || size == 0) {
    for (std::size_t i = 0; i < count; ++i)
      (void)::close(received[i]);
    if (size == 0) return Error::peer_closed;
    return (message.msg_flags & MSG_TRUNC) != 0 ? Error::frame_too_large : Error::frame_malformed;
  }
  if (count == 1) {
    const int descriptor = above_standard_streams(received[0]);
    if (descriptor < 0) return Error::io_failed;
    channel = descriptor;
  }
  packet = buffer.first(static_cast<std::size_t>(size));
  return kNoError;
}

Error send_packet(int socket, wire::Packet packet, int flags) noexcept {
  while (true) {
    const ssize_t sent = ::send(socket, packet.data(), packet.size(), MSG_NOSIGNAL | flags);
    if (sent >= 0) return static_cast<std::size_t>(sent) == packet.size() ? kNoError : Error::io_failed;
    if (errno == EINTR) continue;
    if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN) return Error::peer_closed;
    return errno == EAGAIN ? Error::timeout : Error::io_failed;
  }
}

}  // namespace

void UnixSocketTransport::disconnect() noexcept {
  if (socket_ >= 0) (void)::close(socket_);
  socket_ = -1;
}

Error UnixSocketTransport::connect(std::uint32_t& budget_ms) noexcept {
  disconnect();
  const Spending spending(budget_ms);
  sockaddr_un address{};
  if (!make_address(path_, address)) return Error::invalid_argument;
  socket_ = above_standard_streams(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket_ < 0) return Error::io_failed;
  const auto* target = reinterpret_cast<const sockaddr*>(&address);
  while (::connect(socket_, target, sizeof address) != 0) {
    if (errno != EAGAIN && errno != EINTR) return Error::service_unreachable;
    const std::uint32_t left = spending.left();  // many are waiting to be accepted
    if (left == 0) return Error::timeout;        // to the kernel a limit of 0 would mean none
    set_blocking(socket_, left);
  }
  return is_trusted(socket_, address) ? kNoError : Error::peer_not_trusted;
}

Error UnixSocketTransport::send(wire::Packet packet) noexcept { return send_packet(socket_, packet, 0); }

Error UnixSocketTransport::lend(wire::Packet packet, Channel channel) noexcept {
  const int descriptor = static_cast<int>(channel);
  iovec part{const_cast<std::uint8_t*>(packet.data()), packet.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket_, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return errno == EPIPE || errno == ECONNRESET ? Error::peer_closed : Error::io_failed;
  return static_cast<std::size_t>(sent) == packet.size() ? kNoError : Error::io_failed;
}

Error UnixSocketTransport::receive(wire::PacketBuffer buffer, std::uint32_t& budget_ms, wire::Packet& packet,
                                   Channel& channel) noexcept {
  const Spending spending(budget_ms);
  channel = kNoChannel;
  if (const Error error = wait_readable(socket_, spending); error != kNoError) return error;
  return receive_packet(socket_, buffer, packet, channel);
}

bool UnixSocketTransport::hung_up() noexcept {
  pollfd now{socket_, 0, 0};
  return poll(&now, 1, 0) > 0 && (now.revents & POLLHUP) != 0;
}

// Never waits: a private channel is a fresh socket pair with room for the one packet it is there for.
Error UnixSocketTransport::write(Channel channel, wire::Packet packet) noexcept {
  return send_packet(static_cast<int>(channel), packet, MSG_DONTWAIT);
}

Error UnixSocketTransport::read(Channel channel, wire::PacketBuffer buffer, std::uint32_t& budget_ms,
                                wire::Packet& packet) noexcept {
  const Spending spending(budget_ms);
  if (const Error error = wait_readable(static_cast<int>(channel), spending); error != kNoError) return error;
  Channel unexpected = kNoChannel;
  const Error error = receive_packet(static_cast<int>(channel), buffer, packet, unexpected);
  if (unexpected == kNoChannel) return error;
  close(unexpected);
  return Error::frame_malformed;
}

void UnixSocketTransport::close(Channel channel) noexcept { (void)::close(static_cast<int>(channel)); }

}  // namespace cardea::client
