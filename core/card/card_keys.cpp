// SPDX-License-Identifier: Apache-2.0
#include "core/card/card_keys.h"

#include <cstring>

#include "core/card/key_decode.h"

namespace cardea::card {
namespace {

constexpr CK_BBOOL kYes = CK_TRUE;
constexpr CK_BBOOL kNo = CK_FALSE;
constexpr CK_ULONG kPrivateKey = CKO_PRIVATE_KEY;
constexpr CK_ULONG kPublicKey = CKO_PUBLIC_KEY;
constexpr std::uint8_t kExponent[] = {0x01, 0x00, 0x01};
constexpr std::size_t kMaxLabel = 32;

// CKA_ID says whose key it is and what for (docs/spec/card-layout.md).
ByteView key_id(KeyRole role) { return as_bytes(role == KeyRole::auth ? "cardea-1" : "cardea-2"); }

Result<std::vector<CK_OBJECT_HANDLE>> find_keys(const TokenSession& session, KeyRole role,
                                                const CK_ULONG& object_class) {
  return session.find({attribute(CKA_CLASS, object_class), attribute(CKA_ID, key_id(role))});
}

Result<Bytes> read_spki(const TokenSession& session, CK_OBJECT_HANDLE object, KeyKind& kind) {
  TRY_ASSIGN(const CK_ULONG type, read_key_type(session, object));
  if (type == CKK_EC) {
    kind = KeyKind::p256;
    TRY_ASSIGN(const Bytes params, session.read_attribute(object, CKA_EC_PARAMS, kMaxKeyAttribute));
    TRY_ASSIGN(const Bytes point, session.read_attribute(object, CKA_EC_POINT, kMaxKeyAttribute));
    return spki_from_ec(params, point);
  }
  if (type == CKK_RSA) {
    kind = KeyKind::rsa;
    TRY_ASSIGN(const Bytes modulus, session.read_attribute(object, CKA_MODULUS, kMaxKeyAttribute));
    TRY_ASSIGN(const Bytes exponent, session.read_attribute(object, CKA_PUBLIC_EXPONENT, kMaxKeyAttribute));
    return spki_from_rsa(modulus, exponent);
  }
  return fail(Error::key_invalid, "key type");
}

// Empty when there is none. Two keys of one role can't be told apart, so neither is used.
Result<Bytes> read_role(const TokenSession& session, KeyRole role, KeyKind& kind) {
  TRY_ASSIGN(const auto found, find_keys(session, role, kPublicKey));
  if (found.empty()) return Bytes{};
  if (found.size() > 1) return fail(Error::key_invalid, "two keys of one role");
  return read_spki(session, found.front(), kind);
}

void remove_pair(TokenSession& session, KeyRole role) {
  for (const CK_ULONG& object_class : {kPrivateKey, kPublicKey}) {
    const auto found = find_keys(session, role, object_class);
    if (!found.ok()) continue;
    for (const CK_OBJECT_HANDLE object : *found)
      (void)session.functions().C_DestroyObject(session.handle(), object);
  }
}

Status generate(TokenSession& session, KeyRole role, KeyKind kind, std::string_view label) {
  const bool is_ec = kind == KeyKind::p256;
  const bool signs = role == KeyRole::auth;
  const CK_ULONG key_type = is_ec ? CKK_EC : CKK_RSA;
  const CK_ULONG bits = kNewRsaBits;
  const CK_ATTRIBUTE_TYPE use_private = signs ? CKA_SIGN : (is_ec ? CKA_DERIVE : CKA_DECRYPT);
  std::vector<CK_ATTRIBUTE> public_part = {
      attribute(CKA_CLASS, kPublicKey), attribute(CKA_KEY_TYPE, key_type),
      attribute(CKA_TOKEN, kYes),       attribute(CKA_PRIVATE, kNo),
      attribute(CKA_ID, key_id(role)),  attribute(CKA_LABEL, as_bytes(label))};
  if (is_ec) {
    public_part.push_back(attribute(CKA_EC_PARAMS, ByteView(kP256Name)));
  } else {
    public_part.push_back(attribute(CKA_MODULUS_BITS, bits));
    public_part.push_back(attribute(CKA_PUBLIC_EXPONENT, ByteView(kExponent)));
  }
  if (signs) public_part.push_back(attribute(CKA_VERIFY, kYes));
  if (!signs && !is_ec) public_part.push_back(attribute(CKA_ENCRYPT, kYes));
  std::vector<CK_ATTRIBUTE> private_part = {
      attribute(CKA_CLASS, kPrivateKey), attribute(CKA_KEY_TYPE, key_type),
      attribute(CKA_TOKEN, kYes),        attribute(CKA_PRIVATE, kYes),
      attribute(CKA_SENSITIVE, kYes),    attribute(CKA_EXTRACTABLE, kNo),
      attribute(CKA_ID, key_id(role)),   attribute(CKA_LABEL, as_bytes(label)),
      attribute(use_private, kYes)};
  CK_MECHANISM mechanism{
      is_ec ? CK_MECHANISM_TYPE{CKM_EC_KEY_PAIR_GEN} : CK_MECHANISM_TYPE{CKM_RSA_PKCS_KEY_PAIR_GEN}, nullptr,
      0};
  CK_OBJECT_HANDLE made_public = 0, made_private = 0;
  const CK_RV rv = session.functions().C_GenerateKeyPair(
      session.handle(), &mechanism, public_part.data(), static_cast<CK_ULONG>(public_part.size()),
      private_part.data(), static_cast<CK_ULONG>(private_part.size()), &made_public, &made_private);
  if (rv != CKR_OK) return session.failure(rv, "C_GenerateKeyPair");
  return {};
}

}  // namespace

Result<CK_ULONG> read_key_type(const TokenSession& session, CK_OBJECT_HANDLE object) {
  TRY_ASSIGN(const Bytes raw, session.read_attribute(object, CKA_KEY_TYPE, sizeof(CK_ULONG)));
  CK_ULONG type = 0;
  if (raw.size() != sizeof type) return fail(Error::key_invalid, "CKA_KEY_TYPE of wrong size");
  std::memcpy(&type, raw.data(), sizeof type);
  return type;
}

Result<CK_OBJECT_HANDLE> find_private_key(const TokenSession& session, KeyRole role) {
  TRY_ASSIGN(const auto found, find_keys(session, role, kPrivateKey));
  if (found.empty()) return fail(Error::card_foreign, "no Cardea key on the card");
  if (found.size() > 1) return fail(Error::key_invalid, "two keys of one role");
  return found.front();
}

Result<PublicKeys> read_public_keys(const TokenSession& session) {
  PublicKeys keys;
  KeyKind wrap_kind{};
  TRY_ASSIGN(keys.auth_spki, read_role(session, KeyRole::auth, keys.kind));
  TRY_ASSIGN(keys.wrap_spki, read_role(session, KeyRole::wrap, wrap_kind));
  return keys;
}

Result<PublicKeys> make_keys(TokenSession& session, KeyKind kind, std::string_view label) {
  if (label.size() > kMaxLabel) return fail(Error::invalid_argument, "key label");
  for (const KeyRole role : {KeyRole::auth, KeyRole::wrap}) {
    for (const CK_ULONG& object_class : {kPrivateKey, kPublicKey}) {
      TRY_ASSIGN(const auto found, find_keys(session, role, object_class));
      if (!found.empty()) return Error::already_exists;
    }
  }
  if (Status made = generate(session, KeyRole::auth, kind, label); !made.ok()) {
    remove_pair(session, KeyRole::auth);  // some modules leave half a pair behind
    return made.failure();
  }
  if (Status made = generate(session, KeyRole::wrap, kind, label); !made.ok()) {
    remove_pair(session, KeyRole::wrap);
    remove_pair(session, KeyRole::auth);
    return made.failure();
  }
  TRY_ASSIGN(PublicKeys keys, read_public_keys(session));
  if (keys.auth_spki.empty() || keys.wrap_spki.empty())
    return fail(Error::card_fault, "new keys are not there");
  return keys;
}

}  // namespace cardea::card
