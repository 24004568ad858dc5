// SPDX-License-Identifier: Apache-2.0
#include "upstream/server_client.h"

#include "core/base/text.h"
#include "upstream/problem.h"

namespace cardea::upstream {
namespace {

constexpr std::string_view kJsonType = "application/json";
constexpr std::size_t kMaxEtag = 64;
constexpr int kMisdirected = 421;

Result<Answer> read_answer(const HttpResponse& response) {
  if (response.status < 200 || response.status > 299) return failure_of(response);
  Answer answer;
  answer.status = response.status;
  const std::string_view etag = response.header("etag");
  if (etag.size() <= kMaxEtag && is_printable_text(etag)) answer.etag = etag;
  if (response.status == 204) return answer;
  if (!response.header("content-type").starts_with(kJsonType)) {
    return fail(Error::server_misbehaved, "an answer that is no JSON");
  }
  auto body = api::Json::parse(response.body);
  if (!body.ok())
    return fail(Error::server_misbehaved, "an answer that is no JSON: " + body.failure().detail);
  answer.body = std::move(body).value();
  return answer;
}

std::optional<api::Json> forward_in(const HttpResponse& response) {
  if (response.status != kMisdirected) return {};
  const auto body = api::Json::parse(response.body);
  const api::Json* member = body.ok() ? body->find("forward") : nullptr;
  return member == nullptr ? std::nullopt : std::optional<api::Json>(*member);
}

}  // namespace

RequestKey device_key(const api::ComputerId& computer, const crypto::Ed25519KeyPair& key) {
  return {"device:" + computer.text(), api::SignatureAlgorithm::ed25519, api::ed25519_signer(key)};
}

RequestKey session_key(const api::SessionId& session, const crypto::Ed25519KeyPair& key) {
  return {"session:" + session.text(), api::SignatureAlgorithm::ed25519, api::ed25519_signer(key)};
}

RequestKey session_key(const api::SessionId& session, const SecretKey32& hmac_key) {
  return {"session:" + session.text(), api::SignatureAlgorithm::hmac_sha256, api::hmac_signer(hmac_key)};
}

Result<Answer> ServerClient::call(const Call& call) {
  HttpRequest request;
  request.method = call.method;
  request.path = call.path;
  request.query = call.query;
  request.headers = call.headers;
  request.may_repeat = call.repeat != Repeat::never;
  request.only_at = call.only_at;
  request.headers.emplace_back("Accept", kJsonType);
  if (call.body) {
    request.body = call.body->text();
    request.headers.emplace_back("Content-Type", kJsonType);
  }
  if (call.repeat == Repeat::once) {
    request.headers.emplace_back("Idempotency-Key", call.idempotency_key.empty()
                                                        ? new_idempotency_key(random_)
                                                        : call.idempotency_key);
  }
  if (call.key != nullptr) {
    request.sign = [&](std::string_view authority) -> Result<Headers> {
      const api::SignedTarget target{request.method, authority, request.path, request.query};
      TRY_ASSIGN(auto headers,
                 api::sign_request(target, as_bytes(request.body), call.key->keyid, call.key->algorithm,
                                   clock_.now(), random_, call.key->signer));
      return Headers{{"Content-Digest", std::move(headers.content_digest)},
                     {"Signature-Input", std::move(headers.signature_input)},
                     {"Signature", std::move(headers.signature)}};
    };
  }
  forward_.reset();
  TRY_ASSIGN(const HttpResponse response, transport_.send(request));
  forward_ = forward_in(response);
  auto answer = read_answer(response);
  if (answer.ok() ||
      (answer.error() != Error::server_misbehaved && answer.error() != Error::server_refused)) {
    return answer;
  }
  return fail(answer.error(), call.method + " " + call.path + ": " + answer.failure().detail);
}

std::string new_idempotency_key(Random& random) { return to_hex(random.array<16>()); }

Status complete_answer(api::JsonFields& fields, std::string_view what) {
  const Status status = fields.complete();
  if (status.ok()) return {};
  return fail(Error::server_misbehaved, std::string(what) + ": " + status.failure().detail);
}

std::string user_query(const std::optional<api::UserId>& user) {
  return user ? "?user_id=" + user->text() : std::string();
}

}  // namespace cardea::upstream
