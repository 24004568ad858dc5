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
    {"POST", "/v1/sessions/officer-card", kAnyone, true, "", open_officer_card_session},
    {"POST", "/v1/sessions/officer-key", kAnyone, true, "", open_officer_key_session},
    {"DELETE", "/v1/sessions/current", kAnySession | kAccessKey | kAnyOfficer | kAnyAdministrator, false, "", end_session},
    {"GET", "/v1/account", kAnySession | kDevice, false, "user_id", get_account},
    {"GET", "/v1/account/holders", kAnswer | kCard | kDevice, false, "user_id", get_holders},
    {"PUT", "/v1/account/holders/{kind}/{ref}", kAnswer | kCard | kDevice, true, "user_id", put_account_holder},
    {"GET", "/v1/account/usage", kAnswer | kCard, false, "", get_usage},
    {"GET", "/v1/cards", kAnySession | kDevice, false, "user_id", list_cards},
    {"POST", "/v1/cards/replace", kAnswer | kAccessKey, true, "", replace_card},
    {"POST", "/v1/cards/{card_id}/state", kAnySession, true, "", change_card_state},
    {"GET", "/v1/computers", kAnySession | kDevice, false, "user_id|limit|cursor", list_computers},
    {"POST", "/v1/computers", kAnswer | kCard, true, "", add_computer},
    {"GET", "/v1/computers/{computer_id}", kAnySession | kDevice, false, "user_id", get_computer},
    {"POST", "/v1/computers/{computer_id}/checkin", kDevice, true, "", check_in},
    {"POST", "/v1/computers/{computer_id}/access-keys/begin", kDevice, true, "", begin_access_keys},
    {"POST", "/v1/computers/{computer_id}/access-keys/prepare", kDevice, true, "", prepare_access_keys},
    {"POST", "/v1/computers/{computer_id}/access-keys/commit", kDevice, true, "", commit_access_keys},
    {"POST", "/v1/computers/{computer_id}/access-keys/rotate", kAnswer | kCard, true, "", ask_for_access_keys},
    {"POST", "/v1/computers/{computer_id}/retire", kAnswer | kCard, true, "", retire_computer},
    {"POST", "/v1/sheet/suspend", kAnyone, true, "", suspend_by_sheet},
    {"POST", "/v1/accounts/reopen", kAnyone, true, "", reopen_account},
    {"POST", "/v1/guests/statement", kBodyDevice, true, "", state_guest},
    {"POST", "/v1/access-keys/issue", kAnswer, true, "", issue_access_key},
    {"GET", "/v1/records", kAnswer | kCard, false, "since|limit|cursor|trash", list_records},
    {"GET", "/v1/records/{record_id}", kAnswer | kCard, false, "trash", get_record},
    {"PUT", "/v1/records/{record_id}", kAnswer | kCard, true, "", put_record},
    {"DELETE", "/v1/records/{record_id}", kAnswer | kCard, false, "", delete_record},
    {"POST", "/v1/records/{record_id}/rewrap", kAnswer | kCard, true, "", rewrap_record},
    {"POST", "/v1/records/{record_id}/restore", kAnswer | kCard, true, "", restore_record},
    {"POST", "/v1/pairings", kAnyone, true, "", open_pairing},
    {"GET", "/v1/pairings/{pairing_id}", kAnyone, false, "", get_pairing},
    {"PUT", "/v1/pairings/{pairing_id}", kCard, true, "", answer_pairing},
    {"POST", "/v1/drafts", kAnyone, true, "", keep_draft},
    {"POST", "/v1/drafts/question", kAnyone, true, "", ask_draft_question},
    {"POST", "/v1/drafts/answer", kAnyone, true, "", answer_draft_question},
    {"POST", "/v1/drafts/finish", kBodyDevice, true, "", finish_draft},
    {"GET", "/v1/audit", kAnySession | kDevice, false, "user_id|after|limit|cursor", get_audit},
    {"GET", "/v1/servers", kAnyone, false, "", get_servers},
    {"GET", "/v1/officers/me", kAnyOfficer | kAnyAdministrator, false, "", get_officer},
    {"POST", "/v1/officers/key-codes", kOfficerCard | kAdministratorCard, true, "", make_officer_key_code},
    {"POST", "/v1/officers/keys", kAnyone, true, "", add_officer_key},
    {"POST", "/v1/officers/find", kAnyOfficer, true, "", find_person},
    {"GET", "/v1/officers/requests", kAnyOfficer, false, "", list_officer_requests},
    {"POST", "/v1/officers/requests", kAnyOfficer, true, "", ask_as_officer},
    {"POST", "/v1/officers/requests/{request_id}/approve", kAnyOfficer, true, "", approve_officer_request},
    {"POST", "/v1/officers/requests/{request_id}/decline", kAnyOfficer, true, "", decline_officer_request},
    {"POST", "/v1/officers/requests/{request_id}/issue", kOfficerCard, true, "", issue_as_officer},
    {"POST", "/v1/officers/requests/{request_id}/carry-out", kAnyOfficer, true, "", carry_out_officer_request},
    {"GET", "/v1/account/region", kAnySession | kDevice, false, "user_id", get_region},
    {"PUT", "/v1/account/region", kAnswer | kCard, true, "", put_region},
    {"POST", "/v1/account/region/move", kAnswer | kCard, true, "", answer_relocation},
    {"PUT", "/v1/regions/moves/{move}/parts/{number}", kRegion, true, "", put_bundle_part},
    {"POST", "/v1/regions/moves/{move}/import", kRegion, true, "", import_user},
    {"POST", "/v1/regions/moves/{move}/activate", kRegion, true, "", activate_user},
    {"GET", "/v1/admin/fleet", kAnyAdministrator, false, "", get_fleet},
    {"GET", "/v1/admin/computers", kAnyAdministrator, false, "filter|search|limit|cursor", list_fleet},
    {"GET", "/v1/admin/policies", kAnyAdministrator, false, "", get_policies},
    {"PUT", "/v1/admin/policies/{policy}", kAnyAdministrator, true, "", put_policy},
    {"GET", "/v1/admin/server", kAnyAdministrator, false, "", get_server},
    {"GET", "/v1/admin/audit", kAnyAdministrator, false, "after|limit|cursor", get_admin_audit},
    {"POST", "/v1/admin/histories", kAnyAdministrator, true, "", open_history},
    {"GET", "/v1/admin/histories", kAnyAdministrator, false, "cursor", read_history},
    {"GET", "/livez", kAnyone, false, "", get_live},
    {"GET", "/readyz", kAnyone, false, "", get_ready},
    {"GET", "/healthz", kAnyone, false, "", get_health},
};
// clang-format on

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace cardea::server::http
