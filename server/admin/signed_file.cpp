// SPDX-License-Identifier: Apache-2.0
#include "server/admin/signed_file.h"

#include "core/api/json_fields.h"
#include "core/base/byte_builder.h"

namespace cardea::server::admin {
namespace {

using api::Json;

Bytes signed_bytes(crypto::Label label, const Json& content) {
  ByteBuilder out;
  return out.lp(label.text()).lp32(as_bytes(content.canonical().text())).take();
}

}  // namespace

std::string sign_file(const ServerSecrets& secrets, crypto::Label label, const Json& content) {
  const auto signature = secrets.checkpoint_key().sign(signed_bytes(label, content));
  return Json(Json::Object{{"content", content.canonical()},
                           {"key", Json::bytes(secrets.checkpoint_key().spki())},
                           {"signature", Json::bytes(signature)}})
             .text() +
         "\n";
}

Result<Json> open_signed_file(const ServerSecrets& secrets, crypto::Label label, std::string_view text) {
  const auto json = Json::parse(text);
  if (!json.ok()) return fail(Error::corrupted, "is no signed file");
  api::JsonFields fields(*json);
  const Json content = fields.object("content");
  const Bytes key = fields.bytes("key", 44);
  const Bytes signature = fields.bytes("signature", 64);
  if (!fields.complete().ok()) return fail(Error::corrupted, "is no signed file");
  const auto public_key = crypto::PublicKey::from_spki(key);
  const bool good =
      public_key.ok() && public_key->verify(signed_bytes(label, content), signature).ok() &&
      api::follow_checkpoint_key(key, secrets.checkpoint_key().spki(), secrets.handovers()).ok();
  if (!good) return fail(Error::signature_invalid, "is not signed by this server");
  return content;
}

}  // namespace cardea::server::admin
