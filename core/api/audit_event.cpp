// SPDX-License-Identifier: Apache-2.0
#include "core/api/audit_event.h"

#include "core/crypto/hash.h"

namespace cardea::api {

std::string audit_event_text(const UserId& user, std::uint64_t sequence, std::int64_t time,
                             std::string_view kind, const Json& details) {
  return Json(Json::Object{{"details", details.canonical()},
                           {"kind", kind},
                           {"sequence", sequence},
                           {"time", time},
                           {"user", user.text()}})
      .text();
}

AuditHash next_audit_head(const AuditHash& previous, std::string_view event) {
  constexpr std::uint8_t kPrefix[] = {0x01};
  return crypto::sha256({kPrefix, previous, as_bytes(event)});
}

std::string key_fingerprint(ByteView spki) {
  constexpr std::size_t kShown = 16;
  constexpr std::size_t kGroup = 4;
  const std::string digits = to_hex(ByteView(crypto::sha256({spki})).first(kShown));
  std::string out;
  for (std::size_t at = 0; at < digits.size(); at += kGroup)
    out.append(at == 0 ? "" : " ").append(digits, at, kGroup);
  return out;
}

}  // namespace cardea::api
