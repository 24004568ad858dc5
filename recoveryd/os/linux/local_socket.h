// SPDX-License-Identifier: Apache-2.0
// The daemon's side of the local socket: listening, accepting, who the peer is, and single packets with at
// most one descriptor (docs/spec/local-protocol.md, "Transport").
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include <sys/types.h>

#include "core/base/bytes.h"
#include "core/base/linux/unique_fd.h"

namespace cardea::recoveryd {

struct Peer {
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
  pid_t pid = 0;
};

struct Listener {
  UniqueFd socket;
  // Who called listen(): ourselves or, for a socket that was passed, systemd. Every client's kernel names
  // this uid as the daemon's, and it is the one that may act for everybody (peer_policy.h).
  uid_t administrator = 0;
};

// A listening SOCK_SEQPACKET socket at `path`, mode 0666, in a directory that only its owner may write to. A
// left-over socket is replaced; anything else at that path is Error::already_exists. When systemd passes
// descriptors (sd_listen_fds), there must be exactly one, and it must be such a socket at this very path:
// else Error::invalid_argument. Call it before there are threads: it changes the environment.
Result<Listener> listen_at(const std::string& path);
// The next connection, or an empty descriptor when `wakeup` became readable.
Result<UniqueFd> accept_one(int listener, int wakeup);
// From the kernel, not from the peer.
Result<Peer> peer_of(int socket);

using Deadline = std::chrono::steady_clock::time_point;

// How many bytes the next packet has, once it is there; it stays to be received. 0 at the end of file.
Result<std::size_t> next_packet_size(int socket, Deadline deadline);
// One packet of at most `buffer.size()` bytes. Error::peer_closed at the end of file, timeout,
// frame_too_large for a truncated packet, frame_malformed when descriptors came with it (the daemon takes
// none from its clients).
Result<ByteView> receive_packet(int socket, MutableBytes buffer, Deadline deadline);
// The same for the one message that may bring a descriptor: it is empty when none came; with more than one
// the packet is frame_malformed.
struct PacketWithDescriptor {
  ByteView packet;
  UniqueFd descriptor;
};
Result<PacketWithDescriptor> receive_packet_and_descriptor(int socket, MutableBytes buffer,
                                                           Deadline deadline);
// `descriptor` < 0: none. Error::peer_closed or io_failed.
Status send_packet(int socket, ByteView packet, int descriptor = -1);
// True when the peer has hung up.
bool peer_gone(int socket) noexcept;

// The two ends of a private channel: first for the client, second for the worker.
Result<std::pair<UniqueFd, UniqueFd>> make_private_channel();

}  // namespace cardea::recoveryd
