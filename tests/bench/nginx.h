// SPDX-License-Identifier: Apache-2.0
// Debian's nginx as the peer of our server: one file over TLS, with a private prefix, on loopback, with the
// certificate of our server.
#pragma once

#include <string>

#include "tests/bench/peer_process.h"

namespace cardea::bench {

class Nginx : public PeerProcess {
 public:
  // Serves `body` as `path` (begins with a slash).
  Nginx(const std::string& certificate, const std::string& key, const std::string& path,
        const std::string& body);
};

}  // namespace cardea::bench
