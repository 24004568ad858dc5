// SPDX-License-Identifier: Apache-2.0
// What one back end makes the other one takes, and what one refuses the other refuses with the same Error.
#include "tests/unit/core/crypto/back_ends.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/unit/core/crypto/vector_file.h"

namespace cardea::test {
namespace {

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

Bytes joined(List parts) {
  Bytes out;
  for (const Bytes& part : parts)
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

// An element whose length takes `more` bytes than it must.
Bytes element(std::uint8_t tag, const Bytes& content, std::size_t more) {
  const std::size_t size = content.size();
  Bytes length{static_cast<std::uint8_t>(size)};
  if (size > 0xff) length.insert(length.begin(), static_cast<std::uint8_t>(size >> 8));
  const bool is_short = size < 0x80;
  if (!is_short || more > 0) {
    length.insert(length.begin(), is_short ? more - 1 : more, 0);
    length.insert(length.begin(), static_cast<std::uint8_t>(0x80 | length.size()));
  }
  return joined({{tag}, length, content});
}

// An RSA key of which one element, by its number, has a longer length than it must.
Bytes spelled_rsa(const Bytes& modulus, const Bytes& exponent, std::size_t odd, std::size_t more,
                  const Bytes& null = {}, const Bytes& behind = {}, std::uint8_t unused = 0) {
  const auto part = [&](std::size_t number, std::uint8_t tag, const Bytes& content) {
    return element(tag, content, number == odd ? more : 0);
  };
  const Bytes numbers = joined({part(0, 2, modulus), part(1, 2, exponent), behind});
  const Bytes bits = part(3, 3, joined({{unused}, part(2, 0x30, numbers)}));
  const Bytes algorithm = joined({part(4, 6, "2a864886f70d010101"_hex), part(5, 5, null)});
  return part(7, 0x30, joined({part(6, 0x30, algorithm), bits}));
}

TEST(BackEnds, RsaSpellings) {
  Draws draws;
  Bytes modulus = draws.bytes(257);
  modulus[0] = 0;
  modulus[1] |= 0x80;
  modulus.back() |= 1;
  const Bytes plain(modulus.begin() + 1, modulus.end());
  const Bytes exponent = "010001"_hex;
  const Bytes good = spelled_rsa(modulus, exponent, 0, 0);
  ASSERT_EQ(good, both("rsa_spki", {modulus, exponent}).bytes);
  const auto refused = [](const Bytes& spki) {
    EXPECT_FALSE(both("public_key", {spki}).ok()) << to_hex(spki);
  };
  for (std::size_t number = 0; number < 8; ++number) {
    for (const std::size_t more : {1, 2, 3, 4, 8})
      refused(spelled_rsa(modulus, exponent, number, more));
  }
  for (const Bytes& other : {joined({{0}, modulus}), plain, joined({{0xff}, plain}), Bytes(), Bytes(1)})
    refused(spelled_rsa(other, exponent, 0, 0));
  for (const Bytes& other : {"00010001"_hex, "ff0001"_hex, "810001"_hex, Bytes(), Bytes(1)})
    refused(spelled_rsa(modulus, other, 0, 0));
  refused(spelled_rsa(modulus, exponent, 0, 0, Bytes(1)));
  refused(spelled_rsa(modulus, exponent, 0, 0, {}, "020101"_hex));
  refused(spelled_rsa(modulus, exponent, 0, 0, {}, "0500"_hex));
  for (const std::uint8_t unused : {1, 7, 8, 0xff})
    refused(spelled_rsa(modulus, exponent, 0, 0, {}, {}, unused));
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
    if (vector.getValue<std::string>("kind") == "ed25519") {
      Bytes more = signature;  // s + L
      unsigned carry = 0;
      for (std::size_t i = 0; i < 32; ++i) {
        carry += more[32 + i] + kOrder[i];
        more[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
      }
      check_verify(spki, message, more, false);
    }
  });
}

// A signature and the same number with n added, which with most keys and signatures would be too long. Made
// by OpenSSL with a key of its own.
TEST(BackEnds, RsaSignatureIsBelowTheModulus) {
  const Bytes modulus =
      "e0205d74b94db3df70258a357e50f460bfb1fbf8375bf9e2c96271af0d555e739bd18152edeaf12446931cf4b7395896"
      "10af554fda6d0501e5cda7d13dc9adbadd2836d8bf6d6ff589c5764d5823fc94b2fb4f6c4a4ada4cdc6f50364e731d29"
      "afad16f579a48addfa08e98228b4e5a6eb8372a441d151c7020530dd6914a25c714a063de0079af76a4c1b10aa4096f6"
      "b540be5c1321355e11c2a0f2b6d0bba97e17910ef935b1c33c93012e2d080ff847cda259a7eb1df208379a950baf7903"
      "8fce66dd184abab9c96840d250a60f2ac5266437b956fc11a796bb7aca16839736e396233a1751785ca31f0ef2b0f2ae"
      "f61e3fa35b3149db7fc91cd9ba97e0ab"_hex;
  const Bytes signature =
      "1d5466e249e63f99c45e0bc6d300084b644f234a48272f4ea79d669661c540479ae64358786a9b6fd46b2097c4585d4f"
      "bd762ec501f600a217c0e6370969e50add9c97414059bd282e779eb9790ab03685a4fb1ea94adaa7181111e002eed6cd"
      "89e3cf3850c352f6a6f6c20943c1c830c288f50bc3c7ae205801e0ad003196bf3802b939625e6e5ad5ffd302b0c19e37"
      "9746b5db6de86f9f7276211d4442e01e530d3ceb80bfd553afae6c1964dc1da99f84deba1ceca958743052c92422f840"
      "66b13c2ca17124180b34305a05c648324f0b19460b56a642400fd0e435003bedad9174177c5f677e473af0f63edecad0"
      "6b5e7e4a236f9bf4a0b88474bb6899f9"_hex;
  Bytes more = signature;
  unsigned carry = 0;
  for (std::size_t i = more.size(); i-- > 0;) {
    carry += unsigned{more[i]} + modulus[i];
    more[i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  ASSERT_EQ(carry, 0u);
  const Bytes spki = both("rsa_spki", {modulus, "010001"_hex}).bytes;
  check_verify(spki, text("message 3"), signature, true);
  check_verify(spki, text("message 3"), more, false);
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

}  // namespace
}  // namespace cardea::test
