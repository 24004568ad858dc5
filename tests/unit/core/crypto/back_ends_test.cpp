// SPDX-License-Identifier: Apache-2.0
// What one back end makes the other one takes, and what one refuses the other refuses with the same Error.
// The inputs that are drawn come from a fixed seed.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/crypto_side/crypto_side.h"
#include "tests/unit/core/crypto/vector_file.h"

namespace cardea::test {
namespace {

using List = std::initializer_list<Bytes>;
using Side = Outcome (*)(std::string_view, Arguments);
constexpr Side kSides[] = {crypto_over_openssl, crypto_over_gcrypt};

Outcome call(Side side, std::string_view function, List arguments) {
  return side(function, Arguments(arguments.begin(), arguments.size()));
}

// Both sides, which must agree; returns what they said.
Outcome both(std::string_view function, List arguments) {
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

Bytes text(std::string_view value) { return to_bytes(as_bytes(value)); }
Bytes operator""_hex(const char* digits, std::size_t size) { return from_hex({digits, size}).value(); }

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
void append_neighbours(std::vector<Bytes>& out, const Bytes& base, int from, int to) {
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

const Bytes kFieldPrime = "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"_hex;
const Bytes kOrder = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"_hex;

// Around 0, p, 2^255, 2p, 2^256, each with and without the highest bit.
std::vector<Bytes> field_edges() {
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
std::vector<Bytes> scalar_edges() {
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

std::vector<Bytes> spki_corpus() {
  std::vector<Bytes> out;
  const auto folder = std::filesystem::path(CARDEA_SOURCE_DIR) / "tests/fuzz/corpus/crypto_spki";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::ranges::sort(out);
  return out;
}

void check_spki(const Bytes& spki) {
  const bool ok = both("public_key", {spki}).ok();
  if (both("p256_point_from_spki", {spki}).ok()) {
    EXPECT_TRUE(ok);
  }
}

// Each key of the corpus: whole, cut, lengthened, and with each byte changed in several ways.
TEST(BackEnds, PublicKeys) {
  Draws draws;
  const std::vector<Bytes> corpus = spki_corpus();
  ASSERT_GT(corpus.size(), 20u);
  for (const Bytes& spki : corpus) {
    check_spki(spki);
    for (std::size_t i = 0; i < spki.size(); ++i) {
      // The numbers inside of a key are alike; all of the frame is tried.
      if (i > 40 && i + 12 < spki.size() && i % 16 != 0) continue;
      check_spki(Bytes(spki.begin(), spki.begin() + static_cast<std::ptrdiff_t>(i)));
      for (const unsigned change :
           {0x01U, 0x02U, 0x80U, 0xffU, 1U + static_cast<unsigned>(draws.below(255))}) {
        Bytes changed = spki;
        changed[i] = static_cast<std::uint8_t>(changed[i] ^ change);
        check_spki(changed);
      }
      Bytes longer = spki;
      longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(i),
                    static_cast<std::uint8_t>(draws.below(3)));
      check_spki(longer);
      longer = spki;
      longer.erase(longer.begin() + static_cast<std::ptrdiff_t>(i));
      check_spki(longer);
    }
    Bytes longer = spki;
    longer.push_back(0);
    check_spki(longer);
  }
}

// RSA keys at every edge of what is acceptable, spelled rightly.
TEST(BackEnds, RsaNumbers) {
  Draws draws;
  std::size_t accepted = 0;
  for (const std::size_t size : {0, 1, 255, 256, 257, 511, 512, 513}) {
    for (const unsigned first : {0x00U, 0x01U, 0x40U, 0x7fU, 0x80U, 0xffU}) {
      for (const unsigned last : {0x00U, 0x01U}) {
        Bytes modulus = draws.bytes(size);
        if (size != 0) {
          modulus[0] = static_cast<std::uint8_t>(first);
          modulus.back() = static_cast<std::uint8_t>((modulus.back() & 0xfe) | last);
        }
        for (const Bytes& exponent :
             {""_hex, "00"_hex, "01"_hex, "03"_hex, "ffff"_hex, "010000"_hex, "010001"_hex, "00010001"_hex,
              "ffffffffffffffff"_hex, "010000000000000001"_hex}) {
          accepted += both("rsa_spki", {modulus, exponent}).ok() ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(accepted, 20u);
}

void check_verify(const Bytes& spki, const Bytes& message, const Bytes& signature, bool expected) {
  EXPECT_EQ(both("verify", {spki, message, signature}).ok(), expected);
}

TEST(BackEnds, OneSignsTheOtherVerifies) {
  Draws draws;
  for (int i = 0; i < 20; ++i) {
    const Bytes message = draws.bytes(draws.below(200));
    const Bytes seed = draws.bytes(32);
    const Bytes ed25519 = both("ed25519_spki", {seed}).bytes;
    check_verify(ed25519, message, both("ed25519_sign", {seed, message}).bytes, true);
    const Bytes pair = both("p256_from_scalar", {seed}).bytes;
    ASSERT_EQ(pair.size(), 97u);
    const Bytes p256 = both("p256_spki", {Bytes(pair.begin(), pair.begin() + 65)}).bytes;
    for (const Side side : kSides) {
      Bytes signature = call(side, "p256_sign", {seed, message}).bytes;
      check_verify(p256, message, signature, true);
      signature[draws.below(64)] ^= 0x10;
      check_verify(p256, message, signature, false);
    }
  }
}

// Numbers that are not reduced, zero, or of another size.
TEST(BackEnds, HostileSignatures) {
  Draws draws;
  const auto file = read_vectors("envelopes.json").extract<Json::Ptr>();
  std::vector<Bytes> edges = scalar_edges();
  for (const Bytes& edge : scalar_edges())
    edges.emplace_back(edge.rbegin(), edge.rend());
  append_neighbours(edges, "512563fcc2cab9f3849e17a7adfae6bcffffffffffffffff00000000ffffffff"_hex, -2, 2);
  each(file->get("signatures"), [&](const Json& vector) {
    const Bytes spki = hex(vector, "spki");
    const Bytes message = hex(vector, "message");
    const Bytes signature = hex(vector, "signature");
    check_verify(spki, message, signature, true);
    const auto tail = static_cast<std::ptrdiff_t>(signature.size() - 32);
    for (const Bytes& edge : edges) {
      for (const bool front : {true, false}) {
        Bytes changed = signature;
        std::ranges::copy(edge, front ? changed.begin() : changed.begin() + tail);
        check_verify(spki, message, changed, changed == signature);
        both("verify_der", {spki, message, changed});
      }
    }
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, signature.size() - 1, signature.size() + 1})
      check_verify(spki, message, Bytes(size, 1), false);
    check_verify(spki, message, Bytes(signature.size()), false);
    check_verify(spki, message, Bytes(signature.size(), 0xff), false);
    if (vector.getValue<std::string>("kind") == "rsa") {
      Bytes more = signature;  // s + n: the same number modulo n
      const Bytes modulus = hex(vector, "modulus");
      unsigned carry = 0;
      for (std::size_t i = more.size(); i-- > 0;) {
        carry += more[i] + modulus[modulus.size() - more.size() + i];
        more[i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
      }
      check_verify(spki, message, more, false);
    }
  });
}

TEST(BackEnds, P256Points) {
  Draws draws;
  const Bytes scalar = draws.bytes(32);
  const Bytes pair = both("p256_from_scalar", {scalar}).bytes;
  const Bytes point(pair.begin(), pair.begin() + 65);
  for (std::size_t i = 0; i < 65; ++i) {
    for (const unsigned change : {0x01U, 0x80U, 0xffU}) {
      Bytes changed = point;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ change);
      both("p256_point", {changed});
      both("p256_dh", {scalar, changed});
    }
    both("p256_point", {Bytes(point.begin(), point.begin() + static_cast<std::ptrdiff_t>(i))});
  }
  const Bytes prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"_hex;
  // x = 0 and x = 5 are on the curve; so they would be with p added.
  for (const Bytes& x : {Bytes(32), Bytes(32, 0xff), prime}) {
    for (const Bytes& y :
         {Bytes(32), prime, "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"_hex}) {
      Bytes candidate{4};
      candidate.insert(candidate.end(), x.begin(), x.end());
      candidate.insert(candidate.end(), y.begin(), y.end());
      EXPECT_EQ(both("p256_point", {candidate}).ok(), x == Bytes(32) && y[0] == 0x66) << to_hex(candidate);
    }
  }
  const Bytes order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"_hex;
  for (int offset = -2; offset <= 2; ++offset) {
    Bytes number = order;
    number.back() = static_cast<std::uint8_t>(number.back() + offset);
    EXPECT_EQ(both("p256_from_scalar", {number}).ok(), offset < 0);
    EXPECT_EQ(both("p256_dh", {number, point}).ok(), offset < 0);
  }
  for (const std::size_t size : {0, 31, 32, 33})
    both("p256_from_scalar", {Bytes(size)});
  for (int i = 0; i < 20; ++i) {
    both("p256_derive", {draws.bytes(static_cast<std::size_t>(30 + i))});
    both("p256_dh", {draws.bytes(32), point});
  }
}

TEST(BackEnds, OneSealsTheOtherOpens) {
  Draws draws;
  const auto file = read_vectors("envelopes.json").extract<Json::Ptr>();
  Bytes pkcs8;
  each(file->get("rsa"), [&](const Json& vector) { pkcs8 = hex(vector, "pkcs8"); });
  Bytes rsa;
  each(file->get("signatures"), [&](const Json& vector) {
    if (vector.getValue<std::string>("kind") == "rsa") rsa = hex(vector, "spki");
  });
  const Bytes scalar = draws.bytes(32);
  const Bytes pair = both("p256_from_scalar", {scalar}).bytes;
  const Bytes point(pair.begin(), pair.begin() + 65);
  for (const Side side : kSides) {
    for (const std::size_t size : {0, 1, 15, 16, 17, 1000, 100'000}) {
      const Bytes plain = draws.bytes(size);
      const Bytes context = draws.bytes(draws.below(100));
      Bytes sealed = call(side, "seal", {scalar, context, plain}).bytes;
      EXPECT_EQ(both("open", {scalar, context, sealed}).bytes, plain);
      sealed = call(side, "hpke_seal", {point, context, plain}).bytes;
      EXPECT_EQ(both("hpke_open", {scalar, context, sealed}).bytes, plain);
      sealed[draws.below(sealed.size())] ^= 4;
      EXPECT_FALSE(both("hpke_open", {scalar, context, sealed}).ok());
    }
  }
}

TEST(BackEnds, OaepBothWays) {
  Draws draws;
  const auto file = read_vectors("wycheproof-rsa_oaep_2048_sha256_mgf1sha256_test.json").extract<Json::Ptr>();
  const auto group = file->getArray("testGroups")->getObject(0);
  const Bytes pkcs8 = hex(*group, "privateKeyPkcs8");
  // PrivateKeyInfo of 2,048 bits: the modulus stands behind 38 bytes of frame, version and lengths.
  const Bytes modulus(pkcs8.begin() + 38, pkcs8.begin() + 38 + 256);
  const Bytes spki = both("rsa_spki", {modulus, "010001"_hex}).bytes;
  ASSERT_FALSE(spki.empty());
  for (const std::string_view hash : {"sha1", "sha256"}) {
    const std::size_t most = hash == "sha1" ? 214 : 190;
    for (const std::size_t size : {std::size_t{1}, std::size_t{32}, most}) {
      const Bytes plain = draws.bytes(size);
      for (const Side side : kSides) {
        Bytes sealed = call(side, "rsa_oaep_encrypt", {spki, text(hash), plain}).bytes;
        EXPECT_EQ(both("rsa_oaep_decrypt", {pkcs8, text(hash), {}, sealed}).bytes, plain);
        EXPECT_FALSE(both("rsa_oaep_decrypt", {pkcs8, text(hash), text("label"), sealed}).ok());
        sealed[draws.below(sealed.size())] ^= 1;
        EXPECT_FALSE(both("rsa_oaep_decrypt", {pkcs8, text(hash), {}, sealed}).ok());
      }
    }
    for (const std::size_t size : {std::size_t{0}, most + 1, std::size_t{300}})
      EXPECT_FALSE(both("rsa_oaep_encrypt", {spki, text(hash), Bytes(size)}).ok());
    for (const Bytes& sealed : {Bytes(256), Bytes(256, 0xff), modulus, Bytes(255), Bytes(257), Bytes()})
      EXPECT_FALSE(both("rsa_oaep_decrypt", {pkcs8, text(hash), {}, sealed}).ok());
  }
  both("rsa_oaep_decrypt", {Bytes(8193), text("sha1"), {}, Bytes(256)});
  both("rsa_oaep_decrypt", {pkcs8, text("sha1"), Bytes(1025), Bytes(256)});
  both("rsa_oaep_decrypt", {spki, text("sha1"), {}, Bytes(256)});
}

TEST(BackEnds, HashesAndKeys) {
  Draws draws;
  for (std::size_t size = 0; size < 300; size += 1 + draws.below(5)) {
    const Bytes key = draws.bytes(size);
    const Bytes message = draws.bytes(draws.below(300));
    for (const std::string_view name : {"sha256", "sha512"})
      both(name, {message});
    for (const std::string_view name : {"hmac_sha256", "hmac_sha512"})
      both(name, {key, message});
    for (const std::string_view name : {"hkdf_sha256_expand", "hkdf_sha512_expand"})
      both(name, {key, message, text(std::to_string(draws.below(17'000)))});
  }
  for (const std::string_view name : {"hkdf_sha256_expand", "hkdf_sha512_expand"}) {
    for (const std::size_t info : {0, 1024, 1025}) {
      for (const std::string_view size : {"0", "1", "8160", "8161", "16320", "16321"})
        both(name, {Bytes(32, 1), Bytes(info), text(size)});
    }
  }
}

TEST(BackEnds, AesGcm) {
  Draws draws;
  for (std::size_t key_size = 0; key_size <= 33; ++key_size) {
    for (const std::size_t nonce_size : {0, 11, 12, 13, 16}) {
      const Bytes key = draws.bytes(key_size);
      const Bytes nonce = draws.bytes(nonce_size);
      const Bytes data = draws.bytes(draws.below(40));
      const Bytes plain = draws.bytes(draws.below(100));
      const Outcome sealed = both("aes_gcm_seal", {key, nonce, data, plain});
      if (!sealed.ok()) continue;
      EXPECT_EQ(both("aes_gcm_open", {key, nonce, data, sealed.bytes}).bytes, plain);
      Bytes changed = sealed.bytes;
      changed[draws.below(changed.size())] ^= 2;
      EXPECT_FALSE(both("aes_gcm_open", {key, nonce, data, changed}).ok());
      EXPECT_FALSE(both("aes_gcm_open", {key, nonce, data, draws.bytes(draws.below(16))}).ok());
    }
  }
  const Bytes too_long((16U << 20) + 1);
  EXPECT_FALSE(both("aes_gcm_seal", {Bytes(32), Bytes(12), {}, too_long}).ok());
  EXPECT_FALSE(both("aes_gcm_open", {Bytes(32), Bytes(12), too_long, Bytes(20)}).ok());
}

TEST(BackEnds, Argon2id) {
  Draws draws;
  const Bytes salt = draws.bytes(16);
  for (const std::size_t size : {0, 15, 16, 33, 64, 65})
    both("argon2id", {draws.bytes(size), salt, text("67108864"), text("3"), text(std::to_string(size))});
  // Not a multiple of a KiB, nor of the four KiB that Argon2 counts in.
  both("argon2id", {text("p"), salt, text("67110000"), text("3"), text("32")});
  both("argon2id", {text("p"), salt, text("67114000"), text("4"), text("32")});
  both("argon2id", {Bytes(65536), salt, text("67108864"), text("3"), text("32")});
  both("argon2id", {text("p"), salt, text("67108863"), text("3"), text("32")});
  both("argon2id", {text("p"), salt, text("67108864"), text("17"), text("32")});
}

Bytes utf8(char32_t point) {
  if (point < 0x80) return {static_cast<std::uint8_t>(point)};
  const auto rest = [&](int shift) { return static_cast<std::uint8_t>(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x800) return {static_cast<std::uint8_t>(0xc0 | (point >> 6)), rest(0)};
  if (point < 0x10000) return {static_cast<std::uint8_t>(0xe0 | (point >> 12)), rest(6), rest(0)};
  return {static_cast<std::uint8_t>(0xf0 | (point >> 18)), rest(12), rest(6), rest(0)};
}

// A block of code points between digits, which combine with nothing: where all are accepted. Otherwise one by
// one, so that it is seen which are. utf8proc 2.8 and unicode-data of Debian 12 are both of Unicode 15.0;
// with packages of different versions this test tells which code points are assigned in one only.
TEST(BackEnds, EachCodePoint) {
  std::vector<char32_t> accepted;
  for (char32_t first = 0; first < 0x110000; first += 64) {
    Bytes block;
    for (char32_t point = first; point < first + 64; ++point) {
      const Bytes one = utf8(point);
      block.push_back('1');
      block.insert(block.end(), one.begin(), one.end());
    }
    const bool all = both("fold_text", {block}).ok();
    for (char32_t point = first; point < first + 64; ++point) {
      if (all || both("fold_text", {utf8(point)}).ok()) accepted.push_back(point);
    }
  }
  EXPECT_GT(accepted.size(), 280'000u);
  // In front of a letter with two marks, and behind one.
  for (std::size_t i = 0; i < accepted.size(); i += 31) {
    Bytes around = text("A\u0323\u0301");
    const Bytes one = utf8(accepted[i]);
    around.insert(around.begin(), one.begin(), one.end());
    around.insert(around.end(), one.begin(), one.end());
    both("fold_text", {around});
  }
}

// Strings of what composes, folds, reorders and decomposes, much of it hostile.
TEST(BackEnds, DrawnTexts) {
  Draws draws;
  const std::pair<char32_t, char32_t> ranges[] = {
      {0x00, 0x7f},      {0xa0, 0x24f},      {0x300, 0x36f},     {0x370, 0x3ff},     {0x400, 0x52f},
      {0x590, 0x6ff},    {0x900, 0x9ff},     {0xe00, 0xfff},     {0x1100, 0x11ff},   {0x13a0, 0x13ff},
      {0x1ab0, 0x1aff},  {0x1dc0, 0x1fff},   {0x2000, 0x206f},   {0x20d0, 0x20ff},   {0x2100, 0x218f},
      {0x3040, 0x30ff},  {0xab70, 0xabbf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfb00, 0xfdff},
      {0xff00, 0xffef},  {0x110a0, 0x110ff}, {0x1d100, 0x1d1ff}, {0x1d400, 0x1d7ff}, {0x1e900, 0x1e95f},
      {0x2f800, 0x2fa1f}};
  std::size_t accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes string;
    for (std::size_t left = 1 + draws.below(12); left > 0; --left) {
      const auto& [first, last] = ranges[draws.below(std::size(ranges))];
      const Bytes one = utf8(first + static_cast<char32_t>(draws.below(last - first + 1)));
      string.insert(string.end(), one.begin(), one.end());
    }
    if (draws.below(20) == 0) string[draws.below(string.size())] ^= 0x80;
    accepted += both("fold_text", {string}).ok() ? 1 : 0;
  }
  EXPECT_GT(accepted, 4'000u);
  EXPECT_LT(accepted, 19'000u);
  both("fold_text", {Bytes(65537, 'a')});
  Bytes marks;
  for (int i = 0; i < 500; ++i) {
    const Bytes one = utf8(0x300 + static_cast<char32_t>(draws.below(0x70)));
    marks.insert(marks.end(), one.begin(), one.end());
  }
  EXPECT_TRUE(both("fold_text", {marks}).ok());
}

}  // namespace
}  // namespace cardea::test
