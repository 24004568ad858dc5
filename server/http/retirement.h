// SPDX-License-Identifier: Apache-2.0
// Routes that will go: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) from the two times in the route
// table. Called by the router for every answer of such a route, problems too.
#pragma once

#include "server/http/routes.h"

namespace cardea::server::http {

void announce_retirement(const Route& route, Response& response);

}  // namespace cardea::server::http
