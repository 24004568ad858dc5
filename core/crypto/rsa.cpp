// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/rsa.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/signature.h"

namespace cardea::crypto {
namespace {

constexpr std::uint8_t kRsaSuite = static_cast<std::uint8_t>(Suite::rsa);
// SEQUENCE { rsaEncryption, NULL } (RFC 3279 section 2.3.1).
constexpr std::array<std::uint8_t, 15> kRsaEncryption{0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                      0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

Bytes der_element(std::uint8_t tag, ByteView body) {
  ByteBuilder out;
  out.u8(tag);
  if (body.size() < 0x80) {
    out.u8(static_cast<std::uint8_t>(body.size()));
  } else if (body.size() <= 0xff) {
    out.u8(0x81).u8(static_cast<std::uint8_t>(body.size()));
  } else {
    out.u8(0x82).u16(static_cast<std::uint16_t>(body.size()));
  }
  return out.raw(body).take();
}

ByteView without_leading_zeros(ByteView number) {
  while (!number.empty() && number[0] == 0)
    number = number.subspan(1);
  return number;
}

Bytes der_integer(ByteView number) {
  ByteBuilder body;
  if (number.empty() || number[0] >= 0x80) body.u8(0);
  return der_element(0x02, body.raw(number).take());
}

}  // namespace

Result<Bytes> rsa_seal(ByteView spki, Label label, ByteView context, ByteView plaintext, Random& random) {
  const auto key = random.secret<32>();
  TRY_ASSIGN(const Bytes wrapped, rsa_oaep_encrypt(spki, OaepHash::sha1, key.expose()));
  TRY_ASSIGN(const Bytes body, seal(key.expose(), label, context, plaintext, random));
  return ByteBuilder().u8(kEnvelopeVersion).u8(kRsaSuite).lp(wrapped).raw(body).take();
}

Result<SecretBytes> rsa_open(const RsaDecryptFunction& decrypt, Label label, ByteView context,
                             ByteView envelope) {
  ByteReader reader(envelope);
  if (reader.u8() != kEnvelopeVersion || reader.u8() != kRsaSuite) return Error::unknown_format;
  const ByteView wrapped = reader.lp();
  const ByteView body = reader.rest();
  // The card is asked only for what can be an answer; each question may cost it a second.
  if (!reader.good() || wrapped.size() < kMinRsaBits / 8 || wrapped.size() > kMaxRsaBits / 8 ||
      body.size() < kEnvelopeOverhead) {
    return Error::decrypt_failed;
  }
  TRY_ASSIGN(const SecretBytes key, decrypt(wrapped));
  if (key.size() != SecretKey32::kSize) return Error::decrypt_failed;
  auto opened = open(key.expose(), label, context, body);
  if (!opened.ok() && opened.error() == Error::unknown_format) return Error::decrypt_failed;
  return opened;
}

Result<Bytes> rsa_spki(ByteView modulus, ByteView exponent) {
  const ByteView n = without_leading_zeros(modulus);
  const ByteView e = without_leading_zeros(exponent);
  if (n.size() > kMaxRsaBits / 8 || e.size() > 8) return Error::key_invalid;
  const Bytes numbers = der_element(0x30, ByteBuilder().raw(der_integer(n)).raw(der_integer(e)).view());
  const Bytes bits = der_element(0x03, ByteBuilder().u8(0).raw(numbers).view());
  TRY_ASSIGN(const PublicKey key,
             PublicKey::from_spki(der_element(0x30, ByteBuilder().raw(kRsaEncryption).raw(bits).view())));
  return key.spki();
}

}  // namespace cardea::crypto
