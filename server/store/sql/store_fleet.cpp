// SPDX-License-Identifier: Apache-2.0
// What the administrator's page asks of the whole store, and what it changes.
#include <cstdint>

#include "server/store/sql/officer_touch.h"
#include "server/store/sql/schema.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

// ?1 is FleetRule::silent_before, ?2 FleetRule::program.
#define SILENT "(e.last_seen<?1 AND e.created<?1)"
#define FELL_BACK "(e.gate='fell-back')"
#define OUTDATED "(e.program>0 AND e.program<?2)"
#define UNFIT "(e.fit IN ('mismatch', 'none'))"
#define ATTENTION "(" SILENT " OR " FELL_BACK " OR " OUTDATED " OR " UNFIT ")"

// Who is in another region, or on his way here, has his computers there: nobody here can help them.
#define AT_HOME \
  "NOT EXISTS(SELECT 1 FROM homes h WHERE h.user_id=e.user_id AND h.state IN ('gone', 'arriving'))"

// In the order of the contacts, the longest ago first. ?3 is the filter; statements are literals, so that
// each can be prepared once.
constexpr char kFleetPage[] =
    "SELECT e.computer_id, e.user_id, u.account, e.name, e.serial, e.fit, e.gate, e.program, e.created, "
    "e.last_seen, e.retired FROM enrolments e JOIN users u ON u.user_id=e.user_id "
    "WHERE (e.last_seen, e.user_id, e.computer_id)>(?4, ?5, ?6) AND " AT_HOME
    " AND CASE "
    "WHEN ?3=6 THEN e.retired<>0 WHEN e.retired<>0 THEN ?3=0 WHEN ?3=0 THEN 1=1 "
    "WHEN ?3=1 THEN " ATTENTION " WHEN ?3=2 THEN " SILENT " WHEN ?3=3 THEN " FELL_BACK
    " WHEN ?3=4 THEN " OUTDATED " ELSE " UNFIT
    " END "
    "AND (?7='' OR lower(e.name) LIKE ?7 ESCAPE '!' OR u.account_key LIKE ?7 ESCAPE '!') "
    "ORDER BY e.last_seen, e.user_id, e.computer_id LIMIT ?8";

constexpr char kCounts[] = "SELECT count(*), count(*) FILTER (WHERE " ATTENTION
                           "), count(*) FILTER (WHERE " SILENT "), count(*) FILTER (WHERE " FELL_BACK
                           "), count(*) FILTER (WHERE " OUTDATED "), count(*) FILTER (WHERE " UNFIT
                           "), count(*) FILTER (WHERE e.gate='on') "
                           "FROM enrolments e WHERE e.retired=0 AND " AT_HOME;

std::string like_pattern(const std::string& search) {
  if (search.empty()) return {};
  std::string out = "%";
  for (const char c : account_key(search)) {
    if (c == '%' || c == '_' || c == '!') out += '!';
    out += c;
  }
  return out + "%";
}

FleetComputer read_row(const Statement& row) {
  FleetComputer out;
  out.computer = id_at<ComputerId>(row, 0);
  out.user = id_at<UserId>(row, 1);
  out.account = row.text_at(2);
  out.name = row.text_at(3);
  out.serial = row.text_at(4);
  out.fit = row.text_at(5);
  out.gate = row.text_at(6);
  out.program = row.u64_at(7);
  out.created = row.number_at(8);
  out.last_seen = row.number_at(9);
  out.retired = row.number_at(10) != 0;
  return out;
}

// The event that changed a policy last: also a reset leaves another number behind, and so does `cardea
// admin`.
Result<std::uint64_t> policy_version(Connection& database) {
  TRY_ASSIGN(auto row, database.prepare("SELECT coalesce(max(sequence), 0) FROM admin_audit WHERE "
                                        "kind='policy-set'"));
  TRY(row.step());
  return row.u64_at(0);
}

}  // namespace

Result<FleetCounts> SqlStore::fleet_counts(const FleetRule& rule) {
  return read([&](Connection& database) -> Result<FleetCounts> {
    FleetCounts out;
    {
      TRY_ASSIGN(auto row, database.prepare(kCounts));
      TRY(row.number(rule.silent_before).number(rule.program).step());
      out.computers = row.u64_at(0);
      out.attention = row.u64_at(1);
      out.silent = row.u64_at(2);
      out.fell_back = row.u64_at(3);
      out.outdated = row.u64_at(4);
      out.unfit = row.u64_at(5);
      out.gate_on = row.u64_at(6);
    }
    TRY_ASSIGN(const auto retired,
               database.number("SELECT count(*) FROM enrolments e WHERE e.retired<>0 AND " AT_HOME));
    TRY_ASSIGN(const auto users, database.number("SELECT count(*) FROM users e WHERE " AT_HOME));
    out.retired = static_cast<std::uint64_t>(retired);
    out.users = static_cast<std::uint64_t>(users);
    return out;
  });
}

Result<std::vector<FleetComputer>> SqlStore::fleet_page(const FleetQuery& query) {
  return read([&](Connection& database) -> Result<std::vector<FleetComputer>> {
    const std::string pattern = like_pattern(query.search);
    const FleetPosition after = query.after.value_or(FleetPosition{-1, {}, {}});
    TRY_ASSIGN(auto row, database.prepare(kFleetPage));
    row.number(query.rule.silent_before).number(query.rule.program);
    row.number(std::int64_t{static_cast<std::uint8_t>(query.filter)});
    row.number(after.last_seen).blob(after.user.view()).blob(after.computer.view());
    row.text(pattern).number(std::uint64_t{query.limit});
    std::vector<FleetComputer> out;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return out;
      out.push_back(read_row(row));
    }
  });
}

Result<PolicySet> SqlStore::policy_set() {
  // The version before the values: what is changed in between makes the version old, never the values.
  TRY_ASSIGN(const std::uint64_t version,
             read([](Connection& database) { return policy_version(database); }));
  TRY_ASSIGN(auto values, policies());
  return PolicySet{std::move(values), version};
}

Status SqlStore::change_policy(const ChangePolicy& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(const std::uint64_t version, policy_version(database));
    if (version != command.expected_version)
      return fail(Error::precondition_failed, "the policies were changed meanwhile");
    TRY(use_officer_touch(database, command.touch, now));
    return change_policy_value(database, command.policy,
                               {{"officer_id", command.touch.officer.text()}, {"from", command.from}}, now);
  });
}

Result<User> SqlStore::open_history(const OpenHistory& command, UnixSeconds now) {
  // Before the touch is spent, so that a mistyped name costs none.
  TRY_ASSIGN(const auto user, find_user_by_account(command.account));
  if (!user) return fail(Error::not_found, "no such account");
  const Status told = write([&](Connection& database) -> Status {
    TRY(use_officer_touch(database, command.touch, now));
    TRY(append_audit(
        database, user->id,
        {"history-read",
         api::Json::Object{{"by", "administrator"}, {"officer", command.actor}, {"from", command.from}}},
        now));
    const AdminNote note{
        command.actor, "history-read",
        api::Json::Object{
            {"user", user->id.text()}, {"officer_id", command.touch.officer.text()}, {"from", command.from}}};
    TRY(append_admin_audit(database, note, now));
    return {};
  });
  if (!told.ok()) return told.failure();
  return get_user(user->id);
}

Result<StoreFacts> SqlStore::facts() {
  return read([](Connection& database) -> Result<StoreFacts> {
    StoreFacts out;
    out.engine = database.engine();
    out.schema = schema_version();
    TRY_ASSIGN(out.standbys, database.standbys());
    return out;
  });
}

Result<AuditPoint> SqlStore::admin_audit_end() {
  return read([](Connection& database) { return admin_audit_point(database); });
}

}  // namespace cardea::server::sql
