// SPDX-License-Identifier: Apache-2.0
// The line to pcscd's virtual reader (vsmartcard, libifdvpcd): a TCP connection that carries frames of a
// 2-byte big-endian length and a body. The card is in the reader as long as the connection stands. The runner
// owns one and polls its descriptor.
#pragma once

#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace cardea::virtual_card {

// Bodies of one byte are the reader's own; everything longer is a command for the card.
enum class ReaderSignal : std::uint8_t { power_off = 0, power_on = 1, reset = 2, get_atr = 4 };

class VpcdLink {
 public:
  VpcdLink(std::string host, std::uint16_t port) : host_(std::move(host)), port_(port) {}
  VpcdLink(const VpcdLink&) = delete;
  VpcdLink& operator=(const VpcdLink&) = delete;
  ~VpcdLink() { close(); }

  // service_unreachable when nobody listens there. Loopback only: does not wait.
  Status connect();
  void close() noexcept;
  [[nodiscard]] bool connected() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  // Reads what has arrived. peer_closed when pcscd is gone; the link is closed then.
  Status receive();
  // The next whole frame, if there is one.
  std::optional<Bytes> next_frame();
  // peer_closed when pcscd is gone or does not read for two seconds; the link is closed then.
  Status send(ByteView body);

 private:
  std::string host_;
  std::uint16_t port_;
  int descriptor_ = -1;
  Bytes buffer_;
};

}  // namespace cardea::virtual_card
