// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/copy_store.h"

#include <functional>
#include <memory>

#include "server/store/sql/tables.h"

namespace cardea::server::sql {
namespace {

// Rows read at once: an engine may hold all rows of a statement in memory.
constexpr int kCopiedRows = 500;

std::string joined(const Table& table, std::size_t count, const std::function<std::string(std::size_t)>& text,
                   const char* separator) {
  std::string out;
  for (std::size_t i = 0; i < count && i < table.columns.size(); ++i)
    out += (i == 0 ? "" : separator) + text(i);
  return out;
}

// The statements for one table. Connections cache them under their address, so they live as long as the copy.
struct Statements {
  explicit Statements(const Table& table) {
    const auto name = [&](std::size_t i) { return table.columns[i].name; };
    const auto parameter = [](std::size_t i) { return "?" + std::to_string(i + 1); };
    const std::string columns = joined(table, table.columns.size(), name, ", ");
    const std::string keys = joined(table, table.keys, name, ", ");
    const std::string select = "SELECT " + columns + " FROM " + table.name;
    const std::string page = " ORDER BY " + keys + " LIMIT " + std::to_string(kCopiedRows);
    first = select + page;
    next = select + " WHERE (" + keys + ") > (" + joined(table, table.keys, parameter, ", ") + ")" + page;
    one = select + " WHERE " +
          joined(
              table, table.keys, [&](std::size_t i) { return name(i) + "=" + parameter(i); }, " AND ");
    insert = "INSERT INTO " + table.name + "(" + columns + ") VALUES(" +
             joined(table, table.columns.size(), parameter, ", ") + ")";
    count = "SELECT count(*) FROM " + table.name;
  }
  std::string first, next, one, insert, count;
};

// A value apart from its statement.
struct Value {
  bool null = false;
  std::int64_t number = 0;
  Bytes bytes;
  friend bool operator==(const Value&, const Value&) = default;
};

Value value_at(const Statement& row, const Column& column, std::size_t index) {
  const int at = static_cast<int>(index);
  Value value;
  value.null = row.null_at(at);
  if (value.null) return value;
  if (column.type == ColumnType::number) {
    value.number = row.number_at(at);
  } else {
    value.bytes = row.blob_at(at);
  }
  return value;
}

using Row = std::vector<Value>;

void bind(Statement& statement, const Column& column, const Value& value) {
  if (value.null) {
    statement.null();
  } else if (column.type == ColumnType::number) {
    statement.number(value.number);
  } else if (column.type == ColumnType::text) {
    statement.text(as_text(value.bytes));
  } else {
    statement.blob(value.bytes);
  }
}

class TableCopy {
 public:
  TableCopy(const Table& table, Connection& from, Connection& to)
      : table_(table), statements_(table), from_(from), to_(to) {}

  Status must_be_empty() {
    TRY_ASSIGN(const std::int64_t rows, to_.number(statements_.count.c_str()));
    if (rows == 0) return {};
    return fail(Error::already_exists, "the new store is not empty: it has " + table_.name);
  }
  Status copy() {
    return for_each([this](const Row& row) -> Status {
      TRY_ASSIGN(auto insert, to_.prepare(statements_.insert.c_str()));
      for (std::size_t i = 0; i < row.size(); ++i)
        bind(insert, table_.columns[i], row[i]);
      return insert.run();
    });
  }
  Result<std::uint64_t> compare() {
    std::uint64_t rows = 0;
    TRY(for_each([&](const Row& row) -> Status {
      ++rows;
      TRY_ASSIGN(auto copied, to_.prepare(statements_.one.c_str()));
      for (std::size_t i = 0; i < table_.keys; ++i)
        bind(copied, table_.columns[i], row[i]);
      TRY_ASSIGN(const bool found, copied.step());
      return found && read(copied) == row ? Status() : Status(differs());
    }));
    TRY_ASSIGN(const std::int64_t copies, to_.number(statements_.count.c_str()));
    if (static_cast<std::uint64_t>(copies) != rows) return differs();
    return rows;
  }

 private:
  [[nodiscard]] Failure differs() const {
    return fail(Error::corrupted, "the copy of " + table_.name + " differs; nothing was kept");
  }
  [[nodiscard]] Row read(const Statement& statement) const {
    Row row;
    for (std::size_t i = 0; i < table_.columns.size(); ++i)
      row.push_back(value_at(statement, table_.columns[i], i));
    return row;
  }
  Result<std::vector<Row>> page_after(const Row* last) {
    TRY_ASSIGN(auto statement,
               from_.prepare(last == nullptr ? statements_.first.c_str() : statements_.next.c_str()));
    for (std::size_t i = 0; last != nullptr && i < table_.keys; ++i)
      bind(statement, table_.columns[i], (*last)[i]);
    std::vector<Row> rows;
    for (;;) {
      TRY_ASSIGN(const bool found, statement.step());
      if (!found) return rows;
      rows.push_back(read(statement));
    }
  }
  Status for_each(const std::function<Status(const Row&)>& body) {
    Row last;
    for (;;) {
      TRY_ASSIGN(auto rows, page_after(last.empty() ? nullptr : &last));
      for (const Row& row : rows)
        TRY(body(row));
      if (rows.size() < kCopiedRows) return {};
      last = std::move(rows.back());
    }
  }

  const Table& table_;
  const Statements statements_;
  Connection& from_;
  Connection& to_;
};

Result<std::vector<CopiedTable>> copy_all(Connection& from, Connection& to) {
  // All of them stay until the end: a connection knows its statements by address.
  std::vector<std::unique_ptr<TableCopy>> copies;
  for (const Table& table : tables()) {
    copies.push_back(std::make_unique<TableCopy>(table, from, to));
    TRY(copies.back()->must_be_empty());
  }
  for (const auto& copy : copies)
    TRY(copy->copy());
  TRY_ASSIGN(const std::int64_t last_id, from.last_unix_id());
  TRY(to.set_last_unix_id(last_id));
  std::vector<CopiedTable> copied;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    TRY_ASSIGN(const std::uint64_t rows, copies[i]->compare());
    copied.push_back({tables()[i].name, rows});
  }
  return copied;
}

}  // namespace

Result<std::vector<CopiedTable>> copy_store(Connection& from, Connection& to, Source source) {
  TRY(source == Source::locked ? from.begin() : from.begin_snapshot());
  TRY(to.begin());
  auto copied = copy_all(from, to);
  const Status ended = copied.ok() ? to.commit() : to.run("ROLLBACK");
  (void)from.run("ROLLBACK");
  if (copied.ok() && !ended.ok()) return ended.failure();
  return copied;
}

}  // namespace cardea::server::sql
