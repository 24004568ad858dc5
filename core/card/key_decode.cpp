// SPDX-License-Identifier: Apache-2.0
#include "core/card/key_decode.h"

#include <algorithm>

#include "core/crypto/p256.h"
#include "core/crypto/rsa.h"
#include "core/crypto/signature.h"

namespace cardea::card {
namespace {

constexpr std::size_t kPointSize = 65;

// What PublicKey accepts has one encoding, so that a card has one card_id.
Result<Bytes> canonical(Result<Bytes> spki) {
  if (!spki.ok()) return fail(Error::key_invalid, "not an acceptable public key");
  TRY_ASSIGN(const crypto::PublicKey key, crypto::PublicKey::from_spki(*spki));
  return key.spki();
}

}  // namespace

Result<Bytes> spki_from_ec(ByteView ec_params, ByteView ec_point) {
  if (!std::equal(ec_params.begin(), ec_params.end(), std::begin(kP256Name), std::end(kP256Name))) {
    return fail(Error::key_invalid, "not P-256");
  }
  ByteView point = ec_point;
  if (point.size() == kPointSize + 2 && point[0] == 0x04 && point[1] == kPointSize) point = point.subspan(2);
  if (point.size() != kPointSize) return fail(Error::key_invalid, "EC point of wrong size");
  return canonical(crypto::p256_spki(point));
}

Result<Bytes> spki_from_rsa(ByteView modulus, ByteView exponent) {
  if (modulus.size() > kMaxKeyAttribute || exponent.size() > kMaxKeyAttribute) return Error::key_invalid;
  return canonical(crypto::rsa_spki(modulus, exponent));
}

}  // namespace cardea::card
