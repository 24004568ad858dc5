// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/gcrypt/oaep.h"

#include <algorithm>

#include "core/crypto/gcrypt/library.h"
#include "core/crypto/require.h"

namespace cardea::crypto::gcrypt {
namespace {

int algorithm_of(OaepHash hash) { return hash == OaepHash::sha1 ? GCRY_MD_SHA1 : GCRY_MD_SHA256; }

SecretBytes digest(OaepHash hash, ByteView first, ByteView second) {
  const int algorithm = algorithm_of(hash);
  gcry_md_hd_t handle = nullptr;
  require(gcry_md_open(&handle, algorithm, 0) == 0);
  const Digest context(handle);
  gcry_md_write(handle, first.data(), first.size());
  gcry_md_write(handle, second.data(), second.size());
  return SecretBytes(ByteView(gcry_md_read(handle, algorithm), gcry_md_get_algo_dlen(algorithm)));
}

// XORs MGF1(seed) over `text` (RFC 8017 appendix B.2.1); at most 512 bytes, so one byte counts.
void mask(OaepHash hash, ByteView seed, MutableBytes text) {
  for (std::uint8_t counter = 0; !text.empty(); ++counter) {
    const std::array<std::uint8_t, 4> number{0, 0, 0, counter};
    const SecretBytes block = digest(hash, seed, number);
    const std::size_t size = std::min(text.size(), block.size());
    for (std::size_t i = 0; i < size; ++i)
      text[i] = static_cast<std::uint8_t>(text[i] ^ block.expose()[i]);
    text = text.subspan(size);
  }
}

// All ones when `value`, a byte, is zero.
std::size_t mask_if_zero(std::size_t value) { return std::size_t{0} - ((value - 1) >> 63); }

}  // namespace

Result<SecretBytes> oaep_decode(OaepHash hash, ByteView label, const SecretBytes& encoded) {
  static_assert(sizeof(std::size_t) == 8);
  const std::size_t hash_size = gcry_md_get_algo_dlen(algorithm_of(hash));
  if (encoded.size() < 2 * hash_size + 2 || encoded.size() > kMaxRsaBits / 8) return Error::decrypt_failed;
  SecretBytes text = encoded.clone();
  const MutableBytes seed = text.expose_mutable().subspan(1, hash_size);
  const MutableBytes block = text.expose_mutable().subspan(1 + hash_size);
  mask(hash, block, seed);
  mask(hash, seed, block);
  const SecretBytes label_hash = digest(hash, label, {});
  std::size_t bad = text.expose()[0];
  for (std::size_t i = 0; i < hash_size; ++i)
    bad |= static_cast<std::size_t>(block[i] ^ label_hash.expose()[i]);
  std::size_t looking = ~std::size_t{0};  // until the first 01
  std::size_t end = 0;
  for (std::size_t i = hash_size; i < block.size(); ++i) {
    const std::size_t one = mask_if_zero(block[i] ^ 1U);
    bad |= looking & ~one & block[i];
    end |= looking & one & i;
    looking &= ~one;
  }
  if ((bad | looking) != 0) return Error::decrypt_failed;
  return SecretBytes(ByteView(block).subspan(end + 1));
}

}  // namespace cardea::crypto::gcrypt
