// SPDX-License-Identifier: Apache-2.0
// How long a server needs for /healthz, and nothing else of it: no request of anybody, nothing signed. Called
// by server_measurer for the servers of one store, by service/nearest_region for those of other regions.
#pragma once

#include "recoveryd/context.h"

namespace cardea::recoveryd {

// From the request to its answer, without connecting; the lowest of so many requests over one connection.
// server_unreachable, server_untrusted.
Result<MonotonicMillis> probe_server(const Context& context, const std::string& url, int requests = 1);

}  // namespace cardea::recoveryd
