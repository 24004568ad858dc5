// SPDX-License-Identifier: Apache-2.0
// What WinHTTP's errors mean here: the one table from its codes to ours. Called by winhttp_exchange.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.h"

namespace cardea::upstream {

struct WinHttpMeaning {
  Error error = Error::server_unreachable;  // or server_untrusted, server_misbehaved
  std::string why;
  bool lost = false;  // the connection has ended; else it was never there, or too slow
};

// `code` from GetLastError after a call of WinHTTP. `secure_flags`: what
// WINHTTP_CALLBACK_STATUS_SECURE_FAILURE said (a set of WINHTTP_CALLBACK_STATUS_FLAG_*), 0 when it was not
// called. `answered`: a byte of the answer has come; without one a connection that has ended and an answer
// that can't be read have the same code.
WinHttpMeaning winhttp_meaning(std::uint32_t code, std::uint32_t secure_flags, bool answered);

}  // namespace cardea::upstream
