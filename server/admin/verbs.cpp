// SPDX-License-Identifier: Apache-2.0
#include "server/admin/verbs.h"

#include "server/admin/runners.h"

namespace cardea::server::admin {
namespace {

constexpr OptionSpec kAccount[] = {{"ACCOUNT", "", "name of the account", true}};
constexpr OptionSpec kAccountsList[] = {
    {"--after", "ACCOUNT", "go on behind this one", false},
    {"--limit", "NUMBER", "at most so many (default: 100, most: 1000)", false},
};
constexpr OptionSpec kPolicyName[] = {{"NAME", "", "name of the policy", true}};
constexpr OptionSpec kPolicySet[] = {
    {"NAME", "", "name of the policy", true},
    {"VALUE", "", "its new value; a list is a,b,c", true},
};
constexpr OptionSpec kAuditVerify[] = {
    {"--checkpoint", "FILE", "also compare with what was signed then", false},
};
constexpr OptionSpec kAuditCheckpoint[] = {{"--to", "FILE", "a new file, to be kept elsewhere", true}};
constexpr OptionSpec kAuditExport[] = {{"--account", "ACCOUNT", "of this account only", false}};
constexpr OptionSpec kBackupTo[] = {{"--to", "DIRECTORY", "a new directory", true}};
constexpr OptionSpec kBackupFrom[] = {{"--from", "DIRECTORY", "the directory of a backup", true}};
constexpr OptionSpec kSecretsTo[] = {{"--to", "FILE", "a new file", true}};
constexpr OptionSpec kSecretsFrom[] = {{"--from", "FILE", "the file of such a backup", true}};
constexpr OptionSpec kRotate[] = {
    {"KEY", "", "oprf, checkpoint or tls", true},
    {"--activate", "", "tls: use what was prepared", false},
};
constexpr OptionSpec kMigrate[] = {
    {"--to", "FILE", "another server.conf, whose store is empty", true},
};

constexpr OptionSpec kOfficerName[] = {{"NAME", "", "name of the officer", true}};
constexpr OptionSpec kOfficerAdd[] = {
    {"NAME", "", "what he is called", true},
    {"AUTH-KEY", "", "his card's key, as “cardea officer show” prints it", true},
    {"WRAP-KEY", "", "the other key of that line; it is for the computers' lists", false},
    {"--role", "ROLE", "officer (default) or administrator", false},
};

constexpr VerbSpec kVerbs[] = {
    {"accounts", "list", "who has an account", kAccountsList, list_accounts},
    {"accounts", "show", "one account: cards, computers, guesses; never a secret", kAccount, show_account},
    {"accounts", "close", "accept neither password nor answer of an account", kAccount, close_account},
    {"accounts", "open", "accept them again, and forget the wrong guesses", kAccount, open_account},
    {"policy", "list", "every policy with its value", {}, list_policies},
    {"policy", "get", "the value of one policy", kPolicyName, get_policy},
    {"policy", "set", "give a policy another value; all servers of the store follow at once", kPolicySet,
     set_policy},
    {"policy", "reset", "give a policy its default again", kPolicyName, reset_policy},
    {"officers", "list", "help-desk officers and their states", {}, list_officers},
    {"officers", "add", "let somebody with this card help others", kOfficerAdd, add_officer},
    {"officers", "suspend", "end his sessions, and let him do nothing until he is resumed", kOfficerName,
     suspend_officer},
    {"officers", "resume", "let him work again", kOfficerName, resume_officer},
    {"officers", "remove", "let him do nothing any more; his security keys are forgotten", kOfficerName,
     remove_officer},
    {"audit", "verify", "follow every chain from its first event", kAuditVerify, verify_audit},
    {"audit", "checkpoint", "write a signed file of how far the chains are", kAuditCheckpoint,
     make_audit_checkpoint},
    {"audit", "export", "every event as a line of JSON", kAuditExport, export_audit},
    {"", "backup", "copy the store into a directory, while the server runs", kBackupTo, backup},
    {"", "backup-secrets", "copy keys and certificate into a file under a passphrase", kSecretsTo,
     backup_secrets},
    {"", "restore", "put a backup into an empty store", kBackupFrom, restore},
    {"", "restore-secrets", "make the files of keys and certificate that are missing", kSecretsFrom,
     restore_secrets},
    {"", "restore-drill", "restore into a private directory, and say what a restore would lose", kBackupFrom,
     restore_drill},
    {"keys", "list", "every key and its age", {}, list_keys},
    {"keys", "rotate", "replace a key by a new one", kRotate, rotate_key},
    {"", "migrate-store", "copy the store into another, empty one, and compare every row", kMigrate,
     migrate_store},
};

}  // namespace

std::span<const VerbSpec> all_verbs() { return kVerbs; }

const char* noun_help(std::string_view noun) {
  if (noun == "accounts") return "the accounts of the users";
  if (noun == "officers") return "who may make access keys for others";
  if (noun == "policy") return "what the organisation decides while its servers run";
  if (noun == "audit") return "the chains of what happened";
  if (noun == "keys") return "the server's keys: ages, rotation";
  return "";
}

std::string path_of(const VerbSpec& verb) {
  return verb.noun[0] == '\0' ? verb.verb : std::string(verb.noun) + " " + verb.verb;
}

}  // namespace cardea::server::admin
