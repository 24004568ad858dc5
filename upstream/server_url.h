// SPDX-License-Identifier: Apache-2.0
// A server's base URL: "https://host" or "https://host:port", nothing more, because paths are signed.
// Read from configuration, enrolment records and cards.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace cardea::upstream {

struct ServerUrl {
  std::string host;  // lower case; an IPv6 address without brackets
  std::uint16_t port = 443;
  bool is_address = false;  // an IP address instead of a name
  std::string authority;    // as in the Host header

  // Error::config_invalid, with the reason.
  static Result<ServerUrl> parse(std::string_view text);
};

}  // namespace cardea::upstream
