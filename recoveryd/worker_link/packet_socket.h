// SPDX-License-Identifier: Apache-2.0
// One end of a SOCK_SEQPACKET pair on which whole packets and descriptors travel. Used by the worker link and
// the worker; tests use it to send what neither would.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "core/base/linux/unique_fd.h"
#include "core/base/secret.h"

namespace cardea::worker {

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr std::size_t kMaxPacket = 65'536;

struct Packet {
  SecretBytes bytes;  // wiped when it ends: requests and replies may carry keys
  UniqueFd fd;
};

class PacketSocket {
 public:
  explicit PacketSocket(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
  static Result<std::pair<PacketSocket, PacketSocket>> make_pair();

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  UniqueFd take() noexcept { return std::move(fd_); }
  // `fd` may be -1. Error::peer_closed, Error::timeout, Error::frame_too_large, Error::io_failed.
  Status send(ByteView packet, int fd, Deadline deadline) const;
  // Waits; without a deadline for ever. Error::peer_closed at the end, Error::timeout, Error::frame_malformed
  // for a packet that was cut off or has more than one descriptor (all are closed).
  Result<Packet> receive(std::optional<Deadline> deadline);

 private:
  Status wait(short events, std::optional<Deadline> deadline) const;
  UniqueFd fd_;
  SecretBytes buffer_;  // kept: locking 64 KiB anew for each packet would cost more than the packet
};

}  // namespace cardea::worker
