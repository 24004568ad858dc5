// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/api_client.h"

namespace cardea::test {

HttpCall ApiClient::build(const std::string& method, const std::string& target,
                          const std::optional<api::Json>& body, const Identity* identity, Headers headers) {
  HttpCall call{method, target, std::move(headers), body ? body->text() : ""};
  if (body) call.headers.emplace_back("Content-Type", "application/json");
  if (identity == nullptr) return call;
  const auto question = std::min(target.find('?'), target.size());
  const std::string path = target.substr(0, question);
  const std::string query = target.substr(question);
  const api::Signer signer =
      identity->hmac_key ? api::hmac_signer(*identity->hmac_key) : api::ed25519_signer(*identity->key);
  const auto signature = api::sign_request({method, authority_, path, query}, as_bytes(call.body),
                                           identity->keyid, identity->algorithm, now_(), random_, signer)
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
