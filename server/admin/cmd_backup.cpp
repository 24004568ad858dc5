// SPDX-License-Identifier: Apache-2.0
// `cardea admin backup`, `restore`, `restore-drill`: the store out of a running server and into an empty one
// (docs/spec/backup.md).
#include "core/base/text.h"
#include "server/admin/backup.h"
#include "server/admin/desk.h"
#include "server/admin/outcome.h"
#include "server/admin/runners.h"
#include "server/secret_files.h"
#include "server/store/sql/rows.h"
#include "server/store/sql/tables.h"

namespace cardea::server::admin {
namespace {

using api::Json;

// As a shell completes it, “today/” is “today”: its draft must lie beside it.
std::string directory_named(const Desk& desk, const char* option) {
  std::string path = desk.line().value(option);
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  return path;
}

std::uint64_t rows_of(const std::vector<sql::CopiedTable>& tables, std::string_view name) {
  for (const auto& table : tables) {
    if (table.name == name) return table.rows;
  }
  return 0;
}

std::string summary(const Manifest& manifest) {
  return std::to_string(rows_of(manifest.tables, "users")) + " users, " +
         std::to_string(rows_of(manifest.tables, "records")) + " records, " +
         std::to_string(manifest.heads.global.length) + " events";
}

Json::Object facts(const Manifest& manifest) {
  Json::Object out{{"made", manifest.made},
                   {"schema", manifest.schema},
                   {"users", rows_of(manifest.tables, "users")},
                   {"events", manifest.heads.global.length},
                   {"head", to_hex(manifest.heads.global.head)}};
  if (!manifest.bad.empty()) out.emplace_back("bad", manifest.bad);
  return out;
}

// A session that was ended after the backup would come to life again.
Status end_sessions(sql::Connection& database, const AdminNote& note, UnixSeconds now) {
  TRY(database.begin());
  TRY(database.run("DELETE FROM sessions"));
  TRY(sql::append_admin_audit(database, note, now));
  return database.commit();
}

// All of it in one transaction of the target: it has everything, or nothing.
Result<Manifest> restore_into(Desk& desk, const StoreConfig& target, const std::string& directory) {
  TRY_ASSIGN(const ServerSecrets secrets, load_secrets(desk.config()));
  TRY_ASSIGN(const WorkDirectory work, WorkDirectory::make());
  StoreConfig unpacked;
  unpacked.sqlite_path = work.file("store.sqlite");
  TRY_ASSIGN(Manifest manifest, unpack_backup(secrets, directory, unpacked.sqlite_path));
  TRY_ASSIGN(const OpenDatabase source, open_database(unpacked, desk.random()));
  const AdminNote note{desk.actor(), "restored",
                       Json::Object{{"made", manifest.made}, {"events", manifest.heads.global.length}}};
  TRY(end_sessions(*source.connection, note, desk.now()));
  TRY_ASSIGN(const OpenDatabase database, open_database(target, desk.random()));
  TRY(sql::copy_store(*source.connection, *database.connection));
  return manifest;
}

struct Loss {
  std::string text;
  Json::Object json;
};

// What is in the store now and was not in the backup.
Result<Loss> loss_of(Desk& desk, const Manifest& manifest) {
  TRY_ASSIGN(const OpenDatabase live, open_database(desk.config().store, desk.random()));
  const sql::AuditHeads known[] = {manifest.heads};
  TRY_ASSIGN(const sql::AuditReport report, sql::verify_audit(*live.connection, known));
  if (!report.bad.empty())
    return fail(Error::corrupted, "the store does not go on from the backup: " + report.bad);
  Loss loss;
  const std::uint64_t events = report.heads.global.length - manifest.heads.global.length;
  loss.json.emplace_back("events", events);
  loss.text = std::to_string(events) + " events";
  for (const char* name : {"users", "cards", "enrolments", "generations", "records"}) {
    const std::string count = std::string("SELECT count(*) FROM ") + name;
    std::int64_t rows = 0;
    {
      // One statement, one connection: the text lives as long as both.
      TRY_ASSIGN(const OpenDatabase counting, open_database(desk.config().store, desk.random()));
      TRY_ASSIGN(rows, counting.connection->number(count.c_str()));
    }
    const std::int64_t more = rows - static_cast<std::int64_t>(rows_of(manifest.tables, name));
    loss.json.emplace_back(name, more);
    if (more != 0) loss.text += ", " + std::to_string(more) + " " + name;
  }
  return loss;
}

}  // namespace

Result<Answer> backup(Desk& desk) {
  const std::string directory = directory_named(desk, "--to");
  TRY_ASSIGN(const ServerSecrets secrets, load_secrets(desk.config()));
  TRY(must_exist(desk.config().store));
  TRY_ASSIGN(const Manifest manifest,
             make_backup(desk.config().store, secrets, directory, desk.now(), desk.random()));
  TRY(desk.note("backup-made",
                {{"events", manifest.heads.global.length}, {"head", to_hex(manifest.heads.global.head)}}));
  Answer answer{directory + ": " + summary(manifest) + "\n", facts(manifest), manifest.bad.empty()};
  if (!answer.good) answer.text += "The audit chains are not whole: " + manifest.bad + ".\n";
  return answer;
}

Result<Answer> restore(Desk& desk) {
  const std::string directory = directory_named(desk, "--from");
  TRY_ASSIGN(const Manifest manifest, restore_into(desk, desk.config().store, directory));
  return Answer{
      "restored from " + format_utc(manifest.made) + ": " + summary(manifest) +
          ". All sessions have ended. Clients that have seen later events will doubt this server.\n",
      facts(manifest)};
}

Result<Answer> restore_drill(Desk& desk) {
  const std::string directory = directory_named(desk, "--from");
  TRY_ASSIGN(const WorkDirectory work, WorkDirectory::make());
  StoreConfig target;
  target.sqlite_path = work.file("restored.db");
  TRY_ASSIGN(const Manifest manifest, restore_into(desk, target, directory));
  TRY_ASSIGN(const OpenDatabase restored, open_database(target, desk.random()));
  const sql::AuditHeads known[] = {manifest.heads};
  TRY_ASSIGN(const sql::AuditReport report, sql::verify_audit(*restored.connection, known));
  if (!report.bad.empty()) return fail(Error::corrupted, "what was restored: " + report.bad);
  Answer answer{"The backup of " + format_utc(manifest.made) + " can be restored: " + summary(manifest) +
                    "; every chain is whole.\n",
                facts(manifest)};
  answer.json.emplace_back("age", desk.now() - manifest.made);
  if (!must_exist(desk.config().store).ok()) {
    answer.text += "There is no store to compare it with.\n";
    return answer;
  }
  TRY_ASSIGN(Loss loss, loss_of(desk, manifest));
  answer.text += "A restore now would lose " + loss.text + ", and every session.\n";
  answer.json.emplace_back("lost", std::move(loss.json));
  TRY(desk.note("restore-drill", {{"made", manifest.made}, {"events", manifest.heads.global.length}}));
  return answer;
}

}  // namespace cardea::server::admin
