// SPDX-License-Identifier: Apache-2.0
// A signed file with the heads of a store's chains (docs/spec/backup.md, "Audit checkpoint"): kept elsewhere,
// it shows later that nothing before it was changed or cut off.
#pragma once

#include "server/admin/signed_file.h"
#include "server/store/sql/verify_audit.h"

namespace cardea::server::admin {

struct AuditCheckpoint {
  sql::AuditHeads heads;
  UnixSeconds time = 0;
};

// The members of both signed files that tell heads, and back.
void add_heads(const sql::AuditHeads& heads, api::Json::Object& out);
Result<sql::AuditHeads> read_heads(const api::Json& content);

// Never replaces a file: already_exists.
Status write_audit_checkpoint(const ServerSecrets& secrets, const AuditCheckpoint& checkpoint,
                              const std::string& path);
// signature_invalid unless this server has signed it.
Result<AuditCheckpoint> read_audit_checkpoint(const ServerSecrets& secrets, const std::string& path);

}  // namespace cardea::server::admin
