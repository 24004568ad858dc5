// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/signature.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/ed25519_encoding.h"
#include "core/crypto/hash.h"

namespace cardea::crypto {
namespace {

constexpr std::array<std::uint8_t, 12> kEd25519Prefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                      0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

}  // namespace

Bytes ed25519_spki(std::span<const std::uint8_t, 32> public_key) {
  return ByteBuilder().raw(kEd25519Prefix).raw(public_key).take();
}

Status ed25519_check_spki(ByteView spki) {
  ByteReader reader(spki);
  if (!std::ranges::equal(reader.bytes(kEd25519Prefix.size()), kEd25519Prefix)) return Error::key_invalid;
  const ByteView point = reader.bytes(32);
  if (!reader.complete() || !ed25519_point_acceptable(point.first<32>())) return Error::key_invalid;
  return {};
}

CardId card_id(ByteView spki) { return sha256({spki}); }

}  // namespace cardea::crypto
