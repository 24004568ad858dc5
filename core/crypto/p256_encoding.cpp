// SPDX-License-Identifier: Apache-2.0
// The encodings of P-256 keys and signatures. They have one valid form each, so they are compared and built
// byte by byte: no general ASN.1 reader meets input from a stranger here.
#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/p256.h"

namespace cardea::crypto {
namespace {

// SEQUENCE { SEQUENCE { id-ecPublicKey, secp256r1 }, BIT STRING of 65 bytes } (RFC 5480 section 2).
constexpr std::array<std::uint8_t, 26> kSpkiPrefix{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                   0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                   0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
constexpr std::uint8_t kDerInteger = 0x02;
constexpr std::uint8_t kDerSequence = 0x30;

void append_integer(ByteBuilder& out, ByteView number) {
  while (number.size() > 1 && number[0] == 0)
    number = number.subspan(1);
  const bool padded = number[0] >= 0x80;
  out.u8(kDerInteger).u8(static_cast<std::uint8_t>(number.size() + (padded ? 1 : 0)));
  if (padded) out.u8(0);
  out.raw(number);
}

// A DER INTEGER that is not negative, minimal and fits 32 bytes, right-aligned into `out`.
bool read_integer(ByteReader& reader, std::span<std::uint8_t, 32> out) {
  if (reader.u8() != kDerInteger) return false;
  ByteView number = reader.bytes(reader.u8());
  if (!reader.good() || number.empty() || number[0] >= 0x80) return false;
  if (number[0] == 0 && number.size() > 1) {
    if (number[1] < 0x80) return false;
    number = number.subspan(1);
  }
  if (number.size() > out.size()) return false;
  std::copy(number.begin(), number.end(), out.end() - static_cast<std::ptrdiff_t>(number.size()));
  return true;
}

}  // namespace

Result<Bytes> p256_spki(ByteView point) {
  TRY_ASSIGN(const P256Point checked, p256_point(point));
  return ByteBuilder().raw(kSpkiPrefix).raw(checked).take();
}

Result<P256Point> p256_point_from_spki(ByteView spki) {
  ByteReader reader(spki);
  if (!std::ranges::equal(reader.bytes(kSpkiPrefix.size()), kSpkiPrefix)) return Error::key_invalid;
  return p256_point(reader.rest());
}

Result<Bytes> ecdsa_to_der(ByteView raw) {
  if (raw.size() != 64) return Error::signature_invalid;
  ByteBuilder numbers;
  append_integer(numbers, raw.first(32));
  append_integer(numbers, raw.last(32));
  const Bytes body = numbers.take();  // at most 70 bytes: the short form of a length is enough
  return ByteBuilder().u8(kDerSequence).u8(static_cast<std::uint8_t>(body.size())).raw(body).take();
}

Result<P256Signature> ecdsa_from_der(ByteView der) {
  ByteReader reader(der);
  P256Signature out{};
  const std::span<std::uint8_t, 64> halves(out);
  if (reader.u8() != kDerSequence || reader.u8() != reader.rest().size() || !reader.good() ||
      !read_integer(reader, halves.first<32>()) || !read_integer(reader, halves.last<32>()) ||
      !reader.complete()) {
    return Error::signature_invalid;
  }
  return out;
}

}  // namespace cardea::crypto
