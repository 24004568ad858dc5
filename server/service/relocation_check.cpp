// SPDX-License-Identifier: Apache-2.0
// What the rows of a bundle must be, whichever region signed it.
#include "core/api/audit_event.h"
#include "server/service/relocation_bundle.h"

namespace cardea::server {
namespace {

using Row = std::vector<Cell>;

Failure broken(const std::string& what) { return fail(Error::corrupted, "bundle: " + what); }

const UserTable* table_of(const UserRows& rows, std::string_view name) {
  for (const UserTable& table : rows) {
    if (table.name == name) return &table;
  }
  return nullptr;
}

// The columns a check needs, by name; a table without one of them is another version's.
class Reader {
 public:
  explicit Reader(const UserTable& table) : table_(table) {}
  [[nodiscard]] const Cell& cell(const Row& row, std::string_view name, CellKind kind) {
    static const Cell kNone;
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      if (table_.columns[i].name == name && table_.columns[i].kind == kind) return row[i];
    }
    missing_ = true;
    return kNone;
  }
  [[nodiscard]] const Bytes& bytes(const Row& row, std::string_view name) {
    return cell(row, name, CellKind::bytes).bytes;
  }
  [[nodiscard]] std::string text(const Row& row, std::string_view name) {
    return std::string(as_text(cell(row, name, CellKind::text).bytes));
  }
  [[nodiscard]] std::int64_t number(const Row& row, std::string_view name) {
    return cell(row, name, CellKind::number).number;
  }
  [[nodiscard]] Status complete() const {
    if (!missing_) return {};
    return fail(Error::unknown_format, "bundle: the table " + table_.name + " has other columns");
  }

 private:
  const UserTable& table_;
  bool missing_ = false;
};

bool same(const Bytes& bytes, ByteView other) {
  return bytes.size() == other.size() && std::equal(bytes.begin(), bytes.end(), other.begin());
}

// No row of somebody else.
Status check_owner(const UserTable& table, const UserId& user) {
  for (const char* name : {"user_id", "owner"}) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].name != name) continue;
      for (const Row& row : table.rows) {
        if (!same(row[i].bytes, user.view())) return broken("a row of another user in " + table.name);
      }
    }
  }
  return {};
}

Status check_user(const Bundle& bundle, const UserTable& table) {
  if (table.rows.size() != 1) return broken("not one user");
  Reader in(table);
  const Row& row = table.rows.front();
  const bool fits = in.number(row, "audit_length") == static_cast<std::int64_t>(bundle.audit.length) &&
                    same(in.bytes(row, "audit_head"), bundle.audit.head);
  TRY(in.complete());
  return fits ? Status() : broken("the user's row has another chain");
}

Status check_chain(const Bundle& bundle, const UserTable& table) {
  Reader in(table);
  AuditPoint point;
  for (const Row& row : table.rows) {
    ++point.length;
    const auto details = api::Json::parse(in.text(row, "details"));
    if (!details.ok() || in.number(row, "sequence") != static_cast<std::int64_t>(point.length))
      return broken("an event");
    const std::string event = api::audit_event_text(bundle.user, point.length, in.number(row, "time"),
                                                    in.text(row, "kind"), *details);
    point.head = api::next_audit_head(point.head, event);
    if (!same(in.bytes(row, "hash"), point.head)) return broken("an event does not fit its chain");
  }
  TRY(in.complete());
  if (point.length != bundle.audit.length || point.head != bundle.audit.head)
    return broken("the chain ends elsewhere");
  return {};
}

// An id that is not the hash of its key would let somebody else's key sign for it.
Status check_ids(const UserTable& table, std::string_view id, std::string_view key) {
  Reader in(table);
  for (const Row& row : table.rows) {
    const Digest digest = crypto::sha256({in.bytes(row, key)});
    if (!same(in.bytes(row, id), digest)) return broken("a key that does not fit its id in " + table.name);
  }
  return in.complete();
}

}  // namespace

Status check_rows(const Bundle& bundle) {
  for (const UserTable& table : bundle.rows) {
    for (const Row& row : table.rows) {
      if (row.size() != table.columns.size()) return broken("a row that is too short");
    }
    TRY(check_owner(table, bundle.user));
  }
  const UserTable* users = table_of(bundle.rows, "users");
  const UserTable* events = table_of(bundle.rows, "audit");
  const UserTable* cards = table_of(bundle.rows, "cards");
  const UserTable* computers = table_of(bundle.rows, "computers");
  if (users == nullptr || events == nullptr || cards == nullptr || computers == nullptr)
    return fail(Error::unknown_format, "bundle: a table is missing");
  TRY(check_user(bundle, *users));
  TRY(check_chain(bundle, *events));
  TRY(check_ids(*cards, "card_id", "auth_spki"));
  return check_ids(*computers, "computer_id", "device_spki");
}

}  // namespace cardea::server
