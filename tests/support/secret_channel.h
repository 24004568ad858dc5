// SPDX-License-Identifier: Apache-2.0
// The client's end of a private channel, as tests need it: a descriptor in which a secret already waits, or
// one into which the worker reveals something.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/linux/unique_fd.h"

namespace cardea::test {

inline std::pair<UniqueFd, UniqueFd> channel_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error("socketpair");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Any bytes as the packet.
inline UniqueFd raw_channel(ByteView packet) {
  auto [ours, theirs] = channel_pair();
  if (::send(ours.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("send");
  return std::move(theirs);
}

inline UniqueFd secret_channel(std::string_view secret) {
  return raw_channel(ByteBuilder().u8(1).lp(secret).take());
}

// The revealed text, or nothing.
inline std::optional<std::string> read_revealed(const UniqueFd& ours) {
  std::uint8_t packet[65'536];
  const ssize_t got = ::recv(ours.get(), packet, sizeof packet, MSG_DONTWAIT);
  if (got <= 0) return std::nullopt;
  ByteReader in({packet, static_cast<std::size_t>(got)});
  const std::uint8_t version = in.u8();
  const std::uint8_t status = in.u8();
  const auto content = in.lp32();
  if (!in.complete() || version != 1 || status != 0) return std::nullopt;
  return std::string(as_text(content));
}

}  // namespace cardea::test
