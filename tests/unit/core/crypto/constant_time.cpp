// SPDX-License-Identifier: Apache-2.0
// To be run by valgrind, whose memcheck is told that secrets are not initialised: it then reports each branch
// and each address that depends on one. With the argument "branch" there is one, which must be reported.
#include <cstdio>
#include <string_view>

#include <valgrind/memcheck.h>

#include "core/crypto/portable/edwards25519.h"
#include "core/crypto/portable/scalar25519.h"
#include "core/crypto/ristretto255.h"

namespace {

using namespace cardea::crypto;

template <typename T>
void hide(T& secret) {
  (void)VALGRIND_MAKE_MEM_UNDEFINED(&secret, sizeof secret);
}

template <typename T>
unsigned show(T& result) {
  (void)VALGRIND_MAKE_MEM_DEFINED(&result, sizeof result);
  return reinterpret_cast<const unsigned char*>(&result)[0];
}

unsigned use_secrets() {
  std::array<std::uint8_t, 64> uniform{};
  for (std::size_t i = 0; i < uniform.size(); ++i)
    uniform[i] = static_cast<std::uint8_t>(37 * i + 11);
  hide(uniform);
  RistrettoElement element = ristretto_from_uniform(uniform);
  portable::ScalarBytes scalar{};
  portable::scalar_reduce(uniform, scalar);
  portable::ScalarBytes inverse{};
  portable::scalar_invert(scalar, inverse);
  portable::Edwards product;
  portable::multiply(scalar, portable::kEdwardsBase, product);
  portable::multiply(inverse, product, product);
  return show(element) + show(scalar) + show(inverse) + show(product);
}

unsigned branch_on_a_secret() {
  volatile int secret = 1;
  (void)VALGRIND_MAKE_MEM_UNDEFINED(const_cast<int*>(&secret), sizeof secret);
  return secret == 1 ? 1 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (RUNNING_ON_VALGRIND == 0) {
    std::fputs("run by valgrind, or nothing is seen\n", stderr);
    return 2;
  }
  const bool control = argc > 1 && std::string_view(argv[1]) == "branch";
  std::printf("%u\n", control ? (branch_on_a_secret() == 1 ? 1U : 0U) : use_secrets());
  return 0;
}
