// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_codes.h"

namespace cardea::cli {
namespace {

struct Row {
  Error error;
  ExitCode code;
  const char* what;
  const char* advice;  // empty where there is nothing to do but read
};

using enum ExitCode;

constexpr const char* kRunDoctor = "Look into the log of cardea-recoveryd";
constexpr const char* kRestore = "Restore it from a backup; the log of cardea-recoveryd says more";
constexpr const char* kTryAgain = "Try again";
constexpr const char* kReport = "Please report this";

constexpr Row kRows[] = {
    {Error::invalid_argument, refused, "The card service did not accept the request", "See “cardea --help”"},
    {Error::out_of_memory, refused, "There was no memory left", kTryAgain},
    {Error::io_failed, refused, "Reading or writing failed", kRunDoctor},
    {Error::not_found, refused, "There is no such thing", "Check the name"},
    {Error::permission_denied, refused, "That is not permitted to you", "Ask the administrator, or use sudo"},
    {Error::unsafe_file, refused, "A file could be changed by others", "Correct its owner and mode"},
    {Error::corrupted, refused, "A file or a card is damaged", kRestore},
    {Error::unknown_format, refused, "A format is newer than this program", "Install the current version"},
    {Error::limit_exceeded, refused, "A limit was reached", kTryAgain},
    {Error::not_supported, refused, "That is not supported here", ""},
    {Error::internal, refused, "Something went wrong inside", kReport},
    {Error::timeout, refused, "That took too long", kTryAgain},
    {Error::cancelled, refused, "Cancelled", ""},
    {Error::clock_unusable, refused, "The clock of this computer can't be used", "Set the clock"},
    {Error::disk_full, refused, "The disk is full", "Make room, then try again"},
    {Error::config_invalid, refused, "The configuration is not valid", kRunDoctor},
    {Error::already_exists, refused, "That exists already", ""},

    {Error::crypto_failed, refused, "A cryptographic operation failed", kReport},
    {Error::decrypt_failed, identity, "That does not open it", "Check what you typed"},
    {Error::signature_invalid, identity, "A signature is not valid", kTryAgain},
    {Error::key_invalid, refused, "A key is not valid", kRunDoctor},
    {Error::identity_not_accepted, identity, "Account, password or answer is wrong", kTryAgain},
    {Error::kdf_too_weak, refused, "The server asked for weaker protection than this program accepts",
     "Tell the administrator of the server"},

    {Error::frame_too_large, refused, "The card service sent something that is too long", kReport},
    {Error::frame_malformed, refused, "The card service sent something unreadable",
     "Check that all parts have the same version"},
    {Error::message_not_permitted, refused, "The card service sent something unexpected",
     "Check that all parts have the same version"},
    {Error::peer_closed, unreachable, "The card service ended the connection", kRunDoctor},
    {Error::service_unreachable, unreachable, "The card service is not running",
     "Start it: “systemctl start cardea-recoveryd”"},
    {Error::peer_not_trusted, unreachable, "What answers at the socket is not the card service",
     "Check owner and mode of the socket's directory"},

    {Error::access_key_mistyped, identity, "The access key is mistyped", "Type it again"},
    {Error::access_key_wrong, identity, "This access key does not open this computer",
     "Get a new access key"},
    {Error::access_key_exhausted, identity, "There are no more access keys of this generation",
     "Run “cardea access-key rotate”"},

    {Error::card_absent, card, "There is no card in the reader", "Insert your card"},
    {Error::card_foreign, card, "This is not the enrolled card", "Insert the enrolled card"},
    {Error::card_blank, card, "The card is blank", "Run “cardea card enrol”"},
    {Error::card_removed, card, "The card was pulled out", "Insert it again and repeat"},
    {Error::card_busy, card, "Another program is using the card", "Close it, then try again"},
    {Error::card_full, card, "The card is full", "Remove a record from it"},
    {Error::card_unsupported, card, "This kind of card is not supported", ""},
    {Error::card_fault, card, "The card does not work as it should",
     "Insert it again, or try another reader"},
    {Error::reader_service_down, card, "The reader service is not running",
     "Start it: “systemctl start pcscd”"},
    {Error::worker_down, unreachable, "The card worker is not running", kRunDoctor},
    {Error::pin_wrong, identity, "Wrong PIN", kTryAgain},
    {Error::pin_locked, locked, "This card is locked", "Run “cardea card unblock”, or use an access key"},
    {Error::pin_length, identity, "A PIN of this length can't be right", kTryAgain},
    {Error::pin_last_try, locked, "Only one try is left", "Type the PIN yourself where you can confirm it"},
    {Error::pin_not_initialized, card, "The card has no PIN yet", "Run “cardea card change-pin”"},

    {Error::record_version_conflict, refused, "The record was changed elsewhere",
     "Run “cardea records sync”"},
    {Error::record_too_large, refused, "The record is too large", ""},
    {Error::holder_missing, refused, "Nothing here opens your records", "Use your recovery sheet"},

    {Error::not_enrolled, refused, "This user is not enrolled on this computer", "Run “cardea register”"},
    {Error::gate_off, refused, "Secure mode is off", "Run “cardea gate on”"},
    {Error::card_revoked, card, "This card was revoked", "Run “cardea card replace”"},
    {Error::revocation_stale, refused, "This computer has not heard from the server for too long",
     "Connect it to the network"},
    {Error::throttled, locked, "Too many wrong tries", "Wait, then try again"},
    {Error::user_changed, refused, "The user changed meanwhile", kTryAgain},
    {Error::remote_card_refused, refused, "A remote login can't use the card in this computer",
     "Use an access key"},
    {Error::rehearsal_missing, refused, "Not everything was rehearsed on this computer",
     "Run “cardea gate rehearse”"},

    {Error::server_unreachable, unreachable, "The server can't be reached",
     "Check the network, then try again"},
    {Error::server_untrusted, refused, "The server is not the one it should be",
     "Check the address and the certificate"},
    {Error::server_refused, refused, "The server refused", ""},
    {Error::server_conflict, refused, "The server knows something newer", kTryAgain},
    {Error::server_misbehaved, refused, "The server sent something unreadable",
     "Tell the administrator of the server"},
    {Error::clock_skewed, refused, "The clock of this computer is wrong", "Set the clock"},
    {Error::session_expired, refused, "The session has ended", kTryAgain},

    {Error::account_exists, refused, "There is such an account already", "Choose another name"},
    {Error::account_closed, locked, "The account is closed",
     "Use card or recovery sheet, or ask the help desk"},
    {Error::precondition_failed, refused, "That was changed meanwhile", kTryAgain},
    {Error::precondition_required, refused, "The server wants to know which version is meant", kReport},
    {Error::rate_limited, locked, "The server asks to wait", "Wait, then try again"},
    {Error::state_forbidden, refused, "That is not possible in this state", ""},
    {Error::replayed, refused, "The server has seen this request before", kTryAgain},
};

constexpr Row kUnknown{Error::internal, refused,
                       "The card service reports an error that this program does not know",
                       "Install the current version"};

const Row& row_of(Error error) noexcept {
  for (const Row& row : kRows) {
    if (row.error == error) return row;
  }
  return kUnknown;
}

void append_sentence(std::string& text, std::string_view sentence) {
  if (sentence.empty()) return;
  if (!text.empty()) text += ' ';
  text += sentence;
  const char last = text.back();
  if (last != '.' && last != '!' && last != '?') text += '.';
}

}  // namespace

ExitCode exit_code(Error error) noexcept { return row_of(error).code; }

std::string error_text(Error error, std::string_view said) {
  const Row& row = row_of(error);
  std::string text;
  append_sentence(text, said.empty() ? std::string_view(row.what) : said);
  if (said.find("“cardea ") == std::string_view::npos) append_sentence(text, row.advice);
  return text;
}

}  // namespace cardea::cli
