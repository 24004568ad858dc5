// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/aes_gcm.h"

#include "core/crypto/gcrypt/library.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

constexpr std::size_t kMaxText = std::size_t{16} << 20;  // as in aes_gcm.h

Status check(ByteView key, ByteView nonce, ByteView associated_data, ByteView text) {
  if (key.size() != 16 && key.size() != 32) return Error::key_invalid;
  if (nonce.size() != kAesGcmNonceSize) return Error::invalid_argument;
  if (associated_data.size() > kMaxText || text.size() > kMaxText) return Error::limit_exceeded;
  return {};
}

gcrypt::Cipher start(ByteView key, ByteView nonce, ByteView associated_data) {
  gcrypt::initialise();
  gcry_cipher_hd_t handle = nullptr;
  const int algorithm = key.size() == 16 ? GCRY_CIPHER_AES128 : GCRY_CIPHER_AES256;
  require(gcry_cipher_open(&handle, algorithm, GCRY_CIPHER_MODE_GCM, 0) == 0);
  gcrypt::Cipher context(handle);  // closing it wipes the key
  require(gcry_cipher_setkey(handle, key.data(), key.size()) == 0 &&
          gcry_cipher_setiv(handle, nonce.data(), nonce.size()) == 0);
  if (!associated_data.empty())
    require(gcry_cipher_authenticate(handle, associated_data.data(), associated_data.size()) == 0);
  return context;
}

}  // namespace

Result<Bytes> aes_gcm_seal(ByteView key, ByteView nonce, ByteView associated_data, ByteView plaintext) {
  TRY(check(key, nonce, associated_data, plaintext));
  const gcrypt::Cipher context = start(key, nonce, associated_data);
  Bytes out(plaintext.size() + kAesGcmTagSize);
  if (!plaintext.empty()) {
    require(gcry_cipher_encrypt(context.get(), out.data(), plaintext.size(), plaintext.data(),
                                plaintext.size()) == 0);
  }
  require(gcry_cipher_gettag(context.get(), out.data() + plaintext.size(), kAesGcmTagSize) == 0);
  return out;
}

Status aes_gcm_open_into(ByteView key, ByteView nonce, ByteView associated_data, ByteView sealed,
                         MutableBytes out) {
  TRY(check(key, nonce, associated_data, sealed));
  if (sealed.size() < kAesGcmTagSize || out.size() != sealed.size() - kAesGcmTagSize)
    return Error::decrypt_failed;
  const gcrypt::Cipher context = start(key, nonce, associated_data);
  if (!out.empty())
    require(gcry_cipher_decrypt(context.get(), out.data(), out.size(), sealed.data(), out.size()) == 0);
  if (gcry_cipher_checktag(context.get(), sealed.last(kAesGcmTagSize).data(), kAesGcmTagSize) == 0) return {};
  wipe(out.data(), out.size());
  return Error::decrypt_failed;
}

Result<SecretBytes> aes_gcm_open(ByteView key, ByteView nonce, ByteView associated_data, ByteView sealed) {
  TRY(check(key, nonce, associated_data, sealed));  // before memory is taken
  if (sealed.size() < kAesGcmTagSize) return Error::decrypt_failed;
  SecretBytes out(sealed.size() - kAesGcmTagSize);
  TRY(aes_gcm_open_into(key, nonce, associated_data, sealed, out.expose_mutable()));
  return out;
}

}  // namespace cardea::crypto
