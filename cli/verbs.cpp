// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.h"

#include "cli/cmd_admin.h"
#include "cli/cmd_completion.h"
#include "cli/cmd_doctor.h"
#include "cli/cmd_gate.h"
#include "cli/cmd_guest.h"
#include "cli/cmd_operation.h"
#include "cli/cmd_records_put.h"
#include "cli/cmd_recover.h"
#include "cli/cmd_register.h"
#include "cli/cmd_sheet.h"
#include "core/text/catalogue.h"

namespace cardea::cli {

using text::tr;

namespace {

constexpr OptionSpec kUser{"--user",         "USER", tr("local user, if it is not you"),
                           OptionKind::text, false,  "user"};
constexpr OptionSpec kKeyKind{"--key", "KIND", tr("kind of card keys"), OptionKind::choice,
                              false,   "key",  "p256|rsa2048"};
constexpr OptionSpec kName{"NAME", "", tr("name of the record"), OptionKind::text, true, "name"};

constexpr OptionSpec kUserOnly[] = {kUser};
constexpr OptionSpec kRegister[] = {
    {"--server", "URL", tr("address of the server, https://…"), OptionKind::text, true, "server"},
    {"--account", "NAME", tr("name of the account there"), OptionKind::text, true, "account"},
    {"--name", "COMPUTER-NAME", tr("how the server calls this computer"), OptionKind::text, false, "name"},
    {"--serial", "NUMBER", tr("serial number of this computer"), OptionKind::text, false, "computer-serial"},
    {"--existing", "", tr("add this computer to an account that is there already"), OptionKind::flag, false,
     "existing"},
    {"--continue", "", tr("finish what was prepared in the portal, with its printed sheet"), OptionKind::flag,
     false, "continue"},
    kKeyKind,
    kUser,
};
constexpr OptionSpec kRecover[] = {
    {"--server", "URL", tr("address of the server, https://…"), OptionKind::text, true, nullptr},
    {"--account", "NAME", tr("name of the account there"), OptionKind::text, true, nullptr},
    {"--computer", "NAME", tr("name, serial number or id of the locked computer"), OptionKind::text, false,
     nullptr},
    {"--ca-file", "FILE", tr("certificates to trust, PEM"), OptionKind::path, false, nullptr},
};
constexpr OptionSpec kSheet[] = {
    {"--server", "URL", tr("address of the server, https://…"), OptionKind::text, true, nullptr},
    {"--account", "NAME", tr("name of the account there"), OptionKind::text, true, nullptr},
    {"--ca-file", "FILE", tr("certificates to trust, PEM"), OptionKind::path, false, nullptr},
};
constexpr OptionSpec kGateOn[] = {
    {"--confirm-within", "TIME", tr("fall back unless confirmed within 90, 10m or 2h"), OptionKind::duration,
     false, "confirm-within"},
    {"--confirm", "", tr("keep secure mode on: all is well"), OptionKind::flag, false, nullptr},
    kUser,
};
constexpr OptionSpec kGateRehearse[] = {
    {"--user", "USER", tr("whose logins are rehearsed"), OptionKind::text, true, "user"},
    {"--service", "NAME", tr("PAM service to log in at (default: login)"), OptionKind::text, false,
     "service"},
    {"--admin", "USER", tr("the administrator's break-glass account"), OptionKind::text, false, nullptr},
    {"--step", "STEP", tr("only this step; may be repeated"), OptionKind::list, false, nullptr,
     "card|access-key|break-glass"},
    {"--pam-dir", "DIR", tr("service files to rehearse instead of those in /etc/pam.d"), OptionKind::path,
     false, nullptr},
};
constexpr OptionSpec kCardEnrol[] = {kKeyKind, kUser};
constexpr OptionSpec kCardReplace[] = {
    {"--reason", "REASON", tr("what happened to the old one (default: lost)"), OptionKind::choice, false,
     "reason", "lost|stolen|damaged|replaced"},
    {"--with", "PROOF", tr("what you have: password and answer (default), or an access key"),
     OptionKind::choice, false, "with", "password|access-key"},
    kKeyKind,
    kUser,
};
constexpr OptionSpec kCardState[] = {
    {"--card", "CARD-ID", tr("which card, if it is not the one in the reader"), OptionKind::text, false,
     "card"},
    kUser,
};
constexpr OptionSpec kRecordsList[] = {
    {"--set", "SET", tr("only this record set"), OptionKind::text, false, "set"},
    kUser,
};
constexpr OptionSpec kRecordsOne[] = {kName, kUser};
constexpr OptionSpec kRecordsSync[] = {
    {"--take-older", "", tr("take what the server shows, also where it is older than what was seen here"),
     OptionKind::flag, false, "take_older"},
    kUser};
constexpr OptionSpec kRecordsPut[] = {
    kName,
    {"--kind", "KIND", tr("what it is (default: web)"), OptionKind::choice, false, nullptr,
     "web|network|ssh|mail|bookmark|setting|note"},
    {"--url", "URL", tr("where it is used"), OptionKind::text, false, nullptr},
    {"--login", "LOGIN", tr("account name there"), OptionKind::text, false, nullptr},
    {"--notes", "TEXT", tr("free text"), OptionKind::text, false, nullptr},
    {"--set", "SET", tr("record set it belongs to"), OptionKind::text, false, nullptr},
    kUser,
};
constexpr OptionSpec kPortalAllow[] = {
    {"CODE", "", tr("code that the page shows; asked for if it is not here"), OptionKind::text, false,
     "code"},
    kUser,
};
constexpr OptionSpec kServerDays[] = {
    {"STATE", "", tr("on or off"), OptionKind::choice, true, "state", "on|off"},
    kUser,
};
constexpr OptionSpec kServerMove[] = {
    {"REGION", "", tr("where to, if it is not the region you are asked about"), OptionKind::text, false,
     "region"},
    {"--yes", "", tr("move, without another question"), OptionKind::flag, false, "yes"},
    {"--no", "", tr("stay, and do not ask again for a month"), OptionKind::flag, false, "no"},
    kUser,
};
constexpr OptionSpec kGuestRemove[] = {
    {"NAME", "", tr("login name of the guest"), OptionKind::text, true, "user"},
};
constexpr OptionSpec kAccount{"--account",      "NAME", tr("exact name of the person's account"),
                              OptionKind::text, true,   "account"};
constexpr OptionSpec kRequest{"--request",      "ID", tr("which request; see “cardea officer list”"),
                              OptionKind::text, true, "request"};
constexpr OptionSpec kOfficerFind[] = {kAccount, kUser};
constexpr OptionSpec kOfficerAsk[] = {
    kAccount,
    {"--reason", "TEXT", tr("why; the person reads it in his history"), OptionKind::text, true, "reason"},
    {"--verified", "LIST",
     tr("how you know him: call-back, identity-document, manager, known-in-person, with commas between"),
     OptionKind::text, false, "verified"},
    {"--for", "KIND", tr("what is asked for (default: access-key)"), OptionKind::choice, false, "for",
     "access-key|open-account|suspend-card"},
    {"--computer", "NAME", tr("name, serial number or id of the locked computer"), OptionKind::text, false,
     "computer"},
    {"--card", "CARD-ID", tr("which card is suspended"), OptionKind::text, false, "card"},
    kUser,
};
constexpr OptionSpec kOfficerRequest[] = {kRequest, kUser};
constexpr OptionSpec kDoctor[] = {
    {"--user", "USER", tr("local user, if it is not you"), OptionKind::text, false, nullptr},
};
constexpr OptionSpec kCompletion[] = {
    {"SHELL", "", tr("bash, zsh or fish"), OptionKind::choice, true, nullptr, "bash|zsh|fish"},
};

constexpr VerbSpec kVerbs[] = {
    {"", "status", "status", tr("what this computer knows about you, your card and the server"), kUserOnly,
     run_operation},
    {"", "register", "register", tr("make an account, card keys, and a recovery sheet for this computer"),
     kRegister, run_register},
    {"gate", "on", "gate.on", tr("let in only with the enrolled card or an access key"), kGateOn,
     run_gate_on},
    {"gate", "off", "gate.off", tr("let in without card"), {}, run_operation},
    {"gate", "status", "gate.status", tr("whether the gate is on, and what was rehearsed"), kUserOnly,
     run_operation},
    {"gate", "rehearse", "gate.rehearse", tr("try every way in before the gate is closed"), kGateRehearse,
     run_gate_rehearse},
    {"card", "show", "card.show", tr("what lies in the reader"), kUserOnly, run_operation},
    {"card", "enrol", "card.enrol", tr("make a card the key to this computer"), kCardEnrol, run_operation},
    {"card", "replace", "card.replace", tr("a new card takes over what a lost one had"), kCardReplace,
     run_operation},
    {"card", "suspend", "card.suspend", tr("let nobody in with a card until it is resumed"), kCardState,
     run_operation},
    {"card", "resume", "card.resume", tr("use a suspended card again"), kCardState, run_operation},
    {"card", "change-pin", "card.change-pin", tr("give the card another PIN"), kUserOnly, run_operation},
    {"card", "unblock", "card.unblock", tr("unlock a locked card with its PUK"), kUserOnly, run_operation},
    {"access-key", "rotate", "access-key.rotate", tr("cancel all access keys and make new ones"), kUserOnly,
     run_operation},
    {"access-key", "check", "access-key.check", tr("whether computer and server agree on the access keys"),
     kUserOnly, run_operation},
    {"sheet", "check", "sheet.check", tr("whether the printed recovery sheet opens your records"), kUserOnly,
     run_operation},
    {"sheet", "suspend", nullptr, tr("suspend all your cards with the code of the sheet, from any computer"),
     kSheet, run_sheet_suspend},
    {"sheet", "reopen", nullptr,
     tr("open an account that wrong tries have closed, with the code of the sheet"), kSheet,
     run_sheet_reopen},
    {"records", "list", "records.list", tr("names of your records"), kRecordsList, run_operation},
    {"records", "get", "records.get", tr("show one record"), kRecordsOne, run_operation},
    {"records", "put", "records.put", tr("store a record; its secret is asked for"), kRecordsPut,
     run_records_put},
    {"records", "remove", "records.remove", tr("remove a record from card, computer and server"), kRecordsOne,
     run_operation},
    {"records", "sync", "records.sync", tr("exchange records with card and server"), kRecordsSync,
     run_operation},
    {"portal", "allow", "portal.allow", tr("sign a browser in with your card"), kPortalAllow, run_operation},
    {"server", "show", "server.show", tr("your home region, and which others there are"), kUserOnly,
     run_operation},
    {"server", "days", "server.days", tr("whether the server notes in which region you work"), kServerDays,
     run_operation},
    {"server", "move", "server.move", tr("move your account to another region, or stay"), kServerMove,
     run_operation},
    {"guest", "list", "guest.list", tr("who was a guest at this computer"), {}, run_guest_list},
    {"guest", "remove", "guest.remove", tr("forget a guest: account and record"), kGuestRemove,
     run_operation},
    {"officer", "show", "officer.show", tr("the line that makes you an officer at computers and server"),
     kUserOnly, run_operation},
    {"officer", "add-key", "officer.add-key", tr("add a security key for the help-desk page"), kUserOnly,
     run_operation},
    {"officer", "find", "officer.find", tr("look at the account of somebody who needs help"), kOfficerFind,
     run_operation},
    {"officer", "ask", "officer.ask", tr("ask for an access key for somebody"), kOfficerAsk, run_operation},
    {"officer", "list", "officer.list", tr("open requests of all officers"), kUserOnly, run_operation},
    {"officer", "approve", "officer.approve", tr("approve what another officer asks for"), kOfficerRequest,
     run_operation},
    {"officer", "decline", "officer.decline", tr("decline it, or take your own back"), kOfficerRequest,
     run_operation},
    {"officer", "carry-out", "officer.carry-out", tr("open the account or suspend the card"), kOfficerRequest,
     run_operation},
    {"officer", "issue", "officer.issue", tr("make the access key with your card, and show it"),
     kOfficerRequest, run_operation},
    {"", "doctor", nullptr, tr("what is wrong on this computer, and how to mend it"), kDoctor, run_doctor},
    {"", "recover", nullptr, tr("get the access key of a locked computer, from any computer"), kRecover,
     run_recover},
    {"",
     "admin",
     nullptr,
     tr("look after the store and the keys of a server, on that server"),
     {},
     run_admin,
     true},
    {"", "completion", nullptr, tr("print the completion script of a shell"), kCompletion, run_completion},
};

}  // namespace

std::span<const VerbSpec> all_verbs() { return kVerbs; }

const char* noun_help(std::string_view noun) {
  if (noun == "gate") return tr("secure mode: let in only with the card or an access key");
  if (noun == "card") return tr("cards: show, enrol, replace, PIN");
  if (noun == "access-key") return tr("one-time keys for the day the card is lost");
  if (noun == "sheet") return tr("the printed recovery sheet");
  if (noun == "records") return tr("network and Web credentials that you carry");
  if (noun == "portal") return tr("the server's Web pages, with your card");
  if (noun == "server") return tr("your home region, where an organisation has several");
  if (noun == "guest") return tr("cardholders whom nobody has enrolled at this computer");
  if (noun == "officer") return tr("help desk: an access key for somebody who has lost card and password");
  return "";
}

}  // namespace cardea::cli
