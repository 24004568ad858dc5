// SPDX-License-Identifier: Apache-2.0
// A person who does at a server whatever has a secret in it, the secrets of the two, and whether a text holds
// one of them. For the tests that search what a server keeps and says.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "core/base/unique_handle.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/test_user.h"

namespace cardea::test {

using Canaries = std::map<std::string, Bytes>;  // by what they are

// In each form in which bytes are written. The beginning is enough: a part of a secret is one.
inline bool holds(std::string_view text, ByteView bytes) {
  // Fifteen bytes are twenty digits of Base64, whatever follows.
  const ByteView part = bytes.first(std::min<std::size_t>(bytes.size(), 15));
  for (const std::string& form :
       {std::string(as_text(part)), to_hex(part), to_base64url(part), to_base64(part)}) {
    if (text.find(form) != std::string_view::npos) return true;
  }
  return false;
}

inline std::string file_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// What a person has and knows. The server is `client`'s.
class CanaryUser {
 public:
  explicit CanaryUser(ApiClient& client)
      : user_(client, "anna", "canary-password-4711", "canary-answer-0815") {}

  void use_everything() {
    ASSERT_EQ(user_.register_now().status, 201);
    user_.log_in();
    ASSERT_EQ(user_.open_card_session(user_.card).status, 201);
    generation_ = user_.make_generation(user_.computer);
    ASSERT_EQ(user_.issue(user_.computer, {{"Idempotency-Key", "one"}}).status, 200);
    ASSERT_EQ(user_.open_access_key_session(user_.computer, generation_).status, 201);
  }
  // What a client sends that has mistaken everything: nothing of it may be repeated.
  void send_secrets_in_the_clear() {
    ApiClient& client = user_.client;
    const api::Json body = api::Json::Object{{"account", user_.account}, {"password", user_.password}};
    EXPECT_EQ(client.post("/v1/opaque/a/start", body).status, 400);
    EXPECT_EQ(client.call("GET", "/v1/" + user_.password + "?answer=" + user_.answer, {}).status, 404);
    EXPECT_EQ(client
                  .call("GET", "/v1/records", {}, nullptr,
                        {{"Authorization", user_.password}, {"Signature", user_.password}})
                  .status,
              401);
  }
  [[nodiscard]] Canaries secrets() const {
    const auto seed = [](const crypto::Ed25519KeyPair& key) { return to_bytes(key.seed().expose()); };
    return {{"password", to_bytes(as_bytes(user_.password))},
            {"answer", to_bytes(as_bytes(user_.answer))},
            {"export key", from_hex(user_.export_key_hex).value()},
            {"password session", to_bytes(user_.session.hmac_key->expose())},
            {"card session", seed(*user_.card_identity.key)},
            {"access key session", seed(*user_.access_key_identity.key)},
            {"access key login", seed(*generation_.login_key)},
            {"device", seed(*user_.computer.device)}};
  }
  [[nodiscard]] const TestUser& user() const { return user_; }

 private:
  TestUser user_;
  TestGeneration generation_;
};

inline Canaries secrets_of(const ServerProcess& server) {
  Canaries all;
  for (const char* name : {"oprf", "ake", "checkpoint"})
    all[name] = to_bytes(as_bytes(file_text(server.dir.file(name))));
  const std::string pem = file_text(server.dir.file("key.pem"));
  const UniqueHandle<BIO, BIO_free_all> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const UniqueHandle<EVP_PKEY, EVP_PKEY_free> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  BIGNUM* scalar = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &scalar), 1);
  Bytes& tls = all["TLS key"];
  tls.resize(32);
  BN_bn2binpad(scalar, tls.data(), 32);
  BN_clear_free(scalar);
  return all;
}

}  // namespace cardea::test
