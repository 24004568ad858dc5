// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/rsa.h"

#include <algorithm>
#include <bit>

#include "core/crypto/gcrypt/oaep.h"
#include "core/crypto/gcrypt/rsa_key.h"
#include "core/crypto/hash.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

std::size_t hash_size(OaepHash hash) { return hash == OaepHash::sha1 ? 20 : 32; }

const std::uint8_t* data_or_empty(ByteView view) {
  static constexpr std::uint8_t kNothing = 0;
  return view.empty() ? &kNothing : view.data();
}

}  // namespace

std::size_t gcrypt::bit_length(ByteView number) {
  return number.empty() ? 0 : 8 * (number.size() - 1) + static_cast<std::size_t>(std::bit_width(number[0]));
}

bool gcrypt::below_modulus(ByteView number, ByteView modulus) {
  return std::ranges::lexicographical_compare(number, modulus);
}

// FIPS 186-5 section 5.1 wants 2^16 < e < 2^256 and odd; 64 bits are more than any card makes.
std::optional<gcrypt::RsaPublicNumbers> gcrypt::acceptable_rsa(ByteView spki) {
  const auto numbers = rsa_public_numbers(spki);
  if (!numbers) return std::nullopt;
  const std::size_t bits = bit_length(numbers->modulus);
  const std::size_t exponent_bits = bit_length(numbers->exponent);
  if (bits < kMinRsaBits || bits > kMaxRsaBits || exponent_bits < 17 || exponent_bits > 64)
    return std::nullopt;
  if (numbers->modulus.back() % 2 == 0 || numbers->exponent.back() % 2 == 0) return std::nullopt;
  return numbers;
}

gcrypt::Expression gcrypt::rsa_public_key(const RsaPublicNumbers& numbers) {
  return expression("(public-key(rsa(n %b)(e %b)))", length(numbers.modulus), numbers.modulus.data(),
                    length(numbers.exponent), numbers.exponent.data());
}

bool gcrypt::rsa_fits(gcry_sexp_t key, ByteView modulus, ByteView message, ByteView signature) {
  if (!below_modulus(signature, modulus)) return false;  // RFC 8017 section 5.2.2 step 1
  const Sha256Digest digest = sha256({message});
  const Expression data = expression("(data(flags pkcs1)(hash sha256 %b))", length(digest), digest.data());
  const Expression number = expression("(sig-val(rsa(s %b)))", length(signature), signature.data());
  require(data != nullptr && number != nullptr);
  return gcry_pk_verify(number.get(), data.get(), key) == 0;
}

// The seed is the system's randomness and not libgcrypt's, which on Windows walks through the whole system
// for it before the first byte.
Result<Bytes> rsa_oaep_encrypt(ByteView spki, OaepHash hash, ByteView plaintext) {
  const auto numbers = gcrypt::acceptable_rsa(spki);
  if (!numbers) return Error::key_invalid;
  if (plaintext.empty()) return Error::invalid_argument;
  const std::size_t size = numbers->modulus.size();
  if (plaintext.size() > size - 2 * hash_size(hash) - 2) return Error::limit_exceeded;
  SystemRandom random;
  const auto drawn = random.secret<32>();
  const ByteView seed = ByteView(drawn.expose()).first(hash_size(hash));
  const auto key = gcrypt::rsa_public_key(*numbers);
  const auto data = gcrypt::expression(
      hash == OaepHash::sha1 ? "(data(flags oaep)(hash-algo sha1)(value %b)(random-override %b))"
                             : "(data(flags oaep)(hash-algo sha256)(value %b)(random-override %b))",
      gcrypt::length(plaintext), data_or_empty(plaintext), gcrypt::length(seed), seed.data());
  gcry_sexp_t made = nullptr;
  if (key == nullptr || data == nullptr || gcry_pk_encrypt(&made, data.get(), key.get()) != 0)
    return Error::crypto_failed;
  const gcrypt::Expression sealed(made);
  gcry_mpi_t raw = nullptr;
  require(gcry_sexp_extract_param(made, nullptr, "a", &raw, nullptr) == 0);
  const gcrypt::Number number(raw);
  Bytes out(size);
  require(gcrypt::write_number(number.get(), out));
  return out;
}

Result<SecretBytes> rsa_oaep_decrypt(ByteView pkcs8, OaepHash hash, ByteView oaep_label,
                                     ByteView ciphertext) {
  if (pkcs8.size() > 8192 || oaep_label.size() > 1024) return Error::limit_exceeded;
  const auto numbers = gcrypt::rsa_private_numbers(pkcs8);
  if (!numbers || numbers->modulus.empty()) return Error::key_invalid;
  const auto d = gcrypt::secret_number(numbers->private_exponent);
  const auto key = gcrypt::expression(
      "(private-key(rsa(n %b)(e %b)(d %m)))", gcrypt::length(numbers->modulus), numbers->modulus.data(),
      gcrypt::length(numbers->exponent), data_or_empty(numbers->exponent), d.get());
  if (key == nullptr) return Error::key_invalid;
  // RFC 8017 section 7.1.2 steps 1b and 2b
  if (ciphertext.size() != numbers->modulus.size() || !gcrypt::below_modulus(ciphertext, numbers->modulus))
    return Error::decrypt_failed;
  const auto sealed =
      gcrypt::expression("(enc-val(flags raw)(rsa(a %b)))", gcrypt::length(ciphertext), ciphertext.data());
  gcry_sexp_t made = nullptr;
  if (sealed == nullptr || gcry_pk_decrypt(&made, sealed.get(), key.get()) != 0) return Error::decrypt_failed;
  const gcrypt::Expression opened(made);
  const gcrypt::Number number(gcry_sexp_nth_mpi(made, 1, GCRYMPI_FMT_USG));
  SecretBytes encoded(numbers->modulus.size());
  if (number == nullptr || !gcrypt::write_number(number.get(), encoded.expose_mutable()))
    return Error::decrypt_failed;
  return gcrypt::oaep_decode(hash, oaep_label, encoded);
}

}  // namespace cardea::crypto
