// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/gcrypt/der.h"

#include <algorithm>
#include <array>

namespace cardea::crypto::gcrypt {
namespace {

// SEQUENCE { rsaEncryption, NULL }
constexpr std::array<std::uint8_t, 15> kRsaEncryption{0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                      0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

bool next_is_rsa(ByteReader& reader) {
  return std::ranges::equal(reader.bytes(kRsaEncryption.size()), kRsaEncryption);
}

bool next_is_zero(ByteReader& reader) {
  const auto version = der_number(reader);
  return version && version->empty();
}

}  // namespace

std::optional<ByteView> der_element(ByteReader& reader, std::uint8_t tag) {
  if (reader.u8() != tag) return std::nullopt;
  std::size_t size = reader.u8();
  if (size == 0x81) {
    size = reader.u8();
    if (size < 0x80) return std::nullopt;
  } else if (size == 0x82) {
    size = reader.u16();
    if (size <= 0xff) return std::nullopt;
  } else if (size >= 0x80) {
    return std::nullopt;
  }
  const ByteView content = reader.bytes(size);
  if (!reader.good()) return std::nullopt;
  return content;
}

std::optional<ByteView> der_number(ByteReader& reader) {
  const auto content = der_element(reader, kDerInteger);
  if (!content || content->empty() || (*content)[0] >= 0x80) return std::nullopt;
  if ((*content)[0] != 0) return content;
  if (content->size() > 1 && (*content)[1] < 0x80) return std::nullopt;
  return content->subspan(1);
}

std::optional<RsaPublicNumbers> rsa_public_numbers(ByteView spki) {
  ByteReader outer(spki);
  const auto info = der_element(outer, kDerSequence);
  if (!info || !outer.complete()) return std::nullopt;
  ByteReader parts(*info);
  if (!next_is_rsa(parts)) return std::nullopt;
  const auto bits = der_element(parts, kDerBitString);
  if (!bits || !parts.complete()) return std::nullopt;
  ByteReader string(*bits);
  if (string.u8() != 0 || !string.good()) return std::nullopt;  // unused bits
  const auto key = der_element(string, kDerSequence);
  if (!key || !string.complete()) return std::nullopt;
  ByteReader numbers(*key);
  const auto modulus = der_number(numbers);
  const auto exponent = der_number(numbers);
  if (!modulus || !exponent || !numbers.complete()) return std::nullopt;
  return RsaPublicNumbers{*modulus, *exponent};
}

std::optional<RsaPrivateNumbers> rsa_private_numbers(ByteView pkcs8) {
  ByteReader outer(pkcs8);
  const auto info = der_element(outer, kDerSequence);
  if (!info || !outer.complete()) return std::nullopt;
  ByteReader parts(*info);
  if (!next_is_zero(parts) || !next_is_rsa(parts)) return std::nullopt;
  const auto wrapped = der_element(parts, kDerOctetString);  // attributes may follow
  if (!wrapped) return std::nullopt;
  ByteReader string(*wrapped);
  const auto key = der_element(string, kDerSequence);
  if (!key || !string.complete()) return std::nullopt;
  ByteReader numbers(*key);
  if (!next_is_zero(numbers)) return std::nullopt;
  const auto modulus = der_number(numbers);
  const auto exponent = der_number(numbers);
  const auto private_exponent = der_number(numbers);
  if (!modulus || !exponent || !private_exponent) return std::nullopt;
  return RsaPrivateNumbers{*modulus, *exponent, *private_exponent};
}

}  // namespace cardea::crypto::gcrypt
