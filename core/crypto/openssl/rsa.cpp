// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/rsa.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "core/crypto/openssl/handles.h"
#include "core/crypto/signature.h"

namespace cardea::crypto {
namespace {

using Pkcs8 = UniqueHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

bool set_oaep(EVP_PKEY_CTX* context, OaepHash hash) {
  const char* const name = hash == OaepHash::sha1 ? "SHA1" : "SHA2-256";
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md_name(context, name, nullptr) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, name, nullptr) == 1;
}

bool set_label(EVP_PKEY_CTX* context, ByteView label) {
  if (label.empty()) return true;
  void* copy =
      OPENSSL_memdup(label.data(), label.size());  // the context takes it over when the call succeeds
  if (copy == nullptr) return false;
  if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(label.size())) == 1) return true;
  OPENSSL_free(copy);
  return false;
}

}  // namespace

Result<Bytes> rsa_oaep_encrypt(ByteView spki, OaepHash hash, ByteView plaintext) {
  TRY_ASSIGN(const PublicKey checked, PublicKey::from_spki(spki));
  if (checked.kind() != KeyKind::rsa) return Error::key_invalid;
  if (plaintext.empty()) return Error::invalid_argument;
  const openssl::ErrorScope errors;
  const unsigned char* at = spki.data();
  const openssl::Pkey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (context == nullptr || EVP_PKEY_encrypt_init(context.get()) != 1 || !set_oaep(context.get(), hash)) {
    return Error::crypto_failed;
  }
  Bytes out((checked.bits() + 7) / 8);
  std::size_t size = out.size();
  if (EVP_PKEY_encrypt(context.get(), out.data(), &size, openssl::data_or_empty(plaintext),
                       plaintext.size()) != 1) {
    return Error::limit_exceeded;  // the only thing a caller can get wrong: too long for this modulus
  }
  out.resize(size);
  return out;
}

Result<SecretBytes> rsa_oaep_decrypt(ByteView pkcs8, OaepHash hash, ByteView oaep_label,
                                     ByteView ciphertext) {
  if (pkcs8.size() > 8192 || oaep_label.size() > 1024) return Error::limit_exceeded;
  const openssl::ErrorScope errors;
  const unsigned char* at = pkcs8.data();
  const Pkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(pkcs8.size())));
  if (info == nullptr) return Error::key_invalid;
  const openssl::Pkey key(EVP_PKCS82PKEY_ex(info.get(), nullptr, nullptr));
  if (key == nullptr || EVP_PKEY_is_a(key.get(), "RSA") != 1) return Error::key_invalid;
  const std::size_t modulus_size = static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (context == nullptr || EVP_PKEY_decrypt_init(context.get()) != 1 || !set_oaep(context.get(), hash) ||
      !set_label(context.get(), oaep_label)) {
    return Error::crypto_failed;
  }
  if (ciphertext.size() != modulus_size) return Error::decrypt_failed;  // RFC 8017 section 7.1.2 step 1b
  SecretBytes out(modulus_size);
  std::size_t size = out.size();
  if (EVP_PKEY_decrypt(context.get(), out.expose_mutable().data(), &size, ciphertext.data(),
                       ciphertext.size()) != 1) {
    return Error::decrypt_failed;
  }
  out.truncate(size);
  return out;
}

}  // namespace cardea::crypto
