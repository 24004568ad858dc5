// SPDX-License-Identifier: Apache-2.0
// What a refusal of the server (application/problem+json, RFC 9457) means here. A server can say only what is
// in the table of problem.cpp: it can't make this program believe that, say, a PIN was wrong.
#pragma once

#include "upstream/transport.h"

namespace cardea::upstream {

// The failure for an answer whose status is not 2xx. `detail` is for the log: for Error::clock_skewed the
// server's time, for Error::rate_limited a sentence with the time to wait.
Failure failure_of(const HttpResponse& response);

}  // namespace cardea::upstream
