// SPDX-License-Identifier: Apache-2.0
#include "server/http/region_client.h"

namespace cardea::server::http {
namespace {

// All requests of a freeze together must end within its lease.
constexpr MonotonicMillis kRequestMillis = 15'000;
constexpr std::size_t kSpkiSize = 44;
constexpr std::size_t kSignatureSize = 64;

std::string path_of(const Digest& move, const std::string& rest) {
  return "/v1/regions/moves/" + to_hex(move) + rest;
}

}  // namespace

Result<std::unique_ptr<RegionClient>> RegionClient::create(const std::string& here, const OtherRegion& region,
                                                           const std::string& ca_file, const RegionKeys& keys,
                                                           const Clock& clock, Random& random) {
  upstream::HttpsSettings settings;
  settings.urls = {region.url};
  settings.ca_file = ca_file;
  settings.total_millis = kRequestMillis;
  TRY_ASSIGN(auto transport, upstream::HttpsTransport::create(settings, clock));
  upstream::RequestKey key{"region:" + here, api::SignatureAlgorithm::ed25519,
                           api::ed25519_signer(keys.sign())};
  return std::unique_ptr<RegionClient>(new RegionClient(std::move(transport), std::move(key), clock, random));
}

Result<upstream::Answer> RegionClient::call(const char* method, const std::string& path, api::Json body) {
  upstream::Call call;
  call.method = method;
  call.path = path;
  call.body = std::move(body);
  call.key = &key_;
  call.repeat = upstream::Repeat::harmless;
  return client_.call(call);
}

Status RegionClient::put_part(const Digest& move, std::uint32_t number, ByteView part) {
  TRY(call("PUT", path_of(move, "/parts/" + std::to_string(number)),
           api::Json::Object{{"part", api::Json::bytes(part)}}));
  return {};
}

Result<RegionPeer::Receipt> RegionClient::import(const Digest& move, const Digest& bundle,
                                                 std::uint32_t parts) {
  TRY_ASSIGN(const auto answer, call("POST", path_of(move, "/import"),
                                     api::Json::Object{{"bundle", to_hex(bundle)}, {"parts", parts}}));
  auto fields = upstream::answer_fields(answer.body);
  Receipt receipt;
  receipt.checkpoint_spki = fields.bytes("checkpoint_key", kSpkiSize);
  receipt.signature = fields.bytes("signature", kSignatureSize);
  TRY(upstream::complete_answer(fields, "the receipt of an import"));
  return receipt;
}

Status RegionClient::activate(const Digest& move, const UserId& user, const Digest& bundle,
                              ByteView statement) {
  TRY(call(
      "POST", path_of(move, "/activate"),
      api::Json::Object{
          {"user_id", user.text()}, {"bundle", to_hex(bundle)}, {"statement", api::Json::bytes(statement)}}));
  return {};
}

}  // namespace cardea::server::http
