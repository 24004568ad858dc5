// SPDX-License-Identifier: Apache-2.0
// The signed list of servers, as a client takes it (docs/spec/server-list.md): asked for, checked against the
// key that is known, and never exchanged for an older one. Called by recoveryd/upstream/server_directory and
// cli/cmd_recover.
#pragma once

#include <optional>

#include "core/api/server_list.h"
#include "upstream/server_client.h"

namespace cardea::upstream {

// As it came, or as it was kept: nothing of it is believed before check_server_list().
struct ShownServerList {
  Bytes list;
  Bytes signature;
  Bytes key;  // SubjectPublicKeyInfo; to be compared with the one that is known
};

// Nothing when the server is the only one.
Result<std::optional<ShownServerList>> get_server_list(ServerClient& client);

// Error::signature_invalid unless it is signed with `key`, whatever key came with it; corrupted for another
// format; config_invalid for a server that this client could not talk to.
Result<api::ServerList> check_server_list(const ShownServerList& shown, ByteView key);

// Whether `shown` takes the place of `kept` (null: there is none). Error::replayed for an older one,
// server_misbehaved for another one of the same version.
Result<bool> is_newer(const api::ServerList& shown, const api::ServerList* kept);

}  // namespace cardea::upstream
