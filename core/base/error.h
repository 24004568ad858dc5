// SPDX-License-Identifier: Apache-2.0
// Every way something can fail, as one stable number. Programs turn an Error into their own codes in one
// table per edge: PAM results (pam_module/result_map), exit codes (cli/exit_codes), HTTP problems
// (server/http/problem). The numbers travel between processes and into logs: they are never reused.
#pragma once

#include <cstdint>

namespace cardea {

enum class Error : std::uint16_t {
  // 1xx core/base
  invalid_argument = 101,
  out_of_memory = 102,
  io_failed = 103,
  not_found = 104,
  permission_denied = 105,
  unsafe_file = 106,     // owner or mode would let somebody else read or change it
  corrupted = 107,       // checksum, magic or structure wrong: never to be read as "nothing there"
  unknown_format = 108,  // a version or suite this program does not know
  limit_exceeded = 109,
  not_supported = 110,
  internal = 111,
  timeout = 112,
  cancelled = 113,
  clock_unusable = 114,
  disk_full = 115,
  config_invalid = 116,
  already_exists = 117,
  // 2xx core/crypto
  crypto_failed = 201,
  decrypt_failed = 202,  // wrong key, wrong context or changed bytes: not told apart
  signature_invalid = 203,
  key_invalid = 204,
  identity_not_accepted = 205,  // OPAQUE: password, answer or account wrong; not told apart
  kdf_too_weak = 206,           // the server asked for less key stretching than this program accepts
  // 3xx core/wire and core/client
  frame_too_large = 301,
  frame_malformed = 302,
  message_not_permitted = 303,
  peer_closed = 304,
  service_unreachable = 305,
  peer_not_trusted = 306,
  // 4xx core/access_key
  access_key_mistyped = 401,  // a check symbol is wrong; costs no try
  access_key_wrong = 402,     // well formed and does not open: also a spent, older or foreign key
  access_key_exhausted = 403,
  // 5xx core/card and the card worker
  card_absent = 501,
  card_foreign = 502,  // a card, but not the enrolled one
  card_blank = 503,
  card_removed = 504,  // pulled in the middle of an operation
  card_busy = 505,
  card_full = 506,
  card_unsupported = 507,
  card_fault = 508,
  reader_service_down = 509,
  worker_down = 510,
  pin_wrong = 511,
  pin_locked = 512,
  pin_length = 513,    // refused before the card was asked
  pin_last_try = 514,  // refused by us: it would spend the last try without the person's consent
  pin_not_initialized = 515,
  // 6xx core/records
  record_version_conflict = 601,
  record_too_large = 602,
  holder_missing = 603,
  // 7xx core/login
  not_enrolled = 701,
  gate_off = 702,
  card_revoked = 703,
  revocation_stale = 704,  // too long without contact with the server (policy max_offline)
  throttled = 705,
  user_changed = 706,
  remote_card_refused = 707,
  rehearsal_missing = 708,
  // 8xx upstream (HTTPS to the server)
  server_unreachable = 801,
  server_untrusted = 802,
  server_refused = 803,
  server_conflict = 804,
  server_misbehaved = 805,
  clock_skewed = 806,
  session_expired = 807,
  // 9xx server
  account_exists = 901,
  account_closed = 902,
  precondition_failed = 903,
  precondition_required = 904,
  rate_limited = 905,
  state_forbidden = 906,
  replayed = 907,
};

// A short constant name for logs and JSON output, for example "pin-wrong". Never null.
const char* error_name(Error error) noexcept;

}  // namespace cardea
