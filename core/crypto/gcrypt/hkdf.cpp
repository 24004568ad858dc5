// SPDX-License-Identifier: Apache-2.0
// libgcrypt 1.10 has no HKDF: RFC 5869 section 2.3 over hash.h.
#include <algorithm>

#include "core/crypto/hash.h"
#include "core/crypto/kdf.h"

namespace cardea::crypto {
namespace {

// `hmac` writes T(i), which is as long as `Block`.
template <typename Block, typename Hmac>
Status expand_into(ByteView key, ByteView info, MutableBytes out, Hmac hmac) {
  if (out.empty() || out.size() > 255 * Block::kSize || info.size() > kHkdfMaxInfo)
    return Error::limit_exceeded;
  if (key.empty()) return Error::invalid_argument;
  Block previous, block;
  ByteView before;  // T(0) is empty
  for (std::uint8_t number = 1; !out.empty(); ++number) {
    hmac(key, {before, info, {&number, 1}}, block.expose_mutable());
    const std::size_t size = std::min(out.size(), Block::kSize);
    std::copy_n(block.expose().begin(), size, out.begin());
    out = out.subspan(size);
    std::swap(previous, block);
    before = previous.expose();
  }
  return {};
}

}  // namespace

Status hkdf_sha256_expand_into(ByteView pseudorandom_key, ByteView info, MutableBytes out) {
  return expand_into<SecretArray<32>>(pseudorandom_key, info, out, hmac_sha256_into);
}

Status hkdf_sha512_expand_into(ByteView pseudorandom_key, ByteView info, MutableBytes out) {
  return expand_into<SecretArray<64>>(pseudorandom_key, info, out, hmac_sha512_into);
}

}  // namespace cardea::crypto
