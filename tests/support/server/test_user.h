// SPDX-License-Identifier: Apache-2.0
// A person with a card, a computer, a password and an answer, for tests of the server: does what a client
// does, with a card in software. What is sealed is random bytes here, because the server can't tell.
#pragma once

#include "core/api/proofs.h"
#include "core/crypto/opaque.h"
#include "core/crypto/p256.h"
#include "tests/support/server/api_client.h"

namespace cardea::test {

struct TestCard {
  crypto::P256KeyPair auth;
  crypto::P256KeyPair wrap;
  static TestCard make();
  [[nodiscard]] api::CardId id() const { return api::card_id_of(auth.spki()); }
  [[nodiscard]] api::Json json(const api::UserId& user, ByteView recovery_public) const;
};

struct TestComputer {
  std::shared_ptr<crypto::Ed25519KeyPair> device;
  static TestComputer make();
  [[nodiscard]] api::ComputerId id() const { return api::computer_id_of(device->spki()); }
  [[nodiscard]] Identity identity() const;
  [[nodiscard]] std::string path(std::string_view rest = {}) const;
};

// One generation of access keys as the computer knows it.
struct TestGeneration {
  std::uint32_t number = 0;
  Bytes check_k0;
  Bytes seal;
  std::shared_ptr<crypto::Ed25519KeyPair> login_key;
};

api::Json holder_json(std::string_view kind, std::string_view ref, std::uint32_t epoch);
std::string random_text(std::size_t bytes);  // base64url

class TestUser {
 public:
  TestUser(ApiClient& client, std::string account, std::string password, std::string answer);

  // Both requests. `change` may spoil the second one's body before it is signed.
  HttpReply register_now(const std::function<void(api::Json::Object&)>& change = {},
                         ApiClient::Headers headers = {});

  // OPAQUE; the session's identity when it went well.
  HttpReply login_password(const std::string& password);
  HttpReply login_answer(const std::string& answer);
  // Both, with the right secrets.
  void log_in();
  // Session of level card.
  HttpReply open_card_session(const TestCard& card);
  HttpReply open_access_key_session(const TestComputer& computer, const TestGeneration& generation);

  TestGeneration make_generation(const TestComputer& computer);  // begin, prepare and commit
  HttpReply prepare(const TestComputer& computer, const TestGeneration& generation);
  HttpReply commit(const TestComputer& computer, const TestGeneration& generation);
  TestGeneration begin(const TestComputer& computer);
  HttpReply check_in(const TestComputer& computer, const TestGeneration& generation, std::uint32_t used);
  HttpReply issue(const TestComputer& computer, ApiClient::Headers headers = {});
  HttpReply add_computer(const TestComputer& computer, const Identity& by);
  api::Json replace_body(const TestCard& new_card, const TestComputer& computer, std::uint32_t epoch,
                         std::string_view reason = "lost");

  ApiClient& client;
  std::string account, password, answer;
  api::UserId id;
  TestCard card;
  TestComputer computer;
  Bytes recovery_public;
  Identity session;  // from login_password
  Identity card_identity;
  Identity access_key_identity;
  std::string export_key_hex;  // of record B, must never be seen at the server

 private:
  api::Json finish_body(const HttpReply& started);
  HttpReply opaque(const std::string& which, const std::string& secret, const Identity* identity,
                   SecretArray<64>* session_key);
};

}  // namespace cardea::test
