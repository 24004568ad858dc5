// SPDX-License-Identifier: Apache-2.0
#include "server/admin/audit_checkpoint.h"

#include <algorithm>

#include "core/base/secure_file.h"

namespace cardea::server::admin {
namespace {

using api::Json;

constexpr crypto::Label kCheckpointLabel = "cardea/v1/audit-checkpoint";
constexpr std::size_t kMaxCheckpoint = 16 * 1024;

Json point_json(const AuditPoint& point) {
  return Json::Object{{"events", point.length}, {"head", to_hex(point.head)}};
}

Result<AuditPoint> read_point(const Json* json) {
  const Json* events = json == nullptr ? nullptr : json->find("events");
  const Json* head = json == nullptr ? nullptr : json->find("head");
  if (events == nullptr || events->integer() == nullptr || *events->integer() < 0 || head == nullptr ||
      head->string() == nullptr)
    return fail(Error::corrupted, "has no chain heads");
  AuditPoint point;
  point.length = static_cast<std::uint64_t>(*events->integer());
  const auto bytes = from_hex(*head->string());
  if (!bytes.ok() || bytes->size() != point.head.size()) return fail(Error::corrupted, "has no chain heads");
  std::ranges::copy(*bytes, point.head.begin());
  return point;
}

}  // namespace

void add_heads(const sql::AuditHeads& heads, Json::Object& out) {
  out.emplace_back("audit", point_json(heads.global));
  out.emplace_back("administration", point_json(heads.administration));
}

Result<sql::AuditHeads> read_heads(const Json& content) {
  sql::AuditHeads heads;
  TRY_ASSIGN(heads.global, read_point(content.find("audit")));
  TRY_ASSIGN(heads.administration, read_point(content.find("administration")));
  return heads;
}

Status write_audit_checkpoint(const ServerSecrets& secrets, const AuditCheckpoint& checkpoint,
                              const std::string& path) {
  Json::Object content{{"format", "cardea-audit-checkpoint"}, {"version", 1}, {"time", checkpoint.time}};
  add_heads(checkpoint.heads, content);
  return create_file_atomically(path, as_bytes(sign_file(secrets, kCheckpointLabel, content)), 0644);
}

Result<AuditCheckpoint> read_audit_checkpoint(const ServerSecrets& secrets, const std::string& path) {
  TRY_ASSIGN(const Bytes bytes, read_state_file(path, kMaxCheckpoint));
  const auto content = open_signed_file(secrets, kCheckpointLabel, as_text(bytes));
  if (!content.ok()) return fail(content.error(), path + " " + content.failure().detail);
  AuditCheckpoint checkpoint;
  TRY_ASSIGN(checkpoint.heads, read_heads(*content));
  const Json* time = content->find("time");
  if (time != nullptr && time->integer() != nullptr) checkpoint.time = *time->integer();
  return checkpoint;
}

}  // namespace cardea::server::admin
