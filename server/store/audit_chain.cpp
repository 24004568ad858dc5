// SPDX-License-Identifier: Apache-2.0
#include "server/store/audit_chain.h"

namespace cardea::server {

std::string audit_event_text(const UserId& user, std::uint64_t sequence, UnixSeconds time, std::string_view kind,
                             const api::Json& details) {
  return api::Json(api::Json::Object{{"details", details.canonical()},
                                     {"kind", kind},
                                     {"sequence", sequence},
                                     {"time", time},
                                     {"user", user.text()}})
      .text();
}

Digest next_user_head(const Digest& previous, std::string_view event) {
  constexpr std::uint8_t kPrefix[] = {0x01};
  return crypto::sha256({kPrefix, previous, as_bytes(event)});
}

Digest next_global_head(const Digest& previous, const Digest& user_head) {
  constexpr std::uint8_t kPrefix[] = {0x02};
  return crypto::sha256({kPrefix, previous, user_head});
}

}  // namespace cardea::server
