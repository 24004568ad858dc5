// SPDX-License-Identifier: Apache-2.0
// Encodings from strangers, and texts, before both back ends of core/crypto: they say the same. The first
// byte of an input chooses the function.
#include <cstdlib>
#include <initializer_list>

#include "tests/support/crypto_side/crypto_side.h"

namespace {

using cardea::Bytes;
using cardea::test::Outcome;

Outcome both(std::string_view function, std::initializer_list<Bytes> arguments) {
  const cardea::test::Arguments list(arguments.begin(), arguments.size());
  Outcome first = cardea::test::crypto_over_openssl(function, list);
  if (!(first == cardea::test::crypto_over_gcrypt(function, list))) std::abort();
  return first;
}

// Exactly `size` bytes from `at` on, zeros where there are none.
Bytes piece(const Bytes& input, std::size_t at, std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size && at + i < input.size(); ++i)
    out[i] = input[at + i];
  return out;
}

void ristretto(const Bytes& input) {
  const Bytes wide = piece(input, 32, 64);
  const Bytes scalar = both("ristretto_scalar_reduce", {wide}).bytes;
  (void)both("ristretto_scalar", {piece(input, 32, 32)});
  (void)both("ristretto_from_uniform", {wide});
  (void)both("ristretto_element", {input});
  (void)both("ristretto_multiply", {scalar, piece(input, 0, 32)});
  (void)both("ristretto_dh", {scalar, piece(input, 0, 32)});
  (void)both("ristretto_multiply_base", {scalar});
  if (scalar != Bytes(32)) (void)both("ristretto_scalar_invert", {scalar});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes input(data + 1, data + size);
  switch (data[0] % 5) {
    case 0:
      ristretto(input);
      break;
    case 1:
      (void)both("public_key", {input});
      (void)both("p256_point_from_spki", {input});
      break;
    case 2:
      (void)both("ed25519_point_acceptable", {piece(input, 0, 32)});
      (void)both("p256_point", {input});
      break;
    case 3:
      (void)both("fold_text", {input});
      break;
    default: {
      // A key and then a signature over nothing.
      const Bytes spki = piece(input, 0, input.size() > 91 ? 91 : input.size());
      (void)both("verify", {spki, {}, piece(input, spki.size(), 64)});
      break;
    }
  }
  return 0;
}
