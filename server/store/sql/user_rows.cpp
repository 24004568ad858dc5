// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/user_rows.h"

#include <algorithm>
#include <memory>

#include "core/api/account_statement.h"
#include "server/store/sql/rows.h"
#include "server/store/sql/tables.h"

namespace cardea::server::sql {
namespace {

// How the rows of a table that arrive are written.
enum class Arrival { replaced, user, shared, larger, audit, number };

struct MovedTable {
  const char* name;
  Arrival arrival = Arrival::replaced;
  const char* where = "user_id=?1";
  std::string_view local = {};  // columns that mean something only in their own store
};

// What others refer to comes first.
constexpr MovedTable kMoved[] = {
    // The number of an OPRF seed is the source's; the keys that it gave travel.
    {"users", Arrival::user, "user_id=?1", "oprf_seed"},
    {"cards"},
    {"computers", Arrival::shared, "computer_id IN (SELECT computer_id FROM enrolments WHERE user_id=?1)"},
    {"enrolments"},
    {"generations"},
    // An officer has his card in whatever region he works; whether he may is asked there.
    {"officer_seals"},
    {"holders"},
    {"epoch_seals"},
    {"records"},
    {"audit", Arrival::audit, "user_id=?1", "position global_hash"},
    {"guesses", Arrival::larger, "subject=(SELECT 'account:' || account_key FROM users WHERE user_id=?1)"},
    {"unix_ids", Arrival::number, "owner=?1"},
};

// A session ends with the move, and what this region's officers have asked for; the others are about this
// region.
const std::vector<std::string> kStay = {"sessions",  "officer_requests", "homes",
                                        "work_days", "oprf_keys",        "outbox"};

bool is_local(const MovedTable& table, const std::string& column) {
  return (" " + std::string(table.local) + " ").find(" " + column + " ") != std::string::npos;
}

// The statements of one table. Connections cache them under their address: they live as long as the program.
struct Texts {
  explicit Texts(const MovedTable& moved_table) : moved(moved_table) {
    const auto& all = tables();
    table = &*std::find_if(all.begin(), all.end(), [&](const Table& t) { return t.name == moved.name; });
    std::string names, parameters, updates, keys;
    for (const Column& column : table->columns) {
      if (is_local(moved, column.name)) continue;
      columns.push_back(&column);
      names += (names.empty() ? "" : ", ") + column.name;
      parameters += (parameters.empty() ? "?" : ", ?") + std::to_string(columns.size());
      updates += (updates.empty() ? "" : ", ") + column.name + "=excluded." + column.name;
    }
    for (std::size_t i = 0; i < table->keys; ++i)
      keys += (i == 0 ? "" : ", ") + table->columns[i].name;
    const std::string from = std::string(" FROM ") + moved.name + " WHERE " + moved.where;
    select = "SELECT " + names + from + " ORDER BY " + keys;
    clear = "DELETE" + from;
    insert = std::string("INSERT INTO ") + moved.name + "(" + names + ") VALUES(" + parameters + ")";
    if (moved.arrival == Arrival::user) insert += " ON CONFLICT(" + keys + ") DO UPDATE SET " + updates;
    if (moved.arrival == Arrival::shared) insert += " ON CONFLICT(" + keys + ") DO NOTHING";
    // Somebody may have guessed here at a name that was not known yet.
    if (moved.arrival == Arrival::larger)
      insert += " ON CONFLICT(" + keys + ") DO UPDATE SET " + updates + " WHERE guesses.count<excluded.count";
  }
  const MovedTable& moved;
  const Table* table;
  std::vector<const Column*> columns;
  std::string select, clear, insert;
};

const std::vector<std::unique_ptr<Texts>>& texts() {
  static const auto all = [] {
    std::vector<std::unique_ptr<Texts>> out;
    for (const MovedTable& moved : kMoved)
      out.push_back(std::make_unique<Texts>(moved));
    return out;
  }();
  return all;
}

CellKind kind_of(ColumnType type) {
  switch (type) {
    case ColumnType::text:
      return CellKind::text;
    case ColumnType::number:
      return CellKind::number;
    case ColumnType::blob:
      break;
  }
  return CellKind::bytes;
}

std::vector<UserColumn> columns_of(const Texts& text) {
  std::vector<UserColumn> out;
  for (const Column* column : text.columns)
    out.push_back({kind_of(column->type), column->name});
  return out;
}

Cell cell_at(const Statement& row, CellKind kind, std::size_t index) {
  const int at = static_cast<int>(index);
  Cell cell;
  cell.null = row.null_at(at);
  if (cell.null) return cell;
  if (kind == CellKind::number) {
    cell.number = row.number_at(at);
  } else {
    cell.bytes = row.blob_at(at);
  }
  return cell;
}

void bind(Statement& statement, CellKind kind, const Cell& cell) {
  if (cell.null) {
    statement.null();
  } else if (kind == CellKind::number) {
    statement.number(cell.number);
  } else if (kind == CellKind::text) {
    statement.text(as_text(cell.bytes));
  } else {
    statement.blob(cell.bytes);
  }
}

Status run_for(Connection& database, const char* sql, ByteView user) {
  TRY_ASSIGN(auto statement, database.prepare(sql));
  return statement.blob(user).run();
}

const Cell* cell_of(const UserTable& table, const std::vector<Cell>& row, std::string_view column) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == column) return &row[i];
  }
  return nullptr;
}

// The tables of the bundle in our order, each with exactly our columns: a server that has others must be of
// another version.
Result<std::vector<const UserTable*>> in_our_order(const UserRows& rows) {
  std::vector<const UserTable*> out;
  for (const auto& text : texts()) {
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const UserTable& t) { return t.name == text->moved.name; });
    if (found == rows.end() || found->columns != columns_of(*text))
      return fail(Error::unknown_format,
                  std::string("the other region has another table ") + text->moved.name);
    out.push_back(&*found);
  }
  if (rows.size() != out.size()) return fail(Error::unknown_format, "a table that this region does not have");
  return out;
}

// What was here of him; the row of users and the chain are written over.
Status clear(Connection& database, const UserId& user) {
  TRY(run_for(database, "DELETE FROM sessions WHERE user_id=?1", user.view()));
  for (auto text = texts().rbegin(); text != texts().rend(); ++text) {
    if ((*text)->moved.arrival == Arrival::replaced)
      TRY(run_for(database, (*text)->clear.c_str(), user.view()));
  }
  return {};
}

// His number stays his. It must not be one that this region will give to somebody.
Status take_number(Connection& database, const UserId& user, std::int64_t id) {
  {
    TRY_ASSIGN(auto known, database.prepare("SELECT id FROM unix_ids WHERE owner=?1"));
    TRY_ASSIGN(const bool found, known.blob(user.view()).step());
    if (found)
      return known.number_at(0) == id ? Status()
                                      : fail(Error::already_exists, "the user has another uid here");
  }
  TRY_ASSIGN(const std::int64_t first,
             database.number("SELECT coalesce((SELECT first FROM unix_id_range), 0)"));
  TRY_ASSIGN(const std::int64_t last,
             database.number("SELECT coalesce((SELECT last FROM unix_id_range), 0)"));
  if (id < std::int64_t{api::kFirstUnixId} || id > std::int64_t{api::kLastUnixId} ||
      (id >= first && id <= last))
    return fail(Error::already_exists, "the user's uid is not from another region's range");
  TRY_ASSIGN(const std::int64_t counter, database.last_unix_id());
  TRY_ASSIGN(auto insert, database.prepare("INSERT INTO unix_ids(id, owner) VALUES(?1, ?2)"));
  TRY(insert.number(id).blob(user.view()).run());
  return database.set_last_unix_id(counter);
}

// The chain that is here is the beginning of the one that comes; what the purge emptied is filled again.
Status add_event(Connection& database, const UserId& user, const AuditEvent& event) {
  {
    TRY_ASSIGN(auto known, database.prepare("SELECT hash FROM audit WHERE user_id=?1 AND sequence=?2"));
    TRY_ASSIGN(const bool found, known.blob(user.view()).number(event.sequence).step());
    if (found && known.array_at<32>(0) != event.hash)
      return fail(Error::corrupted, "the user's events differ from those that are here");
    if (!found) return insert_audit(database, user, event);
  }
  TRY_ASSIGN(auto fill, database.prepare("UPDATE audit SET time=?3, kind=?4, details=?5 WHERE user_id=?1 AND "
                                         "sequence=?2 AND kind=''"));
  fill.blob(user.view()).number(event.sequence).number(event.time);
  return fill.text(event.kind).text(event.details).run();
}

Status add_event(Connection& database, const UserId& user, const UserTable& table,
                 const std::vector<Cell>& row) {
  AuditEvent event;
  event.sequence = static_cast<std::uint64_t>(cell_of(table, row, "sequence")->number);
  event.time = cell_of(table, row, "time")->number;
  event.kind = as_text(cell_of(table, row, "kind")->bytes);
  event.details = as_text(cell_of(table, row, "details")->bytes);
  const Bytes& hash = cell_of(table, row, "hash")->bytes;
  if (hash.size() != event.hash.size()) return fail(Error::corrupted, "an event without its hash");
  std::copy(hash.begin(), hash.end(), event.hash.begin());
  return add_event(database, user, event);
}

Status insert_row(Connection& database, const Texts& text, const UserTable& table,
                  const std::vector<Cell>& row) {
  TRY_ASSIGN(auto insert, database.prepare(text.insert.c_str()));
  for (std::size_t i = 0; i < row.size(); ++i)
    bind(insert, table.columns[i].kind, row[i]);
  const Status status = insert.run();
  if (status.ok() || status.error() != Error::already_exists) return status;
  if (text.moved.arrival == Arrival::user)
    return fail(Error::account_exists, "this account's name is somebody else's here");
  return fail(Error::already_exists,
              std::string("something of this user is here already: ") + text.moved.name);
}

Status write_row(Connection& database, const UserId& user, const Texts& text, const UserTable& table,
                 const std::vector<Cell>& row) {
  switch (text.moved.arrival) {
    case Arrival::audit:
      return add_event(database, user, table, row);
    case Arrival::number:
      return take_number(database, user, cell_of(table, row, "id")->number);
    case Arrival::replaced:
    case Arrival::user:
    case Arrival::shared:
    case Arrival::larger:
      break;
  }
  return insert_row(database, text, table, row);
}

Result<std::vector<Bytes>> computers_of(Connection& database, const UserId& user) {
  TRY_ASSIGN(auto row, database.prepare("SELECT computer_id FROM enrolments WHERE user_id=?1"));
  row.blob(user.view());
  std::vector<Bytes> out;
  for (;;) {
    TRY_ASSIGN(const bool found, row.step());
    if (!found) return out;
    out.push_back(row.blob_at(0));
  }
}

// Those that are nobody's computer any more.
Status forget_computers(Connection& database, const std::vector<Bytes>& computers) {
  for (const Bytes& computer : computers)
    TRY(run_for(database,
                "DELETE FROM computers WHERE computer_id=?1 AND NOT EXISTS(SELECT 1 FROM enrolments WHERE "
                "enrolments.computer_id=computers.computer_id)",
                computer));
  return {};
}

}  // namespace

const std::vector<std::string>& tables_that_move() {
  static const auto names = [] {
    std::vector<std::string> out;
    for (const MovedTable& moved : kMoved)
      out.emplace_back(moved.name);
    return out;
  }();
  return names;
}

const std::vector<std::string>& tables_that_stay() { return kStay; }

Result<UserRows> read_user_rows(Connection& database, const UserId& user) {
  UserRows out;
  for (const auto& text : texts()) {
    UserTable& table = out.emplace_back(UserTable{text->moved.name, columns_of(*text), {}});
    TRY_ASSIGN(auto row, database.prepare(text->select.c_str()));
    row.blob(user.view());
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) break;
      auto& cells = table.rows.emplace_back();
      for (std::size_t i = 0; i < table.columns.size(); ++i)
        cells.push_back(cell_at(row, table.columns[i].kind, i));
    }
  }
  if (out.front().rows.size() != 1) return fail(Error::not_found, "no such user");
  return out;
}

Status write_user_rows(Connection& database, const UserId& user, const UserRows& rows) {
  TRY_ASSIGN(const auto ordered, in_our_order(rows));
  TRY(clear(database, user));
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (const auto& row : ordered[i]->rows) {
      if (row.size() != ordered[i]->columns.size()) return fail(Error::corrupted, "a row that is too short");
      TRY(write_row(database, user, *texts()[i], *ordered[i], row));
    }
  }
  return {};
}

Status erase_user_rows(Connection& database, const UserId& user) {
  TRY_ASSIGN(const auto computers, computers_of(database, user));
  TRY(clear(database, user));
  TRY(forget_computers(database, computers));
  for (const auto& text : texts()) {  // they would count for whoever takes the name
    if (text->moved.arrival == Arrival::larger) TRY(run_for(database, text->clear.c_str(), user.view()));
  }
  for (const char* sql : {"DELETE FROM work_days WHERE user_id=?1", "DELETE FROM oprf_keys WHERE user_id=?1",
                          "UPDATE audit SET kind='', details='' WHERE user_id=?1"})
    TRY(run_for(database, sql, user.view()));
  TRY_ASSIGN(
      auto stub,
      database.prepare("UPDATE users SET account=?2, account_key=?2, opaque_a=?3, opaque_b=?3, "
                       "question_seal=?3, recovery_seal=?3, recovery_public=?3, profile=?3, sheet_check=?3 "
                       "WHERE user_id=?1"));
  // The name is free again; no account's name begins so.
  const std::string name = "#" + user.text();
  return stub.blob(user.view()).text(name).blob({}).run();
}

}  // namespace cardea::server::sql
