// SPDX-License-Identifier: Apache-2.0
#include "server/http/retirement.h"

#include "server/http/http_date.h"

namespace cardea::server::http {

void announce_retirement(const Route& route, Response& response) {
  // RFC 9745 section 2.1: a structured-field date.
  if (route.deprecated != 0)
    response.headers.emplace_back("Deprecation", "@" + std::to_string(route.deprecated));
  if (route.sunset != 0) response.headers.emplace_back("Sunset", http_date(route.sunset));
}

}  // namespace cardea::server::http
