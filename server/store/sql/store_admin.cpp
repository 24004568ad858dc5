// SPDX-License-Identifier: Apache-2.0
// What administrators do: policies, accounts, and the chain that tells it.
#include "server/store/audit_chain.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

Result<AuditPoint> admin_point(Connection& database) {
  TRY_ASSIGN(auto row,
             database.prepare("SELECT sequence, hash FROM admin_audit ORDER BY sequence DESC LIMIT 1"));
  TRY_ASSIGN(const bool found, row.step());
  return found ? AuditPoint{row.u64_at(0), row.array_at<32>(1)} : AuditPoint{};
}

Result<std::optional<std::string>> find_policy(Connection& database, std::string_view name) {
  TRY_ASSIGN(auto row, database.prepare("SELECT value FROM policies WHERE name=?1"));
  TRY_ASSIGN(const bool found, row.text(name).step());
  return found ? std::optional<std::string>(row.text_at(0)) : std::nullopt;
}

Status write_policy(Connection& database, const SetPolicy& command, UnixSeconds now) {
  if (!command.value) {
    TRY_ASSIGN(auto remove, database.prepare("DELETE FROM policies WHERE name=?1"));
    return remove.text(command.name).run();
  }
  TRY_ASSIGN(auto put, database.prepare("INSERT INTO policies(name, value, changed) VALUES(?1, ?2, ?3) "
                                        "ON CONFLICT(name) DO UPDATE SET value=excluded.value, "
                                        "changed=excluded.changed"));
  return put.text(command.name).text(*command.value).number(now).run();
}

Status count_guesses(Connection& database, const SetAccount& command, const UserId& user, UnixSeconds now) {
  if (command.guesses == 0) {
    TRY_ASSIGN(auto clear, database.prepare("DELETE FROM guesses WHERE subject=?1"));
    return clear.text(command.subject).run();
  }
  TRY_ASSIGN(auto put,
             database.prepare("INSERT INTO guesses(subject, count, last) VALUES(?1, ?2, ?3) "
                              "ON CONFLICT(subject) DO UPDATE SET count=excluded.count, last=excluded.last"));
  TRY(put.text(command.subject).number(command.guesses).number(now).run());
  TRY_ASSIGN(auto sessions, database.prepare("DELETE FROM sessions WHERE user_id=?1 AND level<=?2"));
  return sessions.blob(user.view())
      .number(std::uint32_t{static_cast<std::uint8_t>(SessionLevel::answer)})
      .run();
}

Result<UserId> user_of(Connection& database, std::string_view account) {
  TRY_ASSIGN(auto row, database.prepare("SELECT user_id FROM users WHERE account_key=?1"));
  const std::string key = account_key(account);
  TRY_ASSIGN(const bool found, row.text(key).step());
  if (!found) return fail(Error::not_found, "there is no account “" + std::string(account) + "”");
  return id_at<UserId>(row, 0);
}

}  // namespace

Result<AuditPoint> append_admin_audit(Connection& database, const AdminNote& note, UnixSeconds now) {
  TRY_ASSIGN(AuditPoint point, admin_point(database));
  ++point.length;
  const std::string details = note.details.canonical().text();
  TRY_ASSIGN(const std::string event,
             admin_event_text({point.length, now, note.actor, note.kind, details, {}}));
  point.head = next_admin_head(point.head, event);
  TRY_ASSIGN(auto insert,
             database.prepare("INSERT INTO admin_audit(sequence, time, actor, kind, details, hash) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  insert.number(point.length).number(now).text(note.actor).text(note.kind).text(details);
  TRY(insert.blob(point.head).run());
  return point;
}

Result<std::vector<PolicyValue>> SqlStore::policies() {
  return read([](Connection& database) -> Result<std::vector<PolicyValue>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT name, value, changed FROM policies ORDER BY name"));
    std::vector<PolicyValue> values;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return values;
      values.push_back({row.text_at(0), row.text_at(1), row.number_at(2)});
    }
  });
}

Result<std::optional<std::string>> SqlStore::policy(std::string_view name) {
  return read([&](Connection& database) { return find_policy(database, name); });
}

Status SqlStore::set_policy(const SetPolicy& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(const auto before, find_policy(database, command.name));
    TRY(write_policy(database, command, now));
    const auto shown = [](const std::optional<std::string>& value) {
      return value ? api::Json(*value) : api::Json(nullptr);
    };
    const AdminNote note{
        command.actor, "policy-set",
        api::Json::Object{
            {"name", command.name}, {"before", shown(before)}, {"value", shown(command.value)}}};
    TRY(append_admin_audit(database, note, now));
    return {};
  });
}

Result<std::vector<Account>> SqlStore::accounts(std::string_view after, std::size_t limit) {
  return read([&](Connection& database) -> Result<std::vector<Account>> {
    TRY_ASSIGN(auto row, database.prepare(
                             "SELECT u.user_id, u.account, u.created, "
                             "coalesce((SELECT count FROM guesses WHERE subject='account:' || "
                             "u.account_key), 0), "
                             "(SELECT count(*) FROM cards c WHERE c.user_id=u.user_id AND "
                             "c.state='active'), "
                             "(SELECT count(*) FROM enrolments e WHERE e.user_id=u.user_id) "
                             "FROM users u WHERE u.account_key>?1 AND NOT EXISTS(SELECT 1 FROM homes h WHERE "
                             "h.user_id=u.user_id AND h.purged=1) ORDER BY u.account_key LIMIT ?2"));
    const std::string key = account_key(after);
    row.text(key).number(std::uint64_t{limit});
    std::vector<Account> accounts;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return accounts;
      accounts.push_back({id_at<UserId>(row, 0), row.text_at(1), row.number_at(2), row.u32_at(3),
                          row.u32_at(4), row.u32_at(5)});
    }
  });
}

Result<std::uint32_t> SqlStore::guesses(std::string_view subject) {
  return read([&](Connection& database) -> Result<std::uint32_t> {
    TRY_ASSIGN(auto row, database.prepare("SELECT count FROM guesses WHERE subject=?1"));
    TRY_ASSIGN(const bool found, row.text(subject).step());
    return found ? row.u32_at(0) : 0;
  });
}

Status SqlStore::set_account(const SetAccount& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(const UserId user, user_of(database, command.account));
    TRY(count_guesses(database, command, user, now));
    const std::string kind = command.guesses == 0 ? "account-opened" : "account-closed";
    // In the user's own chain without the name of the administrator, which is the organisation's affair.
    TRY(append_audit(database, user, {kind, api::Json::Object{{"by", "administrator"}}}, now));
    const AdminNote note{command.actor, kind, api::Json::Object{{"user", user.text()}}};
    TRY(append_admin_audit(database, note, now));
    return {};
  });
}

Result<AuditPoint> SqlStore::note_admin(const AdminNote& note, UnixSeconds now) {
  return write([&](Connection& database) { return append_admin_audit(database, note, now); });
}

Result<std::vector<AdminEvent>> SqlStore::admin_events(std::uint64_t after, std::size_t limit) {
  return read([&](Connection& database) -> Result<std::vector<AdminEvent>> {
    TRY_ASSIGN(auto row,
               database.prepare("SELECT sequence, time, actor, kind, details, hash FROM admin_audit "
                                "WHERE sequence>?1 ORDER BY sequence LIMIT ?2"));
    row.number(after).number(std::uint64_t{limit});
    std::vector<AdminEvent> events;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return events;
      events.push_back({row.u64_at(0), row.number_at(1), row.text_at(2), row.text_at(3), row.text_at(4),
                        row.array_at<32>(5)});
    }
  });
}

}  // namespace cardea::server::sql
