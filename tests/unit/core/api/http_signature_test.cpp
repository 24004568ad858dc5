// SPDX-License-Identifier: Apache-2.0
#include "core/api/http_signature.h"

#include <gtest/gtest.h>

namespace cardea::api {
namespace {

constexpr std::string_view kComponents = R"(("@method" "@authority" "@path" "@query" "content-digest"))";
// 16 bytes, 64 bytes and 32 bytes.
constexpr std::string_view kNonce = "AAECAwQFBgcICQoLDA0ODw";
const std::string kSignature64 = "sig1=:" + to_base64(Bytes(64, 1)) + ":";
const std::string kSignature32 = "sig1=:" + to_base64(Bytes(32, 1)) + ":";

std::string input(std::string_view parameters) {
  return "sig1=" + std::string(kComponents) + std::string(parameters);
}

std::string good_input() {
  return input(";created=1800000000;nonce=\"" + std::string(kNonce) +
               "\";keyid=\"device:ab\";alg=\"ed25519\"");
}

const SignedTarget kTarget{"POST", "server.test", "/v1/x", "?a=b"};

struct Fixture {
  SystemRandom random;
  crypto::Ed25519KeyPair key = crypto::Ed25519KeyPair::generate(random);
  crypto::PublicKey public_key = crypto::PublicKey::from_spki(key.spki()).value();
  SecretKey32 hmac = random.secret<32>();
  SignatureHeaders sign(SignatureAlgorithm algorithm) {
    const Signer signer = algorithm == SignatureAlgorithm::ed25519 ? ed25519_signer(key) : hmac_signer(hmac);
    return sign_request(kTarget, as_bytes("{}"), "session:00ff", algorithm, 1'800'000'000, random, signer)
        .value();
  }
};

// The base as RFC 9421 section 2.5 writes it, spelled out once by hand.
TEST(HttpSignature, TheBaseIsThatOfTheRfc) {
  EXPECT_EQ(signature_base({"GET", "example.com", "/path", ""}, "sha-256=:X:", "(\"@method\");created=1"),
            "\"@method\": GET\n"
            "\"@authority\": example.com\n"
            "\"@path\": /path\n"
            "\"@query\": ?\n"
            "\"content-digest\": sha-256=:X:\n"
            "\"@signature-params\": (\"@method\");created=1");
}

// RFC 9530 appendix B.1: {"hello": "world"} and a line feed.
TEST(HttpSignature, TheDigestIsThatOfTheRfc) {
  EXPECT_EQ(content_digest(as_bytes("{\"hello\": \"world\"}\n")),
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
  EXPECT_EQ(content_digest({}), "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
  EXPECT_TRUE(check_content_digest(content_digest({}), {}).ok());
  EXPECT_EQ(check_content_digest(content_digest({}), as_bytes("x")).error(), Error::signature_invalid);
}

TEST(HttpSignature, SignsAndVerifies) {
  Fixture f;
  const auto headers = f.sign(SignatureAlgorithm::ed25519);
  const auto parsed = parse_signature(headers.signature_input, headers.signature);
  ASSERT_TRUE(parsed.ok()) << parsed.failure().detail;
  EXPECT_EQ(parsed->keyid, "session:00ff");
  EXPECT_EQ(parsed->created, 1'800'000'000);
  EXPECT_EQ(parsed->nonce.size(), kNonceSize);
  EXPECT_TRUE(verify_ed25519(*parsed, kTarget, headers.content_digest, f.public_key).ok());
  const auto hmac_headers = f.sign(SignatureAlgorithm::hmac_sha256);
  const auto hmac_parsed = parse_signature(hmac_headers.signature_input, hmac_headers.signature);
  ASSERT_TRUE(hmac_parsed.ok());
  EXPECT_TRUE(verify_hmac(*hmac_parsed, kTarget, hmac_headers.content_digest, f.hmac).ok());
}

TEST(HttpSignature, EveryPartIsSigned) {
  Fixture f;
  const auto headers = f.sign(SignatureAlgorithm::hmac_sha256);
  auto parsed = parse_signature(headers.signature_input, headers.signature).value();
  const std::string& digest = headers.content_digest;
  const SignedTarget changed[] = {{"PUT", "server.test", "/v1/x", "?a=b"},
                                  {"POST", "other.test", "/v1/x", "?a=b"},
                                  {"POST", "server.test", "/v1/y", "?a=b"},
                                  {"POST", "server.test", "/v1/x", "?a=c"},
                                  {"POST", "server.test", "/v1/x", ""}};
  for (const auto& target : changed)
    EXPECT_FALSE(verify_hmac(parsed, target, digest, f.hmac).ok()) << target.path;
  EXPECT_FALSE(verify_hmac(parsed, kTarget, content_digest(as_bytes("[]")), f.hmac).ok());
  parsed.parameters[parsed.parameters.find("1800000000")] = '2';
  EXPECT_FALSE(verify_hmac(parsed, kTarget, digest, f.hmac).ok());
}

TEST(HttpSignature, AKeyOfAnotherKindIsRefused) {
  Fixture f;
  const auto headers = f.sign(SignatureAlgorithm::hmac_sha256);
  const auto parsed = parse_signature(headers.signature_input, headers.signature).value();
  EXPECT_FALSE(verify_ed25519(parsed, kTarget, headers.content_digest, f.public_key).ok());
  const auto ed = f.sign(SignatureAlgorithm::ed25519);
  EXPECT_FALSE(verify_hmac(parse_signature(ed.signature_input, ed.signature).value(), kTarget,
                           ed.content_digest, f.hmac)
                   .ok());
}

TEST(HttpSignature, ParametersMayComeInAnyOrder) {
  const auto parsed = parse_signature(
      input(";alg=\"hmac-sha256\";keyid=\"session:0\";nonce=\"" + std::string(kNonce) + "\";created=5"),
      kSignature32);
  ASSERT_TRUE(parsed.ok()) << parsed.failure().detail;
  EXPECT_EQ(parsed->algorithm, SignatureAlgorithm::hmac_sha256);
}

struct Refused {
  std::string signature_input;
  std::string signature;
};
class SignatureRefused : public testing::TestWithParam<Refused> {};

TEST_P(SignatureRefused, OutsideOfTheProfile) {
  EXPECT_EQ(parse_signature(GetParam().signature_input, GetParam().signature).error(),
            Error::invalid_argument);
}

const std::string kN = ";nonce=\"" + std::string(kNonce) + "\"";
INSTANTIATE_TEST_SUITE_P(
    Rows, SignatureRefused,
    testing::Values(
        Refused{"", ""}, Refused{good_input(), ""}, Refused{good_input(), kSignature32},
        Refused{good_input(), "sig2" + kSignature64.substr(4)},
        Refused{good_input(), kSignature64 + ", sig2=:AA==:"},
        Refused{good_input(), kSignature64.substr(0, kSignature64.size() - 1)},
        Refused{"sig2" + good_input().substr(4), kSignature64},
        Refused{good_input() + ", sig2=()", kSignature64}, Refused{good_input() + ";tag=\"x\"", kSignature64},
        Refused{good_input() + ";created=1", kSignature64}, Refused{good_input() + ";", kSignature64},
        Refused{" " + good_input(), kSignature64},
        Refused{R"(sig1=("@method" "@path");created=1)" + kN + R"(;keyid="a";alg="ed25519")", kSignature64},
        Refused{R"(sig1=("@method" "@authority" "@path" "@query" "content-digest" "date");created=1)" + kN +
                    R"(;keyid="a";alg="ed25519")",
                kSignature64},
        Refused{input(";created=-1" + kN + ";keyid=\"a\";alg=\"ed25519\""), kSignature64},
        Refused{input(";created=1.5" + kN + ";keyid=\"a\";alg=\"ed25519\""), kSignature64},
        Refused{input(";created=9999999999999" + kN + ";keyid=\"a\";alg=\"ed25519\""), kSignature64},
        Refused{input(";created=1;nonce=\"AAEC\";keyid=\"a\";alg=\"ed25519\""), kSignature64},
        Refused{input(";created=1;nonce=AAECAwQFBgcICQoLDA0ODw;keyid=\"a\";alg=\"ed25519\""), kSignature64},
        Refused{input(";created=1" + kN + ";keyid=\"\";alg=\"ed25519\""), kSignature64},
        Refused{input(";created=1" + kN + ";keyid=\"a b\";alg=\"ed25519\""), kSignature64},
        Refused{input(";created=1" + kN + ";keyid=\"a\\\"\";alg=\"ed25519\""), kSignature64},
        Refused{input(";created=1" + kN + ";keyid=\"" + std::string(161, 'a') + "\";alg=\"ed25519\""),
                kSignature64},
        Refused{input(";created=1" + kN + ";keyid=\"a\";alg=\"none\""), kSignature64},
        Refused{input(";created=1" + kN + ";keyid=\"a\";alg=\"rsa-v1_5-sha256\""), kSignature64},
        Refused{input(";created=1" + kN + ";keyid=\"a\""), kSignature64},
        Refused{input(";created=1;keyid=\"a\";alg=\"ed25519\""), kSignature64},
        Refused{good_input() + std::string(1024, ' '), kSignature64}));

}  // namespace
}  // namespace cardea::api
