// SPDX-License-Identifier: Apache-2.0
// A client to whom a server stays the same when it is restarted, or goes on in another place: the authority
// that the signatures name is fixed, as it is for a real server; the port is not.
#pragma once

#include "tests/support/server/server_process.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {

inline constexpr const char* kLastingAuthority = "[server]\npublic_url = https://127.0.0.1\n";

// `server` was made with kLastingAuthority, and outlives the client.
inline ApiClient client_over_restarts(const ServerProcess& server) {
  return ApiClient(
      [&server](const HttpCall& call) {
        const auto connection = TlsConnection::open(server.port(), server.ca_file());
        return connection && connection->send(http_text(call, "127.0.0.1")) ? connection->receive()
                                                                            : HttpReply{};
      },
      "127.0.0.1", [] { return SystemClock().now(); });
}

}  // namespace cardea::test
