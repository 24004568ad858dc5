// SPDX-License-Identifier: Apache-2.0
// How long a server needs for /healthz, and nothing else of it: no request of anybody, nothing signed. Called
// by recoveryd for the servers of one store and for those of other regions, by cli/server_dialog on a
// computer where nothing is known yet. From any thread.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace cardea::upstream {

struct ServerProbe {
  std::string ca_file;             // PEM; empty: the system's authorities
  MonotonicMillis millis = 4'000;  // whoever needs longer counts as failed
  int requests = 1;                // over one connection; the fastest counts
};

// From the request to its answer, without connecting. Error::config_invalid, server_unreachable,
// server_untrusted.
Result<MonotonicMillis> probe_server(const std::string& url, const ServerProbe& probe, const Clock& clock);

}  // namespace cardea::upstream
