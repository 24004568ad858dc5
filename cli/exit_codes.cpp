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
using text::tr;

constexpr const char* kRunDoctor = tr("Run “cardea doctor”, and look into the log of cardea-recoveryd");
constexpr const char* kRestore = tr("Restore it from a backup; the log of cardea-recoveryd says more");
constexpr const char* kTryAgain = tr("Try again");
constexpr const char* kReport = tr("Please report this");

constexpr Row kRows[] = {
    {Error::invalid_argument, refused, tr("The card service did not accept the request"),
     tr("See “cardea --help”")},
    {Error::out_of_memory, refused, tr("There was no memory left"), kTryAgain},
    {Error::io_failed, refused, tr("Reading or writing failed"), kRunDoctor},
    {Error::not_found, refused, tr("There is no such thing"), tr("Check the name")},
    {Error::permission_denied, refused, tr("That is not permitted to you"),
     tr("Ask the administrator, or use sudo")},
    {Error::unsafe_file, refused, tr("A file could be changed by others"), tr("Correct its owner and mode")},
    {Error::corrupted, refused, tr("A file or a card is damaged"), kRestore},
    {Error::unknown_format, refused, tr("A format is newer than this program"),
     tr("Install the current version")},
    {Error::limit_exceeded, refused, tr("A limit was reached"), kTryAgain},
    {Error::not_supported, refused, tr("That is not supported here"), ""},
    {Error::internal, refused, tr("Something went wrong inside"), kReport},
    {Error::timeout, refused, tr("That took too long"), kTryAgain},
    {Error::cancelled, refused, tr("Cancelled"), ""},
    {Error::clock_unusable, refused, tr("The clock of this computer can't be used"), tr("Set the clock")},
    {Error::disk_full, refused, tr("The disk is full"), tr("Make room, then try again")},
    {Error::config_invalid, refused, tr("The configuration is not valid"), kRunDoctor},
    {Error::already_exists, refused, tr("That exists already"), ""},

    {Error::crypto_failed, refused, tr("A cryptographic operation failed"), kReport},
    {Error::decrypt_failed, identity, tr("That does not open it"), tr("Check what you typed")},
    {Error::signature_invalid, identity, tr("A signature is not valid"), kTryAgain},
    {Error::key_invalid, refused, tr("A key is not valid"), kRunDoctor},
    {Error::identity_not_accepted, identity, tr("Account, password or answer is wrong"), kTryAgain},
    {Error::kdf_too_weak, refused, tr("The server asked for weaker protection than this program accepts"),
     tr("Tell the administrator of the server")},

    {Error::frame_too_large, refused, tr("The card service sent something that is too long"), kReport},
    {Error::frame_malformed, refused, tr("The card service sent something unreadable"),
     tr("Check that all parts have the same version")},
    {Error::message_not_permitted, refused, tr("The card service sent something unexpected"),
     tr("Check that all parts have the same version")},
    {Error::peer_closed, unreachable, tr("The card service ended the connection"), kRunDoctor},
    {Error::service_unreachable, unreachable, tr("The card service is not running"),
     tr("Start it: “systemctl start cardea-recoveryd”")},
    {Error::peer_not_trusted, unreachable, tr("What answers at the socket is not the card service"),
     tr("Check owner and mode of the socket's directory")},

    {Error::access_key_mistyped, identity, tr("The access key is mistyped"), tr("Type it again")},
    {Error::access_key_wrong, identity, tr("This access key does not open this computer"),
     tr("Get a new access key")},
    {Error::access_key_exhausted, identity, tr("There are no more access keys of this generation"),
     tr("Run “cardea access-key rotate”")},

    {Error::card_absent, card, tr("There is no card in the reader"), tr("Insert your card")},
    {Error::card_foreign, card, tr("This is not the enrolled card"), tr("Insert the enrolled card")},
    {Error::card_blank, card, tr("The card is blank"), tr("Run “cardea card enrol”")},
    {Error::card_removed, card, tr("The card was pulled out"), tr("Insert it again and repeat")},
    {Error::card_busy, card, tr("Another program is using the card"), tr("Close it, then try again")},
    {Error::card_full, card, tr("The card is full"), tr("Remove a record from it")},
    {Error::card_unsupported, card, tr("This kind of card is not supported"), ""},
    {Error::card_fault, card, tr("The card does not work as it should"),
     tr("Insert it again, or try another reader")},
    {Error::reader_service_down, card, tr("The reader service is not running"),
     tr("Start it: “systemctl start pcscd”")},
    {Error::worker_down, unreachable, tr("The card worker is not running"), kRunDoctor},
    {Error::pin_wrong, identity, tr("Wrong PIN"), kTryAgain},
    {Error::pin_locked, locked, tr("This card is locked"),
     tr("Run “cardea card unblock”, or use an access key")},
    {Error::pin_length, identity, tr("A PIN of this length can't be right"), kTryAgain},
    {Error::pin_last_try, locked, tr("Only one try is left"),
     tr("Type the PIN yourself where you can confirm it")},
    {Error::pin_not_initialized, card, tr("The card has no PIN yet"), tr("Run “cardea card change-pin”")},

    {Error::record_version_conflict, refused, tr("The record was changed elsewhere"),
     tr("Run “cardea records sync”")},
    {Error::record_too_large, refused, tr("The record is too large"), ""},
    {Error::holder_missing, refused, tr("Nothing here opens your records"), tr("Use your recovery sheet")},

    {Error::not_enrolled, refused, tr("This user is not enrolled on this computer"),
     tr("Run “cardea register”")},
    {Error::gate_off, refused, tr("Secure mode is off"), tr("Run “cardea gate on”")},
    {Error::card_revoked, card, tr("This card was revoked"), tr("Run “cardea card replace”")},
    {Error::revocation_stale, refused, tr("This computer has not heard from the server for too long"),
     tr("Connect it to the network")},
    {Error::throttled, locked, tr("Too many wrong tries"), tr("Wait, then try again")},
    {Error::user_changed, refused, tr("The user changed meanwhile"), kTryAgain},
    {Error::remote_card_refused, refused, tr("A remote login can't use the card in this computer"),
     tr("Use an access key")},
    {Error::rehearsal_missing, refused, tr("Not everything was rehearsed on this computer"),
     tr("Run “cardea gate rehearse”")},

    {Error::server_unreachable, unreachable, tr("The server can't be reached"),
     tr("Check the network, then try again")},
    {Error::server_untrusted, refused, tr("The server is not the one it should be"),
     tr("Check the address and the certificate")},
    {Error::server_refused, refused, tr("The server refused"), ""},
    {Error::server_conflict, refused, tr("The server knows something newer"), kTryAgain},
    {Error::server_misbehaved, refused, tr("The server sent something unreadable"),
     tr("Tell the administrator of the server")},
    {Error::clock_skewed, refused, tr("The clock of this computer is wrong"), tr("Set the clock")},
    {Error::session_expired, refused, tr("The session has ended"), kTryAgain},

    {Error::account_exists, refused, tr("There is such an account already"), tr("Choose another name")},
    {Error::account_closed, locked, tr("The account is closed"),
     tr("After too many wrong tries a card of the account opens it again, or the code of the sheet: “cardea "
        "sheet reopen”")},
    {Error::precondition_failed, refused, tr("That was changed meanwhile"), kTryAgain},
    {Error::precondition_required, refused, tr("The server wants to know which version is meant"), kReport},
    {Error::rate_limited, locked, tr("The server asks to wait"), tr("Wait, then try again")},
    {Error::state_forbidden, refused, tr("That is not possible in this state"), ""},
    {Error::replayed, refused, tr("The server has seen this request before"), kTryAgain},
};

constexpr Row kUnknown{Error::internal, refused,
                       tr("The card service reports an error that this program does not know"),
                       tr("Install the current version")};

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

// In whatever quotes a language has: none of them is ASCII.
bool names_a_command(std::string_view said) {
  const std::size_t at = said.find("cardea ");
  return at != std::string_view::npos && at > 0 && static_cast<unsigned char>(said[at - 1]) >= 0x80;
}

}  // namespace

ExitCode exit_code(Error error) noexcept { return row_of(error).code; }

std::string error_text(Error error, std::string_view said, text::Language language) {
  const Row& row = row_of(error);
  std::string out;
  // “127.0.0.1:8443: Connection refused” is a reason, and does not say what it is the reason of.
  const bool is_reason = error == Error::server_unreachable && !said.empty() && said.back() != '.';
  std::string happened(said.empty() || is_reason ? text::translate(language, row.what) : said);
  if (is_reason) happened.append(" (").append(said).append(")");
  append_sentence(out, happened);
  if (!names_a_command(said)) append_sentence(out, text::translate(language, row.advice));
  return out;
}

}  // namespace cardea::cli
