// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/vpcd_link.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace cardea::virtual_card {
namespace {

constexpr std::size_t kHeader = 2;
constexpr timeval kSendTimeout = {2, 0};

void set_flag(int descriptor, int option) {
  const int on = 1;
  (void)::setsockopt(descriptor, IPPROTO_TCP, option, &on, sizeof on);
}

}  // namespace

Status VpcdLink::connect() {
  close();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  if (::inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1) {
    return fail(Error::invalid_argument, "host must be an IPv4 address");
  }
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail(Error::io_failed, std::strerror(errno));
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const Failure failure = fail(Error::service_unreachable, std::strerror(errno));
    ::close(descriptor);
    return failure;
  }
  (void)::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kSendTimeout, sizeof kSendTimeout);
  set_flag(descriptor, TCP_NODELAY);
  set_flag(descriptor, TCP_QUICKACK);
  descriptor_ = descriptor;
  return {};
}

void VpcdLink::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  buffer_.clear();
}

Status VpcdLink::receive() {
  std::array<std::uint8_t, 4096> chunk{};
  const ssize_t size = ::recv(descriptor_, chunk.data(), chunk.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (size <= 0) {
    close();
    return Error::peer_closed;
  }
  // pcscd writes length and body in two pieces with Nagle's algorithm on. Without an immediate
  // acknowledgement of the first it sits on the second for 40 ms, for every command. The kernel forgets the
  // flag: set it anew.
  set_flag(descriptor_, TCP_QUICKACK);
  buffer_.insert(buffer_.end(), chunk.begin(), chunk.begin() + size);
  return {};
}

std::optional<Bytes> VpcdLink::next_frame() {
  if (buffer_.size() < kHeader) return std::nullopt;
  const std::size_t size = static_cast<std::size_t>(buffer_[0]) << 8 | buffer_[1];
  if (buffer_.size() < kHeader + size) return std::nullopt;
  const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(kHeader + size);
  Bytes body(buffer_.begin() + kHeader, end);
  buffer_.erase(buffer_.begin(), end);
  return body;
}

Status VpcdLink::send(ByteView body) {
  if (!connected()) return Error::peer_closed;
  if (body.size() > 0xffff) return Error::frame_too_large;
  Bytes frame = {static_cast<std::uint8_t>(body.size() >> 8), static_cast<std::uint8_t>(body.size() & 0xff)};
  frame.insert(frame.end(), body.begin(), body.end());
  std::size_t sent = 0;
  while (sent < frame.size()) {
    const ssize_t step = ::send(descriptor_, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) {
      close();
      return Error::peer_closed;
    }
    sent += static_cast<std::size_t>(step);
  }
  return {};
}

}  // namespace cardea::virtual_card
