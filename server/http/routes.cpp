// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes.h"

#include "server/http/handlers.h"

namespace cardea::server::http {
namespace {

// clang-format off
constexpr Route kRoutes[] = {
    {"POST", "/v1/registrations/start", kAnyone, true, "", start_registration},
    {"POST", "/v1/registrations/finish", kBodyDevice, true, "", finish_registration},
    {"POST", "/v1/opaque/a/start", kAnyone, true, "", start_opaque_a},
    {"POST", "/v1/opaque/a/finish", kAnyone, true, "", finish_opaque_a},
    {"POST", "/v1/opaque/b/start", kPassword | kAnswer, true, "", start_opaque_b},
    {"POST", "/v1/opaque/b/finish", kPassword | kAnswer, true, "", finish_opaque_b},
    {"POST", "/v1/sessions/challenge", kAnyone, true, "", make_challenge},
    {"POST", "/v1/sessions/card", kAnyone, true, "", open_card_session},
    {"POST", "/v1/sessions/access-key", kAnyone, true, "", open_access_key_session},
    {"DELETE", "/v1/sessions/current", kAnySession | kAccessKey, false, "", end_session},
    {"GET", "/v1/account", kAnySession | kDevice, false, "user_id", get_account},
    {"GET", "/v1/account/holders", kAnswer | kCard | kDevice, false, "user_id", get_holders},
    {"PUT", "/v1/account/holders/{kind}/{ref}", kAnswer | kCard | kDevice, true, "user_id", put_account_holder},
    {"GET", "/v1/cards", kAnySession | kDevice, false, "user_id", list_cards},
    {"POST", "/v1/cards/replace", kAnswer | kAccessKey, true, "", replace_card},
    {"POST", "/v1/cards/{card_id}/state", kAnySession, true, "", change_card_state},
    {"GET", "/v1/computers", kAnySession | kDevice, false, "user_id", list_computers},
    {"POST", "/v1/computers", kAnswer | kCard, true, "", add_computer},
    {"GET", "/v1/computers/{computer_id}", kAnySession | kDevice, false, "user_id", get_computer},
    {"POST", "/v1/computers/{computer_id}/checkin", kDevice, true, "", check_in},
    {"POST", "/v1/computers/{computer_id}/access-keys/begin", kDevice, true, "", begin_access_keys},
    {"POST", "/v1/computers/{computer_id}/access-keys/prepare", kDevice, true, "", prepare_access_keys},
    {"POST", "/v1/computers/{computer_id}/access-keys/commit", kDevice, true, "", commit_access_keys},
    {"POST", "/v1/guests/statement", kBodyDevice, true, "", state_guest},
    {"POST", "/v1/access-keys/issue", kAnswer, true, "", issue_access_key},
    {"GET", "/v1/records", kAnswer | kCard, false, "since|cursor", list_records},
    {"GET", "/v1/records/{record_id}", kAnswer | kCard, false, "", get_record},
    {"PUT", "/v1/records/{record_id}", kAnswer | kCard, true, "", put_record},
    {"DELETE", "/v1/records/{record_id}", kAnswer | kCard, false, "", delete_record},
    {"POST", "/v1/records/{record_id}/rewrap", kAnswer | kCard, true, "", rewrap_record},
    {"GET", "/v1/audit", kAnySession | kDevice, false, "user_id|after", get_audit},
    {"GET", "/v1/account/region", kAnySession | kDevice, false, "user_id", get_region},
    {"PUT", "/v1/account/region", kAnswer | kCard, true, "", put_region},
    {"POST", "/v1/account/region/move", kAnswer | kCard, true, "", answer_relocation},
    {"PUT", "/v1/regions/moves/{move}/parts/{number}", kRegion, true, "", put_bundle_part},
    {"POST", "/v1/regions/moves/{move}/import", kRegion, true, "", import_user},
    {"POST", "/v1/regions/moves/{move}/activate", kRegion, true, "", activate_user},
    {"GET", "/livez", kAnyone, false, "", get_live},
    {"GET", "/readyz", kAnyone, false, "", get_ready},
    {"GET", "/healthz", kAnyone, false, "", get_health},
};
// clang-format on

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace cardea::server::http
