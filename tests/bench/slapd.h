// SPDX-License-Identifier: Apache-2.0
// OpenLDAP's slapd as the peer of our server: a database (LMDB) in a private directory, read over TLS 1.3 on
// loopback with the certificate of our server by a user who has proved who he is. Debian's package is not
// installed for this, because it brings a service: fetch_peers unpacks it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/bench/load_client.h"
#include "tests/bench/peer_process.h"

namespace cardea::bench {

class Slapd : public PeerProcess {
 public:
  // The directory with sbin/slapd: of what fetch_peers has unpacked, or the machine's own. Empty: neither is
  // there.
  static std::optional<std::filesystem::path> find(const std::filesystem::path& peers);
  // One user's entry with `payload` bytes in one attribute, which only he can read, among some of others.
  Slapd(const std::filesystem::path& prefix, const std::string& certificate, const std::string& key,
        std::size_t payload);

  // The user is bound first; an answer is as long as the attribute.
  [[nodiscard]] static Dialect dialect();
  // The same each time: nothing in it is signed.
  [[nodiscard]] static std::string request();
};

}  // namespace cardea::bench
