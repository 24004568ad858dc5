// SPDX-License-Identifier: Apache-2.0
// The codec of the local protocol: any bytes are either refused by every decoder or are one message that
// encodes back to the very same bytes.
#include "core/wire/local_messages.h"

#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using namespace cardea::wire;

template <typename Message>
int accepts(Packet packet, PacketBuffer buffer) {
  Message message;
  if (!decode(packet, message)) return 0;
  const Packet again = encode(message, buffer);
  if (again.size() != packet.size() || std::memcmp(again.data(), packet.data(), packet.size()) != 0)
    std::abort();
  return 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::vector<std::uint8_t> space(kMaxPacketBytes);
  const Packet packet(data, size);
  const PacketBuffer buffer(space);
  const int messages = accepts<Begin>(packet, buffer) + accepts<BeginOperation>(packet, buffer) +
                       accepts<Answer>(packet, buffer) + accepts<Ask>(packet, buffer) +
                       accepts<Say>(packet, buffer) + accepts<Verdict>(packet, buffer) +
                       accepts<OperationResult>(packet, buffer) + accepts<Reveal>(packet, buffer);
  if (messages > 1) std::abort();
  std::span<const std::uint8_t> content;
  std::uint8_t status = 0;
  if (decode_secret(packet, content) && encode_secret(content, buffer).size() != size) std::abort();
  if (decode_revealed(packet, status, content) && encode_revealed(status, content, buffer).size() != size)
    std::abort();
  return 0;
}
