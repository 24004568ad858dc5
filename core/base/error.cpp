// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"

namespace cardea {

const char* error_name(Error error) noexcept {
  switch (error) {
    case Error::invalid_argument: return "invalid-argument";
    case Error::out_of_memory: return "out-of-memory";
    case Error::io_failed: return "io-failed";
    case Error::not_found: return "not-found";
    case Error::permission_denied: return "permission-denied";
    case Error::unsafe_file: return "unsafe-file";
    case Error::corrupted: return "corrupted";
    case Error::unknown_format: return "unknown-format";
    case Error::limit_exceeded: return "limit-exceeded";
    case Error::not_supported: return "not-supported";
    case Error::internal: return "internal";
    case Error::timeout: return "timeout";
    case Error::cancelled: return "cancelled";
    case Error::clock_unusable: return "clock-unusable";
    case Error::disk_full: return "disk-full";
    case Error::config_invalid: return "config-invalid";
    case Error::already_exists: return "already-exists";
    case Error::crypto_failed: return "crypto-failed";
    case Error::decrypt_failed: return "decrypt-failed";
    case Error::signature_invalid: return "signature-invalid";
    case Error::key_invalid: return "key-invalid";
    case Error::identity_not_accepted: return "identity-not-accepted";
    case Error::kdf_too_weak: return "kdf-too-weak";
    case Error::frame_too_large: return "frame-too-large";
    case Error::frame_malformed: return "frame-malformed";
    case Error::message_not_permitted: return "message-not-permitted";
    case Error::peer_closed: return "peer-closed";
    case Error::service_unreachable: return "service-unreachable";
    case Error::peer_not_trusted: return "peer-not-trusted";
    case Error::access_key_mistyped: return "access-key-mistyped";
    case Error::access_key_wrong: return "access-key-wrong";
    case Error::access_key_exhausted: return "access-key-exhausted";
    case Error::card_absent: return "card-absent";
    case Error::card_foreign: return "card-foreign";
    case Error::card_blank: return "card-blank";
    case Error::card_removed: return "card-removed";
    case Error::card_busy: return "card-busy";
    case Error::card_full: return "card-full";
    case Error::card_unsupported: return "card-unsupported";
    case Error::card_fault: return "card-fault";
    case Error::reader_service_down: return "reader-service-down";
    case Error::worker_down: return "worker-down";
    case Error::pin_wrong: return "pin-wrong";
    case Error::pin_locked: return "pin-locked";
    case Error::pin_length: return "pin-length";
    case Error::pin_last_try: return "pin-last-try";
    case Error::pin_not_initialized: return "pin-not-initialized";
    case Error::record_version_conflict: return "record-version-conflict";
    case Error::record_too_large: return "record-too-large";
    case Error::holder_missing: return "holder-missing";
    case Error::not_enrolled: return "not-enrolled";
    case Error::gate_off: return "gate-off";
    case Error::card_revoked: return "card-revoked";
    case Error::revocation_stale: return "revocation-stale";
    case Error::throttled: return "throttled";
    case Error::user_changed: return "user-changed";
    case Error::remote_card_refused: return "remote-card-refused";
    case Error::rehearsal_missing: return "rehearsal-missing";
    case Error::server_unreachable: return "server-unreachable";
    case Error::server_untrusted: return "server-untrusted";
    case Error::server_refused: return "server-refused";
    case Error::server_conflict: return "server-conflict";
    case Error::server_misbehaved: return "server-misbehaved";
    case Error::clock_skewed: return "clock-skewed";
    case Error::session_expired: return "session-expired";
    case Error::account_exists: return "account-exists";
    case Error::account_closed: return "account-closed";
    case Error::precondition_failed: return "precondition-failed";
    case Error::precondition_required: return "precondition-required";
    case Error::rate_limited: return "rate-limited";
    case Error::state_forbidden: return "state-forbidden";
    case Error::replayed: return "replayed";
  }
  return "unknown-error";
}

}  // namespace cardea
