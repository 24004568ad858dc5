// SPDX-License-Identifier: Apache-2.0
// A client of the server's API for tests: signs requests as computers and sessions do. Works over HTTPS and,
// for the unit tests, straight into the router.
#pragma once

#include <optional>

#include "core/api/http_signature.h"
#include "core/base/clock.h"
#include "core/crypto/signature.h"
#include "tests/support/server/http_call.h"

namespace cardea::test {

// Who signs: nobody, a device key, a session's Ed25519 key, or a session's HMAC key.
struct Identity {
  std::string keyid;
  api::SignatureAlgorithm algorithm = api::SignatureAlgorithm::ed25519;
  std::shared_ptr<crypto::Ed25519KeyPair> key;
  std::shared_ptr<SecretKey32> hmac_key;
};

class ApiClient {
 public:
  ApiClient(Transport transport, std::string authority, std::function<UnixSeconds()> now)
      : transport_(std::move(transport)), authority_(std::move(authority)), now_(std::move(now)) {}

  using Headers = std::vector<std::pair<std::string, std::string>>;
  HttpReply call(const std::string& method, const std::string& target, const std::optional<api::Json>& body,
                 const Identity* identity = nullptr, Headers headers = {});
  HttpReply get(const std::string& target, const Identity& identity) {
    return call("GET", target, {}, &identity);
  }
  HttpReply post(const std::string& target, const api::Json& body) { return call("POST", target, body); }
  HttpReply post(const std::string& target, const api::Json& body, const Identity& identity,
                 Headers headers = {}) {
    return call("POST", target, body, &identity, std::move(headers));
  }
  // The signed request itself, to be changed or sent twice.
  HttpCall build(const std::string& method, const std::string& target, const std::optional<api::Json>& body,
                 const Identity* identity, Headers headers = {});
  // As build() does, for a body that need not be JSON.
  HttpCall sign(HttpCall call, const Identity& identity);
  HttpReply send(const HttpCall& call) { return transport_(call); }
  [[nodiscard]] const std::string& authority() const { return authority_; }
  [[nodiscard]] UnixSeconds now() const { return now_(); }

 private:
  Transport transport_;
  std::string authority_;
  std::function<UnixSeconds()> now_;
  SystemRandom random_;
};

}  // namespace cardea::test
