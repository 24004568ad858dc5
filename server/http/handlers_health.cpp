// SPDX-License-Identifier: Apache-2.0
// What monitors and clients that choose between servers ask: alive, ready, how loaded.
#include "server/http/handlers.h"

#ifndef CARDEA_VERSION
#define CARDEA_VERSION "0"
#endif

namespace cardea::server::http {

Result<Response> get_live(Context&) { return json(200, api::Json::Object{{"status", "alive"}}); }

Result<Response> get_ready(Context& context) {
  TRY(context.services.store.ready());
  return json(200, api::Json::Object{{"status", "ready"}});
}

Result<Response> get_health(Context& context) {
  return json(
      200, api::Json::Object{{"status", "ok"},
                             {"region", context.services.settings.region},
                             {"load", context.services.metrics.busy_threads.load(std::memory_order_relaxed)},
                             {"version", CARDEA_VERSION}});
}

}  // namespace cardea::server::http
