// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hpke_kdf.h"

#include "core/base/byte_builder.h"
#include "core/crypto/hash.h"
#include "core/crypto/kdf.h"
#include "core/crypto/p256.h"

namespace cardea::crypto {
namespace {

constexpr std::string_view kVersion = "HPKE-v1";
constexpr std::array<std::uint8_t, 5> kKemSuite{'K', 'E', 'M', 0x00, 0x10};

}  // namespace

ByteView hpke_kem_suite_id() noexcept { return kKemSuite; }

SecretArray<32> hpke_labeled_extract(ByteView suite_id, ByteView salt, std::string_view label,
                                     ByteView secret) {
  SecretArray<32> out;
  hmac_sha256_into(salt, {as_bytes(kVersion), suite_id, as_bytes(label), secret}, out.expose_mutable());
  return out;
}

Status hpke_labeled_expand(ByteView suite_id, const SecretArray<32>& key, std::string_view label,
                           ByteView info, MutableBytes out) {
  if (info.size() > 512 || out.size() > 0xffff) return Error::limit_exceeded;
  const Bytes labeled = ByteBuilder()
                            .u16(static_cast<std::uint16_t>(out.size()))
                            .raw(kVersion)
                            .raw(suite_id)
                            .raw(label)
                            .raw(info)
                            .take();
  return hkdf_sha256_expand_into(key.expose(), labeled, out);
}

// RFC 9180 section 7.1.3; the bit mask of P-256 is 0xff, so nothing is masked.
Result<P256KeyPair> P256KeyPair::derive_key_pair(ByteView input) {
  if (input.size() < 32) return Error::invalid_argument;
  const auto key = hpke_labeled_extract(kKemSuite, {}, "dkp_prk", input);
  for (unsigned counter = 0; counter <= 255; ++counter) {
    const auto number = static_cast<std::uint8_t>(counter);
    SecretKey32 candidate;
    TRY(hpke_labeled_expand(kKemSuite, key, "candidate", {&number, 1}, candidate.expose_mutable()));
    if (auto pair = from_scalar(candidate.expose()); pair.ok()) return pair;
  }
  return Error::crypto_failed;
}

}  // namespace cardea::crypto
