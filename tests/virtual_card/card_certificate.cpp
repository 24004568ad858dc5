// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/card_certificate.h"

#include <openssl/sha.h>

#include "tests/virtual_card/tlv.h"

namespace cardea::virtual_card {
namespace {

constexpr std::uint32_t kCertificate = 0x7f21;
constexpr std::uint32_t kBody = 0x7f4e;
constexpr std::uint32_t kProfile = 0x5f29;
constexpr std::uint32_t kAuthority = 0x42;
constexpr std::uint32_t kPublicKey = 0x7f49;
constexpr std::uint32_t kHolder = 0x5f20;
constexpr std::uint32_t kSignature = 0x5f37;
constexpr std::uint32_t kRequest = 0x67;
constexpr std::string_view kAuthorityName = "VCCA00001";

// id-TA-ECDSA-SHA-256 (TR-03110-3 appendix A.7.3)
constexpr std::array<std::uint8_t, 10> kEcdsaSha256 = {0x04, 0x00, 0x7f, 0x00, 0x07,
                                                       0x02, 0x02, 0x02, 0x02, 0x03};

// DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1)
constexpr std::array<std::uint8_t, 19> kSha256Prefix = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                                        0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                        0x01, 0x05, 0x00, 0x04, 0x20};

Result<Bytes> sign_body(const PrivateKey& key, ByteView body) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(body.data(), body.size(), digest.data());
  if (!key.is_rsa()) return key.ecdsa_sign(digest);
  digest.insert(digest.begin(), kSha256Prefix.begin(), kSha256Prefix.end());
  return key.rsa_sign_pkcs1(digest);
}

Result<Bytes> public_key_body(const KeyRequest& request, const PrivateKey& key) {
  Bytes out;
  put_tlv(out, 0x06, request.algorithm);
  if (key.is_rsa()) {
    TRY_ASSIGN(const Bytes modulus, key.modulus());
    put_tlv(out, 0x81, modulus);
    put_tlv(out, 0x82, {0x01, 0x00, 0x01});
    return out;
  }
  out.insert(out.end(), request.domain.begin(), request.domain.end());
  TRY_ASSIGN(const Bytes point, key.point());
  put_tlv(out, 0x86, point);
  put_tlv(out, 0x87, {0x01});
  return out;
}

Result<Bytes> make_certificate(const KeyRequest& request, const PrivateKey& key) {
  TRY_ASSIGN(const Bytes public_key, public_key_body(request, key));
  Bytes body;
  put_tlv(body, kProfile, {0x00});
  put_tlv(body, kAuthority, as_bytes(kAuthorityName));
  put_tlv(body, kPublicKey, public_key);
  put_tlv(body, kHolder, request.holder);
  Bytes wrapped;
  put_tlv(wrapped, kBody, body);
  TRY_ASSIGN(const Bytes signature, sign_body(key, wrapped));
  put_tlv(wrapped, kSignature, signature);
  Bytes out;
  put_tlv(out, kCertificate, wrapped);
  return out;
}

}  // namespace

Result<Bytes> make_device_certificate(const PrivateKey& key, std::string_view holder) {
  KeyRequest request;
  request.algorithm.assign(kEcdsaSha256.begin(), kEcdsaSha256.end());
  request.holder = to_bytes(as_bytes(holder));
  return make_certificate(request, key);
}

Result<KeyRequest> parse_key_request(ByteView body) {
  const auto public_key = find_tlv(body, kPublicKey);
  const auto holder = find_tlv(body, kHolder);
  if (!public_key || !holder || holder->size() > 16) return Error::frame_malformed;
  const auto algorithm = find_tlv(*public_key, 0x06);
  if (!algorithm || algorithm->size() > 16) return Error::frame_malformed;
  KeyRequest out;
  out.algorithm = to_bytes(*algorithm);
  out.holder = to_bytes(*holder);
  if (const auto size = find_tlv(*public_key, 0x02); size && size->size() == 2) {
    out.rsa = true;
    out.rsa_bits = static_cast<unsigned>(((*size)[0] << 8) | (*size)[1]);
    return out;
  }
  const auto prime = find_tlv(*public_key, 0x81);
  if (!prime) return Error::frame_malformed;
  TRY_ASSIGN(out.curve, curve_of_prime(*prime));
  for (std::uint32_t tag = 0x81; tag <= 0x85; ++tag) {
    if (const auto value = find_tlv(*public_key, tag)) put_tlv(out.domain, tag, *value);
  }
  return out;
}

// The outer signature would be the device key's; the virtual card has thrown that key away and repeats the
// inner one. OpenSC reads neither.
Result<Bytes> make_key_answer(const KeyRequest& request, const PrivateKey& key) {
  TRY_ASSIGN(Bytes answer, make_certificate(request, key));
  TRY_ASSIGN(const Bytes signature, sign_body(key, answer));
  put_tlv(answer, kAuthority, as_bytes(kAuthorityName));
  put_tlv(answer, kSignature, signature);
  Bytes out;
  put_tlv(out, kRequest, answer);
  return out;
}

}  // namespace cardea::virtual_card
