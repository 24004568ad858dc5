// SPDX-License-Identifier: Apache-2.0
// What the worker gives up before it meets a card (docs/decisions/0005-worker-sandbox.md). Vendor code reads
// what strangers' cards say; if it is taken over, there should be little to take.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace cardea::worker {

// First thing of the process: no core dumps, not traceable, few descriptors, no new privileges.
Status restrict_process();
// Root becomes `user`, with that user's groups only, for good. Anybody else stays. Error::not_found when root
// has no such user: the worker must not go on as root then.
Status become_user(const std::string& user);
// Adds what the configuration gives modules, as "NAME=VALUE" (worker_environment). Error::invalid_argument.
Status take_environment(const std::vector<std::string>& environment);
// An environment of our own for vendor code: OPENSC_CONF is set, nothing points to a home or a cache.
Status clean_environment(const std::string& opensc_conf);
// Last thing before the first request: the system-call filter, for all threads.
Status filter_system_calls();

}  // namespace cardea::worker
