// SPDX-License-Identifier: Apache-2.0
// IMF-fixdate (RFC 9110 section 5.6.7), for Date and Sunset. Called by connection and retirement.
#pragma once

#include <ctime>
#include <string>

#include "core/base/clock.h"

namespace cardea::server::http {

// "Sun, 06 Nov 1994 08:49:37 GMT"
inline std::string http_date(UnixSeconds now) {
  const std::time_t time = now;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[40];
  const auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text, size};
}

}  // namespace cardea::server::http
