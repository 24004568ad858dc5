// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/private_channel.h"

#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

#include "core/base/byte_io.h"

namespace cardea::worker {
namespace {

constexpr int kPatienceMillis = 1'000;  // the packet already waits; this is for a loaded machine
constexpr std::uint8_t kChannelVersion = 1;
constexpr std::size_t kSecretHead = 3;    // u8 version, u16 length
constexpr std::size_t kRevealedHead = 6;  // u8 version, u8 status, u32 length

}  // namespace

Result<SecretBytes> read_secret(const UniqueFd& channel, std::size_t limit) {
  pollfd entry{channel.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&entry, 1, kPatienceMillis);
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return Error::cancelled;
  SecretBytes packet(limit + kSecretHead);
  ssize_t got = 0;
  do {  // MSG_TRUNC: the packet's true length
    got = ::recv(channel.get(), packet.expose_mutable().data(), packet.size(), MSG_DONTWAIT | MSG_TRUNC);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return Error::cancelled;
  if (static_cast<std::size_t>(got) > packet.size()) return Error::limit_exceeded;
  ByteReader in(packet.expose().first(static_cast<std::size_t>(got)));
  const std::uint8_t version = in.u8();
  const ByteView secret = in.lp();
  if (!in.complete() || version != kChannelVersion) return Error::invalid_argument;
  return SecretBytes(secret);
}

Status write_revealed(const UniqueFd& channel, const SecretBytes& content) {
  SecretBytes packet(kRevealedHead + content.size());
  ByteWriter out(packet.expose_mutable());
  out.u8(kChannelVersion);
  out.u8(0);
  out.u32(static_cast<std::uint32_t>(content.size()));
  out.bytes(content.expose());
  const ssize_t sent =
      ::send(channel.get(), packet.expose().data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (!out.good() || sent != static_cast<ssize_t>(packet.size())) return Error::cancelled;
  return {};
}

}  // namespace cardea::worker
