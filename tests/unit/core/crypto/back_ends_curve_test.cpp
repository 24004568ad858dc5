// SPDX-License-Identifier: Apache-2.0
// ristretto255 and points of Ed25519 in both back ends: the same elements, the same refusals.
#include "tests/unit/core/crypto/back_ends.h"

namespace cardea::test {
namespace {

TEST(BackEnds, RistrettoEncodings) {
  Draws draws;
  std::vector<Bytes> encodings = field_edges();
  for (int i = 0; i < 300; ++i)
    encodings.push_back(draws.bytes(32));
  for (int i = 0; i < 20; ++i) {
    const Bytes element = both("ristretto_from_uniform", {draws.bytes(64)}).bytes;
    encodings.push_back(element);
    Bytes negative(32);  // p - s: the same element, were it taken
    int borrow = 0;
    for (std::size_t at = 0; at < 32; ++at) {
      const int digit = kFieldPrime[at] - element[at] - borrow;
      negative[at] = static_cast<std::uint8_t>(digit & 0xff);
      borrow = digit < 0 ? 1 : 0;
    }
    encodings.push_back(negative);
    for (std::size_t bit = 0; bit < 256; bit += 1 + draws.below(16)) {
      Bytes changed = element;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      encodings.push_back(changed);
    }
  }
  for (const std::size_t size : {0, 1, 31, 33, 64})
    encodings.push_back(draws.bytes(size));
  std::size_t accepted = 0;
  const Bytes scalar = both("ristretto_scalar_reduce", {draws.bytes(64)}).bytes;
  for (const Bytes& encoding : encodings) {
    const bool ok = both("ristretto_element", {encoding}).ok();
    EXPECT_EQ(both("ristretto_multiply", {scalar, encoding}).ok(), ok);
    EXPECT_EQ(both("ristretto_dh", {scalar, encoding}).ok(), ok);
    accepted += ok ? 1 : 0;
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_GT(encodings.size() - accepted, 300u);
}

TEST(BackEnds, RistrettoScalars) {
  Draws draws;
  std::vector<Bytes> numbers = scalar_edges();
  for (int i = 0; i < 100; ++i)
    numbers.push_back(draws.bytes(32));
  const Bytes element = both("ristretto_from_uniform", {draws.bytes(64)}).bytes;
  std::size_t accepted = 0;
  for (const Bytes& number : numbers) {
    for (const Bytes& high : {Bytes(32), Bytes(32, 0xff), kOrder, number, draws.bytes(32)}) {
      Bytes wide = number;
      wide.insert(wide.end(), high.begin(), high.end());
      const Bytes reduced = both("ristretto_scalar_reduce", {wide}).bytes;
      const bool zero = reduced == Bytes(32);
      EXPECT_EQ(both("ristretto_scalar", {reduced}).ok(), !zero);
      EXPECT_EQ(both("ristretto_multiply", {reduced, element}).ok(), !zero);
      EXPECT_EQ(both("ristretto_multiply_base", {reduced}).ok(), !zero);
      if (zero) continue;
      const Bytes inverse = both("ristretto_scalar_invert", {reduced}).bytes;
      EXPECT_EQ(
          both("ristretto_multiply", {inverse, both("ristretto_multiply", {reduced, element}).bytes}).bytes,
          element);
    }
    accepted += both("ristretto_scalar", {number}).ok() ? 1 : 0;
  }
  EXPECT_GT(accepted, 15u);
  for (const std::size_t size : {0, 31, 33})
    EXPECT_FALSE(both("ristretto_scalar", {draws.bytes(size)}).ok());
}

TEST(BackEnds, RistrettoElementDerivation) {
  Draws draws;
  const std::vector<Bytes> edges = field_edges();
  for (const Bytes& edge : edges) {
    for (const Bytes& other : {edge, edges[draws.below(edges.size())], draws.bytes(32)}) {
      Bytes uniform = edge;
      uniform.insert(uniform.end(), other.begin(), other.end());
      both("ristretto_from_uniform", {uniform});
    }
  }
  for (int i = 0; i < 500; ++i)
    both("ristretto_from_uniform", {draws.bytes(64)});
}

// Points of full order, with each of the torsion points of order 2, 4 and 8 added (which are of mixed order),
// these themselves, and what is no point.
TEST(BackEnds, Ed25519Points) {
  Draws draws;
  std::vector<Bytes> points = field_edges();
  for (int i = 0; i < 200; ++i)
    points.push_back(draws.bytes(32));
  std::size_t accepted = 0;
  for (int i = 0; i < 50; ++i) {
    const Bytes spki = both("ed25519_spki", {draws.bytes(32)}).bytes;
    points.emplace_back(spki.end() - 32, spki.end());
  }
  for (const std::string_view small : {"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                       "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"})
    points.push_back(from_hex(small).value());
  for (const Bytes& point : points) {
    const bool ok = !both("ed25519_point_acceptable", {point}).bytes.empty();
    Bytes spki = "302a300506032b6570032100"_hex;
    spki.insert(spki.end(), point.begin(), point.end());
    EXPECT_EQ(both("public_key", {spki}).ok(), ok);
    accepted += ok ? 1 : 0;
  }
  EXPECT_GE(accepted, 50u);
  EXPECT_LT(accepted, 120u);  // one point in sixteen of those drawn
}

// y and x of a point P with their signs changed are those of P + (0, -1), which has the order 2 L.
TEST(BackEnds, Ed25519PointsOfMixedOrderAreRefused) {
  Draws draws;
  for (int i = 0; i < 20; ++i) {
    const Bytes spki = both("ed25519_spki", {draws.bytes(32)}).bytes;
    Bytes changed = spki;
    int borrow = 0;
    for (std::size_t at = 0; at < 32; ++at) {
      const int digit = kFieldPrime[at] - (at == 31 ? spki[12 + at] & 0x7f : spki[12 + at]) - borrow;
      changed[12 + at] = static_cast<std::uint8_t>(digit & 0xff);
      borrow = digit < 0 ? 1 : 0;
    }
    changed[43] = static_cast<std::uint8_t>(changed[43] | (~spki[43] & 0x80));
    EXPECT_FALSE(both("public_key", {changed}).ok()) << to_hex(changed);
  }
}

}  // namespace
}  // namespace cardea::test
