// SPDX-License-Identifier: Apache-2.0
#include "server/store/audit_chain.h"

namespace cardea::server {

Digest next_global_head(const Digest& previous, const Digest& user_head) {
  constexpr std::uint8_t kPrefix[] = {0x02};
  return crypto::sha256({kPrefix, previous, user_head});
}

Result<std::string> admin_event_text(const AdminEvent& event) {
  TRY_ASSIGN(const api::Json details, api::Json::parse(event.details));
  return api::Json(api::Json::Object{{"actor", event.actor},
                                     {"details", details.canonical()},
                                     {"kind", event.kind},
                                     {"sequence", event.sequence},
                                     {"time", event.time}})
      .text();
}

Digest next_admin_head(const Digest& previous, std::string_view event) {
  constexpr std::uint8_t kPrefix[] = {0x03};
  return crypto::sha256({kPrefix, previous, as_bytes(event)});
}

}  // namespace cardea::server
