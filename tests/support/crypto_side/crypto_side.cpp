// SPDX-License-Identifier: Apache-2.0
// Compiled once for each back end; CARDEA_CRYPTO_SIDE is the name of its function. Numbers among the
// arguments are text; a scalar that is taken as it is has 32 bytes.
#include "tests/support/crypto_side/crypto_side.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "core/crypto/aes_gcm.h"
#include "core/crypto/ed25519_encoding.h"
#include "core/crypto/hash.h"
#include "core/crypto/hpke.h"
#include "core/crypto/kdf.h"
#include "core/crypto/oprf.h"
#include "core/crypto/password_hash.h"
#include "core/crypto/rsa.h"
#include "core/crypto/signature.h"
#include "core/crypto/unicode.h"

namespace cardea::test {
namespace {

using namespace crypto;

template <std::size_t N>
Bytes bytes_of(const std::array<std::uint8_t, N>& value) {
  return to_bytes(value);
}
Bytes bytes_of(const Bytes& value) { return value; }
Bytes bytes_of(const SecretBytes& value) { return to_bytes(value.expose()); }
template <std::size_t N>
Bytes bytes_of(const SecretArray<N>& value) {
  return to_bytes(value.expose());
}
Bytes bytes_of(Nothing /*unused*/) { return {}; }
Bytes bytes_of(const PublicKey& key) {
  Bytes out{static_cast<std::uint8_t>(key.kind())};
  for (const char digit : std::to_string(key.bits()))
    out.push_back(static_cast<std::uint8_t>(digit));
  out.insert(out.end(), key.spki().begin(), key.spki().end());
  return out;
}
Bytes bytes_of(const P256KeyPair& pair) {
  Bytes out = to_bytes(pair.point());
  out.insert(out.end(), pair.scalar().expose().begin(), pair.scalar().expose().end());
  return out;
}

template <typename T>
Outcome outcome(const Result<T>& result) {
  if (!result.ok()) return {static_cast<std::uint16_t>(result.error()), {}};
  return {0, bytes_of(*result)};
}
template <typename T>
Outcome done(const T& value) {
  return {0, bytes_of(value)};
}

template <std::size_t N>
SecretArray<N> secret(const Bytes& bytes) {
  auto out = SecretArray<N>::from(bytes);
  if (!out.ok()) std::abort();
  return std::move(out).value();
}
template <std::size_t N>
std::span<const std::uint8_t, N> exactly(const Bytes& bytes) {
  if (bytes.size() != N) std::abort();
  return ByteView(bytes).first<N>();
}
std::uint64_t number(const Bytes& bytes) { return std::stoull(std::string(as_text(bytes))); }
OaepHash oaep_hash(const Bytes& name) { return as_text(name) == "sha1" ? OaepHash::sha1 : OaepHash::sha256; }
template <typename Use>
Outcome with_key(const Bytes& spki, Use use) {
  const auto key = PublicKey::from_spki(spki);
  return key.ok() ? outcome(use(*key)) : outcome(key);
}
template <typename Use>
Outcome with_p256(const Bytes& scalar, Use use) {
  const auto pair = P256KeyPair::from_scalar(scalar);
  return pair.ok() ? use(*pair) : outcome(pair);
}

constexpr Label kLabel = "cardea/v1/test-a";

using A = Arguments;
struct Function {
  std::string_view name;
  std::size_t arguments;
  Outcome (*call)(A);
};
constexpr Function kFunctions[] = {
    {"sha256", 1, [](A a) { return done(sha256({a[0]})); }},
    {"sha512", 1, [](A a) { return done(sha512({a[0]})); }},
    {"hmac_sha256", 2, [](A a) { return done(hmac_sha256(a[0], {a[1]})); }},
    {"hmac_sha512", 2, [](A a) { return done(hmac_sha512(a[0], {a[1]})); }},
    // pseudorandom key, info, size
    {"hkdf_sha256_expand", 3, [](A a) { return outcome(hkdf_sha256_expand(a[0], a[1], number(a[2]))); }},
    {"hkdf_sha512_expand", 3, [](A a) { return outcome(hkdf_sha512_expand(a[0], a[1], number(a[2]))); }},
    // key, nonce, associated data, text
    {"aes_gcm_seal", 4, [](A a) { return outcome(aes_gcm_seal(a[0], a[1], a[2], a[3])); }},
    {"aes_gcm_open", 4, [](A a) { return outcome(aes_gcm_open(a[0], a[1], a[2], a[3])); }},
    // password, salt of 16, memory, passes, size
    {"argon2id", 5,
     [](A a) {
       return outcome(argon2id(a[0], exactly<16>(a[1]),
                               {number(a[2]), static_cast<std::uint32_t>(number(a[3]))}, number(a[4])));
     }},
    {"p256_point", 1, [](A a) { return outcome(p256_point(a[0])); }},
    {"p256_spki", 1, [](A a) { return outcome(p256_spki(a[0])); }},
    {"p256_point_from_spki", 1, [](A a) { return outcome(p256_point_from_spki(a[0])); }},
    {"p256_from_scalar", 1, [](A a) { return outcome(P256KeyPair::from_scalar(a[0])); }},
    {"p256_derive", 1, [](A a) { return outcome(P256KeyPair::derive_key_pair(a[0])); }},
    // scalar, point or message
    {"p256_dh", 2,
     [](A a) { return with_p256(a[0], [&](const P256KeyPair& pair) { return outcome(pair.dh(a[1])); }); }},
    {"p256_sign", 2,
     [](A a) { return with_p256(a[0], [&](const P256KeyPair& pair) { return done(pair.sign(a[1])); }); }},
    {"public_key", 1, [](A a) { return outcome(PublicKey::from_spki(a[0])); }},
    // SubjectPublicKeyInfo, message, signature
    {"verify", 3,
     [](A a) { return with_key(a[0], [&](const PublicKey& key) { return key.verify(a[1], a[2]); }); }},
    {"verify_der", 3,
     [](A a) { return with_key(a[0], [&](const PublicKey& key) { return key.verify_der(a[1], a[2]); }); }},
    {"ed25519_spki", 1, [](A a) { return done(Ed25519KeyPair::from_seed(secret<32>(a[0])).spki()); }},
    {"ed25519_sign", 2, [](A a) { return done(Ed25519KeyPair::from_seed(secret<32>(a[0])).sign(a[1])); }},
    {"ed25519_point_acceptable", 1,
     [](A a) { return done(Bytes(ed25519_point_acceptable(exactly<32>(a[0])) ? 1 : 0)); }},
    {"rsa_spki", 2, [](A a) { return outcome(rsa_spki(a[0], a[1])); }},
    // SubjectPublicKeyInfo, hash, text; PrivateKeyInfo, hash, label, text
    {"rsa_oaep_encrypt", 3, [](A a) { return outcome(rsa_oaep_encrypt(a[0], oaep_hash(a[1]), a[2])); }},
    {"rsa_oaep_decrypt", 4, [](A a) { return outcome(rsa_oaep_decrypt(a[0], oaep_hash(a[1]), a[2], a[3])); }},
    // scalar of the recipient or his point, context, text
    {"hpke_seal", 3,
     [](A a) {
       SystemRandom random;
       return outcome(hpke_seal(a[0], kLabel, a[1], a[2], random));
     }},
    {"hpke_open", 3,
     [](A a) {
       return with_p256(
           a[0], [&](const P256KeyPair& pair) { return outcome(hpke_open(pair, kLabel, a[1], a[2])); });
     }},
    // secret, context, text
    {"seal", 3,
     [](A a) {
       SystemRandom random;
       return outcome(seal(a[0], kLabel, a[1], a[2], random));
     }},
    {"open", 3, [](A a) { return outcome(open(a[0], kLabel, a[1], a[2])); }},
    {"ristretto_element", 1, [](A a) { return outcome(ristretto_element(a[0])); }},
    {"ristretto_scalar", 1, [](A a) { return outcome(ristretto_scalar(a[0])); }},
    {"ristretto_scalar_reduce", 1, [](A a) { return done(ristretto_scalar_reduce(exactly<64>(a[0]))); }},
    {"ristretto_scalar_invert", 1, [](A a) { return done(ristretto_scalar_invert(secret<32>(a[0]))); }},
    {"ristretto_from_uniform", 1, [](A a) { return done(ristretto_from_uniform(exactly<64>(a[0]))); }},
    // scalar, element
    {"ristretto_multiply", 2, [](A a) { return outcome(ristretto_multiply(secret<32>(a[0]), a[1])); }},
    {"ristretto_dh", 2, [](A a) { return outcome(ristretto_dh(secret<32>(a[0]), a[1])); }},
    {"ristretto_multiply_base", 1, [](A a) { return outcome(ristretto_multiply_base(secret<32>(a[0]))); }},
    {"fold_text", 1, [](A a) { return outcome(fold_text(a[0])); }},
};

}  // namespace

Outcome CARDEA_CRYPTO_SIDE(std::string_view function, Arguments arguments) {
  const auto* const found = std::ranges::find(kFunctions, function, &Function::name);
  if (found == std::end(kFunctions) || found->arguments != arguments.size()) std::abort();
  return found->call(arguments);
}

}  // namespace cardea::test
