// SPDX-License-Identifier: Apache-2.0
// `cardea admin audit`: the chains of what happened (docs/spec/audit.md).
#include "core/base/secure_file.h"
#include "core/base/text.h"
#include "server/admin/audit_checkpoint.h"
#include "server/admin/desk.h"
#include "server/admin/outcome.h"
#include "server/admin/runners.h"
#include "server/secret_files.h"

namespace cardea::server::admin {
namespace {

using api::Json;

constexpr std::size_t kExportPage = 500;

std::string point_text(const AuditPoint& point) {
  return std::to_string(point.length) + " events, head " + to_hex(ByteView(point.head).first(8)) + "…";
}

Result<sql::AuditReport> verify(Desk& desk, std::span<const sql::AuditHeads> known) {
  TRY(must_exist(desk.config().store));
  TRY_ASSIGN(const OpenDatabase database, open_database(desk.config().store, desk.random()));
  return sql::verify_audit(*database.connection, known);
}

Result<std::vector<sql::AuditHeads>> known_heads(Desk& desk) {
  std::vector<sql::AuditHeads> known;
  const std::string path = desk.line().value("--checkpoint");
  if (path.empty()) return known;
  TRY_ASSIGN(const ServerSecrets secrets, load_secrets(desk.config()));
  TRY_ASSIGN(const AuditCheckpoint checkpoint, read_audit_checkpoint(secrets, path));
  known.push_back(checkpoint.heads);
  return known;
}

// One line of JSON for each event; text for the chain of one user or of all.
Json event_line(const AuditEvent& event, const UserId& user) {
  const auto details = Json::parse(event.details);
  return Json::Object{
      {"chain", "user"},           {"user", user.text()}, {"sequence", event.sequence},
      {"time", event.time},        {"kind", event.kind},  {"details", details.ok() ? *details : Json()},
      {"hash", to_hex(event.hash)}};
}

Status print_user(Store& store, const UserId& user) {
  for (std::uint64_t after = 0;;) {
    TRY_ASSIGN(const auto events, store.audit_events(user, after, kExportPage));
    for (const AuditEvent& event : events) {
      TRY(print_line(event_line(event, user).text()));
      after = event.sequence;
    }
    if (events.size() < kExportPage) return {};
  }
}

Status print_users(Store& store) {
  for (std::string after;;) {
    TRY_ASSIGN(const auto accounts, store.accounts(after, kExportPage));
    for (const Account& account : accounts)
      TRY(print_user(store, account.user));
    if (accounts.size() < kExportPage) return {};
    after = accounts.back().account;
  }
}

Status print_administration(Store& store) {
  for (std::uint64_t after = 0;;) {
    TRY_ASSIGN(const auto events, store.admin_events(after, kExportPage));
    for (const AdminEvent& event : events) {
      const auto details = Json::parse(event.details);
      TRY(print_line(Json(Json::Object{{"chain", "administration"},
                                       {"sequence", event.sequence},
                                       {"time", event.time},
                                       {"actor", event.actor},
                                       {"kind", event.kind},
                                       {"details", details.ok() ? *details : Json()},
                                       {"hash", to_hex(event.hash)}})
                         .text()));
      after = event.sequence;
    }
    if (events.size() < kExportPage) return {};
  }
}

}  // namespace

Result<Answer> verify_audit(Desk& desk) {
  TRY_ASSIGN(const auto known, known_heads(desk));
  TRY_ASSIGN(const sql::AuditReport report, verify(desk, known));
  Answer answer;
  answer.good = report.bad.empty();
  answer.text = "global chain: " + point_text(report.heads.global) +
                "\nadministration: " + point_text(report.heads.administration) + "\n";
  answer.text += answer.good ? std::to_string(report.users) + " users: every chain is whole.\n"
                             : "The first bad one: " + report.bad + ".\n";
  answer.json = {{"good", answer.good},
                 {"users", report.users},
                 {"events", report.heads.global.length},
                 {"head", to_hex(report.heads.global.head)},
                 {"administration_events", report.heads.administration.length},
                 {"administration_head", to_hex(report.heads.administration.head)}};
  if (!answer.good) answer.json.emplace_back("bad", report.bad);
  return answer;
}

Result<Answer> make_audit_checkpoint(Desk& desk) {
  const std::string path = desk.line().value("--to");
  TRY_ASSIGN(const ServerSecrets secrets, load_secrets(desk.config()));
  TRY_ASSIGN(const sql::AuditReport report, verify(desk, {}));
  if (!report.bad.empty()) return fail(Error::corrupted, report.bad);
  TRY(write_audit_checkpoint(secrets, {report.heads, desk.now()}, path));
  return Answer{path + ": " + point_text(report.heads.global) + "\n",
                {{"file", path}, {"events", report.heads.global.length}}};
}

Result<Answer> export_audit(Desk& desk) {
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  const std::string account = desk.line().value("--account");
  if (account.empty()) {
    TRY(print_users(*store));
    TRY(print_administration(*store));
    return Answer{};
  }
  TRY_ASSIGN(const auto user, store->find_user_by_account(account));
  if (!user) return fail(Error::not_found, "There is no account “" + account + "”");
  TRY(print_user(*store, user->id));
  return Answer{};
}

}  // namespace cardea::server::admin
