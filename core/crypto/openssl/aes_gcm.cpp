// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/aes_gcm.h"

#include "core/crypto/openssl/handles.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

// Keeps every length within the int that EVP counts in, with room to spare.
constexpr std::size_t kMaxText = std::size_t{16} << 20;

enum class Direction : int { open = 0, seal = 1 };

const EVP_CIPHER* method_for(std::size_t key_size) {
  static const EVP_CIPHER* const aes128 = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  static const EVP_CIPHER* const aes256 = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return key_size == 16 ? aes128 : aes256;
}

Status check(ByteView key, ByteView nonce, ByteView associated_data, ByteView text) {
  if (key.size() != 16 && key.size() != 32) return Error::key_invalid;
  if (nonce.size() != kAesGcmNonceSize) return Error::invalid_argument;
  if (associated_data.size() > kMaxText || text.size() > kMaxText) return Error::limit_exceeded;
  return {};
}

openssl::Cipher start(ByteView key, ByteView nonce, ByteView associated_data, Direction direction) {
  openssl::Cipher context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* method = method_for(key.size());
  require(context != nullptr && method != nullptr &&
          EVP_CipherInit_ex2(context.get(), method, key.data(), nonce.data(), static_cast<int>(direction),
                             nullptr) == 1);
  int size = 0;
  require(EVP_CipherUpdate(context.get(), nullptr, &size, openssl::data_or_empty(associated_data),
                           static_cast<int>(associated_data.size())) == 1);
  return context;
}

void update(EVP_CIPHER_CTX* context, ByteView in, std::uint8_t* out) {
  if (in.empty()) return;
  int size = 0;
  require(EVP_CipherUpdate(context, out, &size, in.data(), static_cast<int>(in.size())) == 1 &&
          static_cast<std::size_t>(size) == in.size());
}

}  // namespace

Result<Bytes> aes_gcm_seal(ByteView key, ByteView nonce, ByteView associated_data, ByteView plaintext) {
  TRY(check(key, nonce, associated_data, plaintext));
  const openssl::Cipher context = start(key, nonce, associated_data, Direction::seal);
  Bytes out(plaintext.size() + kAesGcmTagSize);
  update(context.get(), plaintext, out.data());
  int size = 0;
  std::uint8_t* const tag = out.data() + plaintext.size();
  require(EVP_CipherFinal_ex(context.get(), tag, &size) == 1 && size == 0 &&
          EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kAesGcmTagSize), tag) ==
              1);
  return out;
}

Status aes_gcm_open_into(ByteView key, ByteView nonce, ByteView associated_data, ByteView sealed,
                         MutableBytes out) {
  TRY(check(key, nonce, associated_data, sealed));
  if (sealed.size() < kAesGcmTagSize || out.size() != sealed.size() - kAesGcmTagSize)
    return Error::decrypt_failed;
  const openssl::ErrorScope errors;
  const openssl::Cipher context = start(key, nonce, associated_data, Direction::open);
  std::array<std::uint8_t, kAesGcmTagSize> tag{};
  std::copy(sealed.end() - kAesGcmTagSize, sealed.end(), tag.begin());
  update(context.get(), sealed.first(out.size()), out.data());
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                              tag.data()) == 1);
  int size = 0;
  std::array<std::uint8_t, 16> rest{};
  if (EVP_CipherFinal_ex(context.get(), rest.data(), &size) == 1) return {};
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
