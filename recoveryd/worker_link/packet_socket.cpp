// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/worker_link/packet_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>

namespace cardea::worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Rounded up, so that a deadline is never met by spinning.
int remaining(std::optional<Deadline> deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<milliseconds>(*deadline - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

// Room for more descriptors than the one that is allowed, so that the surplus is seen and closed.
constexpr std::size_t kDescriptorRoom = 16;

// Takes all descriptors of a received message; the first is kept, the number is returned.
std::size_t take_descriptors(msghdr& message, UniqueFd& first) {
  std::size_t count = 0;
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t here = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < here; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(c) + i * sizeof(int), sizeof number);
      UniqueFd fd(number);
      if (count++ == 0) first = std::move(fd);
    }
  }
  return count;
}

}  // namespace

Result<std::pair<PacketSocket, PacketSocket>> PacketSocket::make_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail(Error::io_failed, std::strerror(errno));
  }
  return std::pair(PacketSocket(UniqueFd(ends[0])), PacketSocket(UniqueFd(ends[1])));
}

Status PacketSocket::wait(short events, std::optional<Deadline> deadline) const {
  while (true) {
    pollfd entry{fd_.get(), events, 0};
    const int ready = ::poll(&entry, 1, remaining(deadline));
    if (ready > 0) return {};
    if (ready == 0) return Error::timeout;
    if (errno != EINTR) return fail(Error::io_failed, std::strerror(errno));
  }
}

Status PacketSocket::send(ByteView packet, int fd, Deadline deadline) const {
  if (packet.size() > kMaxPacket) return Error::frame_too_large;
  iovec part{const_cast<std::uint8_t*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(c), &fd, sizeof fd);
  }
  while (::sendmsg(fd_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    if (errno == EINTR) continue;
    if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN) return Error::peer_closed;
    if (errno != EAGAIN && errno != ENOBUFS) return fail(Error::io_failed, std::strerror(errno));
    TRY(wait(POLLOUT, deadline));
  }
  return {};
}

Result<Packet> PacketSocket::receive(std::optional<Deadline> deadline) {
  TRY(wait(POLLIN, deadline));
  if (buffer_.empty()) buffer_ = SecretBytes(kMaxPacket);
  Packet packet;
  iovec part{buffer_.expose_mutable().data(), buffer_.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kDescriptorRoom * sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got = 0;
  do {
    got = ::recvmsg(fd_.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == ECONNRESET || errno == ENOTCONN)) return Error::peer_closed;
  if (got < 0) return fail(Error::io_failed, std::strerror(errno));
  const std::size_t descriptors = take_descriptors(message, packet.fd);
  if (got == 0 && descriptors == 0) return Error::peer_closed;
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || descriptors > 1) return Error::frame_malformed;
  const auto used = buffer_.expose_mutable().first(static_cast<std::size_t>(got));
  packet.bytes = SecretBytes(ByteView(used));
  wipe(used.data(), used.size());
  return packet;
}

}  // namespace cardea::worker
