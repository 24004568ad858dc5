// SPDX-License-Identifier: Apache-2.0
// Where a server says that a user has gone (docs/spec/relocation.md, "Receipt and forward"), checked. Called
// by recoveryd/service/home_follow and by upstream/recover, who then ask there.
#pragma once

#include "core/api/forward.h"
#include "upstream/server_client.h"

namespace cardea::upstream {

// So many regions after one another; more is a circle.
inline constexpr int kMaxForwards = 4;

// What ServerClient::forward() has. `known`: the checkpoint key that this client knows of the server;
// without one (empty) the key that comes with the forward must do, for whoever trusts the server by TLS
// alone. Without `user`, of whoever the statement names: a client that only proved to know a password.
// signature_invalid when the key does not follow from the known one or has not signed this;
// server_misbehaved for another user, or what is not of this form.
Result<api::Forward> open_forward(const api::Json& shown, ByteView known,
                                  const std::optional<api::UserId>& user);

}  // namespace cardea::upstream
