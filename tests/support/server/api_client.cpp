// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/api_client.h"

namespace cardea::test {

HttpCall ApiClient::build(const std::string& method, const std::string& target,
                          const std::optional<api::Json>& body, const Identity* identity, Headers headers) {
  HttpCall call{method, target, std::move(headers), body ? body->text() : ""};
  if (body) call.headers.emplace_back("Content-Type", "application/json");
  return identity == nullptr ? call : sign(std::move(call), *identity);
}

HttpCall ApiClient::sign(HttpCall call, const Identity& identity) {
  const auto question = std::min(call.target.find('?'), call.target.size());
  const std::string path = call.target.substr(0, question);
  const std::string query = call.target.substr(question);
  const api::Signer signer =
      identity.hmac_key ? api::hmac_signer(*identity.hmac_key) : api::ed25519_signer(*identity.key);
  const auto signature = api::sign_request({call.method, authority_, path, query}, as_bytes(call.body),
                                           identity.keyid, identity.algorithm, now_(), random_, signer)
                             .value();
  call.headers.emplace_back("Content-Digest", signature.content_digest);
  call.headers.emplace_back("Signature-Input", signature.signature_input);
  call.headers.emplace_back("Signature", signature.signature);
  return call;
}

HttpReply ApiClient::call(const std::string& method, const std::string& target,
                          const std::optional<api::Json>& body, const Identity* identity, Headers headers) {
  return transport_(build(method, target, body, identity, std::move(headers)));
}

}  // namespace cardea::test
