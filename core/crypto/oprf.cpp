// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/oprf.h"

#include "core/base/byte_builder.h"
#include "core/crypto/hash.h"

namespace cardea::crypto {
namespace {

// contextString of RFC 9497 section 3.1: "OPRFV1-" || I2OSP(mode, 1) || "-" || identifier. A literal would
// end at its zero byte.
Bytes domain(std::string_view purpose) {
  return ByteBuilder().raw(purpose).raw("OPRFV1-").u8(0).raw("-ristretto255-SHA512").take();
}

// expand_message_xmd (RFC 9380 section 5.3.1) with SHA-512 for the 64 bytes that are wanted everywhere here,
// which is one block.
SecretArray<64> expand_message(ByteParts message, ByteView domain_tag) {
  static constexpr std::array<std::uint8_t, 128> kZeroBlock{};
  static constexpr std::array<std::uint8_t, 3> kLength{0, 64, 0};
  static constexpr std::uint8_t kOne = 1;
  const auto tag_size = static_cast<std::uint8_t>(domain_tag.size());
  SecretArray<64> first;
  const ByteView a = message.begin()[0];
  const ByteView b = message.size() > 1 ? message.begin()[1] : ByteView{};
  const ByteView c = message.size() > 2 ? message.begin()[2] : ByteView{};
  sha512_into({kZeroBlock, a, b, c, kLength, domain_tag, {&tag_size, 1}}, first.expose_mutable());
  SecretArray<64> out;
  sha512_into({first.expose(), {&kOne, 1}, domain_tag, {&tag_size, 1}}, out.expose_mutable());
  return out;
}

std::array<std::uint8_t, 2> length_prefix(std::size_t size) {
  return {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
}

}  // namespace

Result<OprfBlinded> oprf_blind(ByteView input, Random& random) {
  if (input.size() > 0xffff) return Error::limit_exceeded;
  const RistrettoElement element =
      ristretto_from_uniform(expand_message({input}, domain("HashToGroup-")).expose());
  OprfBlinded out;
  out.blind = ristretto_scalar_random(random);
  TRY_ASSIGN(out.element, ristretto_multiply(out.blind, element));
  return out;
}

Result<RistrettoElement> oprf_evaluate(const RistrettoScalar& key, ByteView blinded_element) {
  return ristretto_multiply(key, blinded_element);
}

Result<SecretArray<64>> oprf_finalize(ByteView input, const RistrettoScalar& blind,
                                      ByteView evaluated_element) {
  if (input.size() > 0xffff) return Error::limit_exceeded;
  TRY_ASSIGN(const SecretArray<32> unblinded,
             ristretto_dh(ristretto_scalar_invert(blind), evaluated_element));
  SecretArray<64> out;
  sha512_into(
      {length_prefix(input.size()), input, length_prefix(32), unblinded.expose(), as_bytes("Finalize")},
      out.expose_mutable());
  return out;
}

Result<RistrettoScalar> oprf_derive_key(ByteView seed, ByteView info) {
  if (seed.size() != 32) return Error::invalid_argument;
  if (info.size() > 0xffff) return Error::limit_exceeded;
  const Bytes tail = ByteBuilder().lp(info).take();
  for (unsigned counter = 0; counter <= 255; ++counter) {
    const auto number = static_cast<std::uint8_t>(counter);
    const auto uniform = expand_message({seed, tail, {&number, 1}}, domain("DeriveKeyPair"));
    RistrettoScalar key = ristretto_scalar_reduce(uniform.expose());
    if (!(key == RistrettoScalar())) return key;
  }
  return Error::crypto_failed;
}

}  // namespace cardea::crypto
