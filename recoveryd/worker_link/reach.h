// SPDX-License-Identifier: Apache-2.0
// Reaching a worker that systemd starts: each connection to the socket of cardea-card-worker.socket is a
// fresh worker of its own user (docs/decisions/0022-users-of-the-daemon.md). Used by supervisor.cpp.
#pragma once

#include <string>

#include "core/base/linux/unique_fd.h"
#include "core/base/result.h"

namespace cardea::worker {

// The daemon's end of a new worker's socket. Error::worker_down when nobody listens at the path,
// Error::peer_not_trusted when it is neither root (systemd) nor our own user who listens: it would get the
// requests, and PINs.
Result<UniqueFd> reach_worker(const std::string& path);

}  // namespace cardea::worker
