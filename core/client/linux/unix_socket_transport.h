// SPDX-License-Identifier: Apache-2.0
// The Linux transport: a SOCK_SEQPACKET socket with the checks of docs/spec/local-protocol.md, “Transport”.
// Built to run inside other people's programs: no signal can come of it, no descriptor is inherited or lies
// below 3.
#pragma once

#include "core/client/transport.h"

namespace cardea::client {

class UnixSocketTransport final : public Transport {
 public:
  // `path` is absolute, at most 107 bytes, and must outlive the object.
  explicit UnixSocketTransport(const char* path) noexcept : path_(path) {}
  UnixSocketTransport(const UnixSocketTransport&) = delete;
  UnixSocketTransport& operator=(const UnixSocketTransport&) = delete;
  ~UnixSocketTransport() { disconnect(); }

  Error connect(std::uint32_t& budget_ms) noexcept override;
  Error send(wire::Packet packet) noexcept override;
  Error lend(wire::Packet packet, Channel channel) noexcept override;
  Error receive(wire::PacketBuffer buffer, std::uint32_t& budget_ms, wire::Packet& packet,
                Channel& channel) noexcept override;
  bool hung_up() noexcept override;
  Error write(Channel channel, wire::Packet packet) noexcept override;
  Error read(Channel channel, wire::PacketBuffer buffer, std::uint32_t& budget_ms,
             wire::Packet& packet) noexcept override;
  void close(Channel channel) noexcept override;

 private:
  void disconnect() noexcept;

  const char* path_;
  int socket_ = -1;
};

}  // namespace cardea::client
