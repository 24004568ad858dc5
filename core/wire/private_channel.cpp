// SPDX-License-Identifier: Apache-2.0
// The packets of the private channel between terminal and card worker: docs/spec/local-protocol.md.
#include "core/base/byte_io.h"
#include "core/wire/local_messages.h"

namespace cardea::wire {

Packet encode_secret(std::span<const std::uint8_t> secret, PacketBuffer buffer) noexcept {
  if (secret.empty() || secret.size() > kMaxSecretBytes) return {};
  ByteWriter out(buffer);
  out.u8(kLocalVersion);
  out.lp(secret);
  return out.good() ? out.written() : Packet{};
}

bool decode_secret(Packet packet, std::span<const std::uint8_t>& secret) noexcept {
  ByteReader in(packet);
  if (in.u8() != kLocalVersion) return false;
  secret = in.lp();
  return in.complete() && !secret.empty() && secret.size() <= kMaxSecretBytes;
}

Packet encode_revealed(std::uint8_t status, std::span<const std::uint8_t> content,
                       PacketBuffer buffer) noexcept {
  if (content.size() > kMaxPacketBytes) return {};
  ByteWriter out(buffer.size() > kMaxPacketBytes ? buffer.first(kMaxPacketBytes) : buffer);
  out.u8(kLocalVersion);
  out.u8(status);
  out.u32(static_cast<std::uint32_t>(content.size()));
  out.bytes(content);
  return out.good() ? out.written() : Packet{};
}

bool decode_revealed(Packet packet, std::uint8_t& status, std::span<const std::uint8_t>& content) noexcept {
  if (packet.size() > kMaxPacketBytes) return false;
  ByteReader in(packet);
  if (in.u8() != kLocalVersion) return false;
  status = in.u8();
  content = in.lp32();
  return in.complete();
}

}  // namespace cardea::wire
