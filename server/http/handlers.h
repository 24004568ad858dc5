// SPDX-License-Identifier: Apache-2.0
// The handlers, one per row of the route table, grouped in files by resource. Each reads its message, calls
// one service or store command, and writes the answer.
#pragma once

#include "server/http/context.h"

namespace cardea::server::http {

// Limits of what several of them take.
inline constexpr std::size_t kAuditPage = 200;     // events
inline constexpr std::size_t kMaxProfile = 16384;  // personal data
inline constexpr std::size_t kMaxSeal = 4096;      // question text, recovery key
inline constexpr std::size_t kMaxToken = 1024;
inline constexpr std::size_t kSpkiEd25519 = 44;  // a session's public key

// handlers_login.cpp
Result<Response> start_registration(Context& context);
Result<Response> finish_registration(Context& context);
Result<Response> start_opaque_a(Context& context);
Result<Response> finish_opaque_a(Context& context);
Result<Response> start_opaque_b(Context& context);
Result<Response> finish_opaque_b(Context& context);
Result<Response> make_challenge(Context& context);
Result<Response> open_card_session(Context& context);
Result<Response> open_access_key_session(Context& context);
Result<Response> end_session(Context& context);

// handlers_account.cpp
Result<Response> get_account(Context& context);
Result<Response> get_holders(Context& context);
Result<Response> put_account_holder(Context& context);
Result<Response> get_audit(Context& context);

// handlers_cards.cpp
Result<Response> list_cards(Context& context);
Result<Response> change_card_state(Context& context);
Result<Response> replace_card(Context& context);

// handlers_computers.cpp
Result<Response> list_computers(Context& context);
Result<Response> get_computer(Context& context);
Result<Response> add_computer(Context& context);
Result<Response> check_in(Context& context);
Result<Response> begin_access_keys(Context& context);
Result<Response> prepare_access_keys(Context& context);
Result<Response> commit_access_keys(Context& context);
Result<Response> state_guest(Context& context);
Result<Response> issue_access_key(Context& context);
Result<Response> ask_for_access_keys(Context& context);
Result<Response> retire_computer(Context& context);

// handlers_sheet.cpp
Result<Response> suspend_by_sheet(Context& context);
Result<Response> reopen_account(Context& context);

// handlers_records.cpp
Result<Response> list_records(Context& context);
Result<Response> get_record(Context& context);
Result<Response> put_record(Context& context);
Result<Response> rewrap_record(Context& context);
Result<Response> delete_record(Context& context);
Result<Response> restore_record(Context& context);
Result<Response> get_usage(Context& context);

// handlers_pairings.cpp
Result<Response> open_pairing(Context& context);
Result<Response> get_pairing(Context& context);
Result<Response> answer_pairing(Context& context);

// handlers_drafts.cpp
Result<Response> keep_draft(Context& context);
Result<Response> ask_draft_question(Context& context);
Result<Response> answer_draft_question(Context& context);
Result<Response> finish_draft(Context& context);

// handlers_servers.cpp
Result<Response> get_servers(Context& context);
// handlers_officers.cpp
Result<Response> open_officer_card_session(Context& context);
Result<Response> open_officer_key_session(Context& context);
Result<Response> get_officer(Context& context);
Result<Response> make_officer_key_code(Context& context);
Result<Response> add_officer_key(Context& context);
Result<Response> find_person(Context& context);
Result<Response> list_officer_requests(Context& context);
Result<Response> ask_as_officer(Context& context);
Result<Response> approve_officer_request(Context& context);
Result<Response> decline_officer_request(Context& context);
Result<Response> issue_as_officer(Context& context);
Result<Response> carry_out_officer_request(Context& context);

// handlers_regions.cpp
Result<Response> get_region(Context& context);
Result<Response> put_region(Context& context);
Result<Response> answer_relocation(Context& context);
Result<Response> put_bundle_part(Context& context);
Result<Response> import_user(Context& context);
Result<Response> activate_user(Context& context);

// handlers_admin.cpp
Result<Response> get_fleet(Context& context);
Result<Response> list_fleet(Context& context);
Result<Response> get_policies(Context& context);
Result<Response> put_policy(Context& context);
Result<Response> get_server(Context& context);

// handlers_admin_audit.cpp
Result<Response> get_admin_audit(Context& context);
Result<Response> open_history(Context& context);
Result<Response> read_history(Context& context);

// handlers_health.cpp
Result<Response> get_live(Context& context);
Result<Response> get_ready(Context& context);
Result<Response> get_health(Context& context);

}  // namespace cardea::server::http
