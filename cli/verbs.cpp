// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.h"

#include "cli/cmd_completion.h"
#include "cli/cmd_gate.h"
#include "cli/cmd_operation.h"
#include "cli/cmd_records_put.h"
#include "cli/cmd_recover.h"
#include "cli/cmd_register.h"

namespace cardea::cli {
namespace {

constexpr OptionSpec kUser{"--user", "USER", "local user, if it is not you", OptionKind::text, false, "user"};
constexpr OptionSpec kKeyKind{"--key", "KIND", "kind of card keys", OptionKind::choice,
                              false,   "key",  "p256|rsa2048"};
constexpr OptionSpec kName{"NAME", "", "name of the record", OptionKind::text, true, "name"};

constexpr OptionSpec kUserOnly[] = {kUser};
constexpr OptionSpec kRegister[] = {
    {"--server", "URL", "address of the server, https://…", OptionKind::text, true, "server"},
    {"--account", "NAME", "name of the account there", OptionKind::text, true, "account"},
    {"--name", "COMPUTER-NAME", "how the server calls this computer", OptionKind::text, false, "name"},
    {"--serial", "NUMBER", "serial number of this computer", OptionKind::text, false, "computer-serial"},
    {"--existing", "", "add this computer to an account that is there already", OptionKind::flag, false,
     "existing"},
    kKeyKind,
    kUser,
};
constexpr OptionSpec kRecover[] = {
    {"--server", "URL", "address of the server, https://…", OptionKind::text, true, nullptr},
    {"--account", "NAME", "name of the account there", OptionKind::text, true, nullptr},
    {"--computer", "NAME", "name, serial number or id of the locked computer", OptionKind::text, false,
     nullptr},
    {"--ca-file", "FILE", "certificates to trust, PEM", OptionKind::path, false, nullptr},
};
constexpr OptionSpec kGateOn[] = {
    {"--confirm-within", "TIME", "fall back unless confirmed within 90, 10m or 2h", OptionKind::duration,
     false, "confirm-within"},
    {"--confirm", "", "keep secure mode on: all is well", OptionKind::flag, false, nullptr},
    kUser,
};
constexpr OptionSpec kGateRehearse[] = {
    {"--user", "USER", "whose logins are rehearsed", OptionKind::text, true, "user"},
    {"--service", "NAME", "PAM service to log in at (default: login)", OptionKind::text, false, "service"},
    {"--admin", "USER", "the administrator's break-glass account", OptionKind::text, false, nullptr},
    {"--step", "STEP", "only this step; may be repeated", OptionKind::list, false, nullptr,
     "card|access-key|break-glass"},
    {"--pam-dir", "DIR", "service files to rehearse instead of those in /etc/pam.d", OptionKind::path, false,
     nullptr},
};
constexpr OptionSpec kCardEnrol[] = {kKeyKind, kUser};
constexpr OptionSpec kCardReplace[] = {
    {"--reason", "REASON", "what happened to the old one (default: lost)", OptionKind::choice, false,
     "reason", "lost|stolen|damaged|replaced"},
    {"--with", "PROOF", "what you have: password and answer (default), or an access key", OptionKind::choice,
     false, "with", "password|access-key"},
    kKeyKind,
    kUser,
};
constexpr OptionSpec kCardState[] = {
    {"--card", "CARD-ID", "which card, if it is not the one in the reader", OptionKind::text, false, "card"},
    kUser,
};
constexpr OptionSpec kRecordsList[] = {
    {"--set", "SET", "only this record set", OptionKind::text, false, "set"},
    kUser,
};
constexpr OptionSpec kRecordsOne[] = {kName, kUser};
constexpr OptionSpec kRecordsPut[] = {
    kName,
    {"--kind", "KIND", "what it is (default: web)", OptionKind::choice, false, nullptr,
     "web|network|ssh|mail|bookmark|setting|note"},
    {"--url", "URL", "where it is used", OptionKind::text, false, nullptr},
    {"--login", "LOGIN", "account name there", OptionKind::text, false, nullptr},
    {"--notes", "TEXT", "free text", OptionKind::text, false, nullptr},
    {"--set", "SET", "record set it belongs to", OptionKind::text, false, nullptr},
    kUser,
};
constexpr OptionSpec kCompletion[] = {
    {"SHELL", "", "bash, zsh or fish", OptionKind::choice, true, nullptr, "bash|zsh|fish"},
};

constexpr VerbSpec kVerbs[] = {
    {"", "status", "status", "what this computer knows about you, your card and the server", kUserOnly,
     run_operation},
    {"", "register", "register", "make an account, card keys, and a recovery sheet for this computer",
     kRegister, run_register},
    {"gate", "on", "gate.on", "let in only with the enrolled card or an access key", kGateOn, run_gate_on},
    {"gate", "off", "gate.off", "let in without card", {}, run_operation},
    {"gate", "status", "gate.status", "whether the gate is on, and what was rehearsed", kUserOnly,
     run_operation},
    {"gate", "rehearse", "gate.rehearse", "try every way in before the gate is closed", kGateRehearse,
     run_gate_rehearse},
    {"card", "show", "card.show", "what lies in the reader", kUserOnly, run_operation},
    {"card", "enrol", "card.enrol", "make a card the key to this computer", kCardEnrol, run_operation},
    {"card", "replace", "card.replace", "a new card takes over what a lost one had", kCardReplace,
     run_operation},
    {"card", "suspend", "card.suspend", "let nobody in with a card until it is resumed", kCardState,
     run_operation},
    {"card", "resume", "card.resume", "use a suspended card again", kCardState, run_operation},
    {"card", "change-pin", "card.change-pin", "give the card another PIN", kUserOnly, run_operation},
    {"card", "unblock", "card.unblock", "unlock a locked card with its PUK", kUserOnly, run_operation},
    {"access-key", "rotate", "access-key.rotate", "cancel all access keys and make new ones", kUserOnly,
     run_operation},
    {"access-key", "check", "access-key.check", "whether computer and server agree on the access keys",
     kUserOnly, run_operation},
    {"sheet", "check", "sheet.check", "whether the printed recovery sheet opens your records", kUserOnly,
     run_operation},
    {"records", "list", "records.list", "names of your records", kRecordsList, run_operation},
    {"records", "get", "records.get", "show one record", kRecordsOne, run_operation},
    {"records", "put", "records.put", "store a record; its secret is asked for", kRecordsPut,
     run_records_put},
    {"records", "remove", "records.remove", "remove a record from card, computer and server", kRecordsOne,
     run_operation},
    {"records", "sync", "records.sync", "exchange records with card and server", kUserOnly, run_operation},
    {"", "recover", nullptr, "get the access key of a locked computer, from any computer", kRecover,
     run_recover},
    {"", "completion", nullptr, "print the completion script of a shell", kCompletion, run_completion},
};

}  // namespace

std::span<const VerbSpec> all_verbs() { return kVerbs; }

const char* noun_help(std::string_view noun) {
  if (noun == "gate") return "secure mode: let in only with the card or an access key";
  if (noun == "card") return "cards: show, enrol, replace, PIN";
  if (noun == "access-key") return "one-time keys for the day the card is lost";
  if (noun == "sheet") return "the printed recovery sheet";
  if (noun == "records") return "network and Web credentials that you carry";
  return "";
}

}  // namespace cardea::cli
