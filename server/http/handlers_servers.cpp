// SPDX-License-Identifier: Apache-2.0
// Which servers there are, for clients that choose between them.
#include "server/http/handlers.h"

namespace cardea::server::http {

Result<Response> get_servers(Context& context) {
  const auto& list = context.services.servers.list();
  if (!list) return no_content();
  return json(200,
              api::Json::Object{{"list", api::Json::bytes(list->bytes)},
                                {"signature", api::Json::bytes(list->signature)},
                                {"key", api::Json::bytes(context.services.secrets.checkpoint_key().spki())}});
}

}  // namespace cardea::server::http
