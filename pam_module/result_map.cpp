// SPDX-License-Identifier: Apache-2.0
#include "pam_module/result_map.h"

#include <security/_pam_types.h>

namespace cardea::pam {
namespace {

enum class Kind : std::uint8_t {
  bug,           // 0: what nobody thought of
  denied,        // the proof was not accepted
  out_of_tries,  // locked or throttled
  unavailable,   // nothing could be checked
  cancelled,     // the person or the conversation gave up
  unknown_user,
  expired,    // the right card, but no longer valid
  renew_pin,  // the right card, but its PIN must be set first
  no_memory,
};

struct ErrorRow {
  Error error;
  Kind kind;
};

// Every error that is not here is a bug: it has no business in a login.
constexpr ErrorRow kKinds[] = {
    {Error{}, Kind::denied},
    {Error::out_of_memory, Kind::no_memory},
    {Error::cancelled, Kind::cancelled},

    {Error::permission_denied, Kind::denied},
    {Error::decrypt_failed, Kind::denied},
    {Error::signature_invalid, Kind::denied},
    {Error::key_invalid, Kind::denied},
    {Error::identity_not_accepted, Kind::denied},
    {Error::access_key_mistyped, Kind::denied},
    {Error::access_key_wrong, Kind::denied},
    {Error::access_key_exhausted, Kind::denied},
    {Error::card_foreign, Kind::denied},
    {Error::card_blank, Kind::denied},
    {Error::card_unsupported, Kind::denied},
    {Error::pin_wrong, Kind::denied},
    {Error::pin_length, Kind::denied},
    {Error::user_changed, Kind::denied},
    {Error::remote_card_refused, Kind::denied},
    {Error::gate_off, Kind::denied},  // as an error; the decision of that name is another thing

    {Error::pin_locked, Kind::out_of_tries},
    {Error::pin_last_try, Kind::out_of_tries},
    {Error::throttled, Kind::out_of_tries},
    {Error::rate_limited, Kind::out_of_tries},

    {Error::not_enrolled, Kind::unknown_user},
    {Error::card_revoked, Kind::expired},
    {Error::revocation_stale, Kind::expired},
    {Error::pin_not_initialized, Kind::renew_pin},

    {Error::io_failed, Kind::unavailable},
    {Error::unsafe_file, Kind::unavailable},
    {Error::corrupted, Kind::unavailable},
    {Error::unknown_format, Kind::unavailable},
    {Error::limit_exceeded, Kind::unavailable},
    {Error::timeout, Kind::unavailable},
    {Error::clock_unusable, Kind::unavailable},
    {Error::disk_full, Kind::unavailable},
    {Error::config_invalid, Kind::unavailable},
    {Error::peer_closed, Kind::unavailable},
    {Error::service_unreachable, Kind::unavailable},
    {Error::peer_not_trusted, Kind::unavailable},
    {Error::card_absent, Kind::unavailable},
    {Error::card_removed, Kind::unavailable},
    {Error::card_busy, Kind::unavailable},
    {Error::card_fault, Kind::unavailable},
    {Error::reader_service_down, Kind::unavailable},
    {Error::worker_down, Kind::unavailable},
    {Error::server_unreachable, Kind::unavailable},
};

struct KindRow {
  Kind kind;
  int authenticate, account, session, change_pin;
};

constexpr KindRow kResults[] = {
    {Kind::bug, PAM_SERVICE_ERR, PAM_SERVICE_ERR, PAM_SERVICE_ERR, PAM_SERVICE_ERR},
    {Kind::denied, PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_SESSION_ERR, PAM_AUTHTOK_ERR},
    {Kind::out_of_tries, PAM_MAXTRIES, PAM_PERM_DENIED, PAM_SESSION_ERR, PAM_MAXTRIES},
    {Kind::unavailable, PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL, PAM_SESSION_ERR, PAM_AUTHINFO_UNAVAIL},
    {Kind::cancelled, PAM_CONV_ERR, PAM_CONV_ERR, PAM_SESSION_ERR, PAM_CONV_ERR},
    {Kind::unknown_user, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN},
    {Kind::expired, PAM_AUTH_ERR, PAM_ACCT_EXPIRED, PAM_SESSION_ERR, PAM_AUTHTOK_ERR},
    {Kind::renew_pin, PAM_AUTH_ERR, PAM_NEW_AUTHTOK_REQD, PAM_SESSION_ERR, PAM_AUTHTOK_ERR},
    {Kind::no_memory, PAM_BUF_ERR, PAM_BUF_ERR, PAM_BUF_ERR, PAM_BUF_ERR},
};

Kind kind_of(Error error) noexcept {
  for (const ErrorRow& row : kKinds) {
    if (row.error == error) return row.kind;
  }
  return Kind::bug;
}

int result_of(Door door, Kind kind) noexcept {
  for (const KindRow& row : kResults) {
    if (row.kind != kind) continue;
    switch (door) {
      case Door::authenticate:
        return row.authenticate;
      case Door::account:
        return row.account;
      case Door::open_session:
      case Door::close_session:
        return row.session;
      case Door::change_pin:
        return row.change_pin;
    }
  }
  return PAM_SERVICE_ERR;
}

}  // namespace

int pam_result(Door door, const Judgement& judgement, bool ignore_unknown_user) noexcept {
  switch (judgement.decision) {
    case wire::Decision::granted:
      return PAM_SUCCESS;
    case wire::Decision::gate_off:
      return PAM_IGNORE;
    case wire::Decision::not_enrolled:
      return ignore_unknown_user ? PAM_IGNORE : PAM_USER_UNKNOWN;
    case wire::Decision::refused:
      return result_of(door, kind_of(judgement.error));
  }
  return PAM_SERVICE_ERR;
}

}  // namespace cardea::pam
