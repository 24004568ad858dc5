// SPDX-License-Identifier: Apache-2.0
#include "core/card/key_use.h"

#include <algorithm>

#include "core/card/card_keys.h"
#include "core/card/pkcs11_error.h"
#include "core/crypto/hash.h"
#include "core/crypto/p256.h"
#include "core/crypto/rsa.h"

namespace cardea::card {
namespace {

constexpr std::size_t kMaxSignature = crypto::kMaxRsaBits / 8;
constexpr std::size_t kEcSignature = 64;
constexpr std::size_t kSharedX = 32;
// DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1), before the 32 hash bytes.
constexpr std::uint8_t kSha256DigestInfo[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                              0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

// PKCS#11 takes pointers to non-const for input and does not write there.
std::uint8_t* input(ByteView bytes) { return const_cast<std::uint8_t*>(bytes.data()); }

Result<Bytes> sign_with(TokenSession& session, CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE type, ByteView data) {
  CK_MECHANISM mechanism{type, nullptr, 0};
  CK_RV rv = session.functions().C_SignInit(session.handle(), &mechanism, key);
  if (rv != CKR_OK) return session.failure(rv, "C_SignInit");
  Bytes signature(kMaxSignature);
  auto size = static_cast<CK_ULONG>(signature.size());
  rv = session.functions().C_Sign(session.handle(), input(data), static_cast<CK_ULONG>(data.size()),
                                  signature.data(), &size);
  if (rv != CKR_OK) return session.failure(rv, "C_Sign");
  if (size > signature.size()) return fail(Error::card_fault, "signature longer than its buffer");
  signature.resize(size);
  return signature;
}

Result<Bytes> sign_rsa(TokenSession& session, CK_OBJECT_HANDLE key, ByteView message) {
  const auto digest = crypto::sha256({message});
  Bytes info(std::begin(kSha256DigestInfo), std::end(kSha256DigestInfo));
  info.insert(info.end(), digest.begin(), digest.end());
  auto signature = sign_with(session, key, CKM_RSA_PKCS, info);
  if (!signature.ok() && signature.error() == Error::card_unsupported) {
    signature = sign_with(session, key, CKM_SHA256_RSA_PKCS, message);
  }
  if (signature.ok() && signature->size() < crypto::kMinRsaBits / 8)
    return fail(Error::card_fault, "signature too short");
  return signature;
}

// Reads the derived value and removes the session object, whether the reading worked or not.
Result<SecretBytes> take_value(TokenSession& session, CK_OBJECT_HANDLE object) {
  auto value = session.read_secret_attribute(object, CKA_VALUE, kMaxSignature);
  (void)session.functions().C_DestroyObject(session.handle(), object);
  return value;
}

}  // namespace

Result<Bytes> sign(TokenSession& session, ByteView message) {
  TRY_ASSIGN(const CK_OBJECT_HANDLE key, find_private_key(session, KeyRole::auth));
  TRY_ASSIGN(const CK_ULONG type, read_key_type(session, key));
  if (type == CKK_RSA) return sign_rsa(session, key, message);
  if (type != CKK_EC) return fail(Error::key_invalid, "key type");
  TRY_ASSIGN(Bytes signature, sign_with(session, key, CKM_ECDSA, crypto::sha256({message})));
  if (signature.size() != kEcSignature) return fail(Error::card_fault, "signature of wrong size");
  return signature;
}

Result<SecretBytes> wrap_dh(TokenSession& session, ByteView peer_point) {
  // A point off the curve could make a careless card leak bits of its key.
  TRY_ASSIGN(const crypto::P256Point point, crypto::p256_point(peer_point));
  TRY_ASSIGN(const CK_OBJECT_HANDLE key, find_private_key(session, KeyRole::wrap));
  // CKD_NULL: the bare x coordinate; the rest of HPKE is software. A raw point is understood by all modules.
  CK_ECDH1_DERIVE_PARAMS parameters{CKD_NULL, 0, nullptr, static_cast<CK_ULONG>(point.size()), input(point)};
  CK_MECHANISM mechanism{CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
  constexpr CK_BBOOL kYes = CK_TRUE, kNo = CK_FALSE;
  constexpr CK_ULONG kSecretKey = CKO_SECRET_KEY, kGeneric = CKK_GENERIC_SECRET, kSize = kSharedX;
  CK_ATTRIBUTE wanted[] = {attribute(CKA_CLASS, kSecretKey), attribute(CKA_KEY_TYPE, kGeneric),
                           attribute(CKA_TOKEN, kNo),        attribute(CKA_SENSITIVE, kNo),
                           attribute(CKA_EXTRACTABLE, kYes), attribute(CKA_VALUE_LEN, kSize)};
  CK_OBJECT_HANDLE derived = 0;
  const CK_RV rv = session.functions().C_DeriveKey(session.handle(), &mechanism, key, wanted,
                                                   static_cast<CK_ULONG>(std::size(wanted)), &derived);
  if (rv != CKR_OK) return session.failure(rv, "C_DeriveKey");
  TRY_ASSIGN(SecretBytes value, take_value(session, derived));
  if (value.size() != kSharedX) return fail(Error::card_fault, "shared value of wrong size");
  return value;
}

Result<SecretBytes> wrap_rsa_decrypt(TokenSession& session, ByteView ciphertext) {
  if (ciphertext.size() > kMaxSignature) return Error::decrypt_failed;
  TRY_ASSIGN(const CK_OBJECT_HANDLE key, find_private_key(session, KeyRole::wrap));
  CK_RSA_PKCS_OAEP_PARAMS parameters{CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
  CK_MECHANISM mechanism{CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
  CK_RV rv = session.functions().C_DecryptInit(session.handle(), &mechanism, key);
  if (rv != CKR_OK) return session.failure(rv, "C_DecryptInit");
  SecretBytes plaintext(kMaxSignature);
  auto size = static_cast<CK_ULONG>(plaintext.size());
  rv = session.functions().C_Decrypt(session.handle(), input(ciphertext),
                                     static_cast<CK_ULONG>(ciphertext.size()),
                                     plaintext.expose_mutable().data(), &size);
  if (rv != CKR_OK) return session.failure(rv, "C_Decrypt");
  if (size > plaintext.size()) return fail(Error::card_fault, "plaintext longer than its buffer");
  plaintext.truncate(size);
  return plaintext;
}

}  // namespace cardea::card
