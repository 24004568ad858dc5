// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/crypto/ed25519_encoding.h"
#include "core/crypto/gcrypt/curve_p256.h"
#include "core/crypto/gcrypt/ed25519.h"
#include "core/crypto/gcrypt/rsa_key.h"
#include "core/crypto/p256.h"
#include "core/crypto/require.h"
#include "core/crypto/signature.h"

namespace cardea::crypto {
namespace {

// A 4,096-bit RSA key with a 64-bit exponent has 559 bytes.
constexpr std::size_t kMaxSpki = 600;
constexpr std::size_t kEd25519PointSize = 32;  // the end of its SubjectPublicKeyInfo

}  // namespace

struct PublicKey::Impl {
  KeyKind kind = KeyKind::p256;
  Bytes spki;
  Bytes modulus;  // RSA only
  gcrypt::Expression key;
};

Result<PublicKey> PublicKey::from_spki(ByteView der) {
  if (der.empty() || der.size() > kMaxSpki) return Error::key_invalid;
  auto impl = std::make_shared<Impl>();
  if (const auto point = p256_point_from_spki(der); point.ok()) {
    impl->kind = KeyKind::p256;
    impl->key = gcrypt::p256_public_key(*point);
  } else if (ed25519_check_spki(der).ok()) {
    impl->kind = KeyKind::ed25519;
    impl->key = gcrypt::ed25519_public_key(der.last(kEd25519PointSize));
  } else if (const auto numbers = gcrypt::acceptable_rsa(der)) {
    impl->kind = KeyKind::rsa;
    impl->modulus = to_bytes(numbers->modulus);
    impl->key = gcrypt::rsa_public_key(*numbers);
  }
  if (impl->key == nullptr) return Error::key_invalid;
  impl->spki = to_bytes(der);
  return PublicKey(std::move(impl));
}

KeyKind PublicKey::kind() const noexcept { return impl_->kind; }
const Bytes& PublicKey::spki() const noexcept { return impl_->spki; }

std::size_t PublicKey::bits() const noexcept {
  switch (impl_->kind) {
    case KeyKind::p256:
      return 256;
    case KeyKind::ed25519:
      return 255;
    case KeyKind::rsa:
      break;
  }
  return gcrypt::bit_length(impl_->modulus);
}

Status PublicKey::verify(ByteView message, ByteView signature) const {
  bool fits = false;
  switch (impl_->kind) {
    case KeyKind::p256:
      if (P256Signature raw{}; signature.size() == raw.size()) {
        std::copy(signature.begin(), signature.end(), raw.begin());
        fits = gcrypt::ecdsa_fits(impl_->key.get(), message, raw);
      }
      break;
    case KeyKind::ed25519:
      fits = signature.size() == 64 && gcrypt::ed25519_fits(impl_->key.get(), message, signature);
      break;
    case KeyKind::rsa:
      fits = signature.size() == impl_->modulus.size() &&
             gcrypt::rsa_fits(impl_->key.get(), impl_->modulus, message, signature);
      break;
  }
  if (!fits) return Error::signature_invalid;
  return {};
}

Status PublicKey::verify_der(ByteView message, ByteView signature) const {
  if (impl_->kind != KeyKind::p256) return Error::not_supported;
  TRY_ASSIGN(const P256Signature raw, ecdsa_from_der(signature));
  return verify(message, raw);
}

}  // namespace cardea::crypto
