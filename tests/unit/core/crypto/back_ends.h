// SPDX-License-Identifier: Apache-2.0
// What the tests of both back ends share: calls of both, numbers at the edges, and draws from a fixed seed.
#pragma once

#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/crypto_side/crypto_side.h"

namespace cardea::test {

using List = std::initializer_list<Bytes>;
using Side = Outcome (*)(std::string_view, Arguments);
inline constexpr Side kSides[] = {crypto_over_openssl, crypto_over_gcrypt};

inline Outcome call(Side side, std::string_view function, List arguments) {
  return side(function, Arguments(arguments.begin(), arguments.size()));
}

// Both sides, which must agree; returns what they said.
inline Outcome both(std::string_view function, List arguments) {
  const Outcome first = call(crypto_over_openssl, function, arguments);
  const Outcome second = call(crypto_over_gcrypt, function, arguments);
  if (!(first == second)) {
    std::string given;
    for (const Bytes& argument : arguments)
      given += " " + to_hex(argument);
    ADD_FAILURE() << function << given << ": " << first.error << " " << to_hex(first.bytes) << " and "
                  << second.error << " " << to_hex(second.bytes);
  }
  return first;
}

inline Bytes text(std::string_view value) { return to_bytes(as_bytes(value)); }
inline Bytes operator""_hex(const char* digits, std::size_t size) { return from_hex({digits, size}).value(); }

class Draws {
 public:
  Bytes bytes(std::size_t size) {
    Bytes out(size);
    for (std::uint8_t& byte : out)
      byte = static_cast<std::uint8_t>(generator_());
    return out;
  }
  std::size_t below(std::size_t limit) { return generator_() % limit; }

 private:
  std::mt19937_64 generator_{20221};  // NOLINT: the same in every run
};

// Little-endian numbers of 32 bytes: `base` and its neighbours.
inline void append_neighbours(std::vector<Bytes>& out, const Bytes& base, int from, int to) {
  for (int offset = from; offset <= to; ++offset) {
    Bytes number = base;
    int carry = offset;
    for (std::uint8_t& byte : number) {
      carry += byte;
      byte = static_cast<std::uint8_t>(carry & 0xff);
      carry >>= 8;
    }
    out.push_back(number);
  }
}

inline const Bytes kFieldPrime = "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"_hex;
inline const Bytes kOrder = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"_hex;

// Around 0, p, 2^255, 2p, 2^256, each with and without the highest bit.
inline std::vector<Bytes> field_edges() {
  std::vector<Bytes> out;
  append_neighbours(out, Bytes(32), 0, 24);
  append_neighbours(out, kFieldPrime, -24, 24);
  append_neighbours(out, Bytes(32), -40, -1);
  for (std::size_t i = 0, size = out.size(); i < size; ++i) {
    Bytes other = out[i];
    other[31] ^= 0x80;
    out.push_back(other);
  }
  return out;
}

// Around 0, multiples of L, and powers of 2.
inline std::vector<Bytes> scalar_edges() {
  std::vector<Bytes> out;
  append_neighbours(out, Bytes(32), -3, 3);
  Bytes multiple(32);
  for (int times = 1; times <= 15; ++times) {
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      carry += multiple[i] + kOrder[i];
      multiple[i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    append_neighbours(out, multiple, -2, 2);
  }
  for (const std::size_t bit : {51, 64, 127, 128, 192, 251, 252, 253, 254, 255}) {
    Bytes power(32);
    power[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
    append_neighbours(out, power, -1, 1);
  }
  return out;
}

}  // namespace cardea::test
