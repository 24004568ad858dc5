// SPDX-License-Identifier: Apache-2.0
// A JSON text with the checkpoint key's signature (docs/spec/backup.md, "Signed files"): what this server
// said at some time, kept where it can't change it. Used for backups and audit checkpoints.
#pragma once

#include "core/crypto/label.h"
#include "server/service/server_secrets.h"

namespace cardea::server::admin {

std::string sign_file(const ServerSecrets& secrets, crypto::Label label, const api::Json& content);
// The content. signature_invalid unless this server's checkpoint key signed it, or a key from which
// hand-overs lead to this one; corrupted when it is no such file.
Result<api::Json> open_signed_file(const ServerSecrets& secrets, crypto::Label label, std::string_view text);

}  // namespace cardea::server::admin
