// SPDX-License-Identifier: Apache-2.0
// Debian's nginx as the peer of our server: one file over TLS, with a private prefix, on loopback, with the
// certificate of our server. Ends with the object.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"

namespace cardea::bench {

class Nginx {
 public:
  // Serves `body` as `path` (begins with a slash).
  Nginx(const std::string& certificate, const std::string& key, const std::string& path,
        const std::string& body);

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] pid_t pid() const noexcept { return process_->pid(); }

 private:
  test_support::TemporaryDirectory directory_;
  std::uint16_t port_;
  std::optional<test_support::ChildProcess> process_;
};

}  // namespace cardea::bench
