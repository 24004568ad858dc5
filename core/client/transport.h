// SPDX-License-Identifier: Apache-2.0
// One connection to the daemon that carries whole packets (docs/spec/local-protocol.md, “Transport”), as
// DaemonClient sees it. linux/unix_socket_transport is the real one; tests script their own. Nothing
// allocates or throws: the PAM module is one of the users.
//
// A budget is the number of milliseconds the caller may still wait for the other side; each call takes off
// what it waited. Time in which a person is typing is not in it.
#pragma once

#include <cstdint>

#include "core/base/error.h"
#include "core/wire/local_messages.h"

namespace cardea::client {

inline constexpr Error kNoError{};  // no number of error.h: everything went well

// A private channel that came with a packet: a descriptor or handle of the system.
using Channel = std::intptr_t;
inline constexpr Channel kNoChannel = -1;

class Transport {
 public:
  // Connects, or connects again. Error: service_unreachable, peer_not_trusted, timeout, invalid_argument.
  virtual Error connect(std::uint32_t& budget_ms) noexcept = 0;
  virtual Error send(wire::Packet packet) noexcept = 0;
  // send() with a descriptor of which the daemon gets a copy. Error::not_supported where there is no such
  // thing.
  virtual Error lend(wire::Packet packet, Channel channel) noexcept {
    (void)packet;
    (void)channel;
    return Error::not_supported;
  }
  // The next packet, in `buffer`. `channel` is kNoChannel or belongs to the caller, who closes it.
  // Error: timeout, peer_closed, frame_too_large, frame_malformed (more than one descriptor), io_failed.
  virtual Error receive(wire::PacketBuffer buffer, std::uint32_t& budget_ms, wire::Packet& packet,
                        Channel& channel) noexcept = 0;
  // True when the daemon has ended the connection.
  virtual bool hung_up() noexcept = 0;
  virtual Error write(Channel channel, wire::Packet packet) noexcept = 0;
  virtual Error read(Channel channel, wire::PacketBuffer buffer, std::uint32_t& budget_ms,
                     wire::Packet& packet) noexcept = 0;
  virtual void close(Channel channel) noexcept = 0;

 protected:
  ~Transport() = default;
};

}  // namespace cardea::client
