// SPDX-License-Identifier: Apache-2.0
// The Windows transport: a named pipe in message mode with the checks of docs/spec/local-protocol.md,
// “Transport on Windows”. Built to run inside LogonUI: nothing throws, no handle is inherited, and nothing
// waits longer than its budget.
#pragma once

#include "core/client/transport.h"

namespace cardea::client {

// Where every program looks for the computer's own daemon.
inline constexpr const wchar_t* kDaemonPipe = L"\\\\.\\pipe\\cardea-recoveryd";

// Who may be at the other end. Where the owner of a pipe is not known (Wine), nobody is `system`.
enum class PipeOwner : std::uint8_t {
  system,        // LocalSystem or the group Administrators own the pipe
  own_instance,  // or the user himself runs its process: a developer's own daemon, at another name than
                 // kDaemonPipe
};

class NamedPipeTransport final : public Transport {
 public:
  // `path` begins with \\.\pipe\ (no other computer's), has at most 255 units, and must outlive the object.
  explicit NamedPipeTransport(const wchar_t* path, PipeOwner owner = PipeOwner::system) noexcept;
  NamedPipeTransport(const NamedPipeTransport&) = delete;
  NamedPipeTransport& operator=(const NamedPipeTransport&) = delete;
  ~NamedPipeTransport();

  Error connect(std::uint32_t& budget_ms) noexcept override;
  Error send(wire::Packet packet) noexcept override;
  Error receive(wire::PacketBuffer buffer, std::uint32_t& budget_ms, wire::Packet& packet,
                Channel& channel) noexcept override;
  bool hung_up() noexcept override;
  Error write(Channel channel, wire::Packet packet) noexcept override;
  Error read(Channel channel, wire::PacketBuffer buffer, std::uint32_t& budget_ms,
             wire::Packet& packet) noexcept override;
  void close(Channel channel) noexcept override;
  // From another thread: whoever waits in receive() or read(), now or later, gets Error::cancelled.
  void cancel() noexcept;

 private:
  void disconnect() noexcept;

  const wchar_t* path_;
  PipeOwner owner_;
  void* pipe_ = nullptr;  // HANDLE
  void* cancelled_;  // HANDLE of a manual-reset event; nullptr: there was none to be had, and nothing can be
                     // cancelled
};

}  // namespace cardea::client
