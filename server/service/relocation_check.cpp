// SPDX-License-Identifier: Apache-2.0
// What the rows of a bundle must be, whichever region signed it.
#include "core/api/audit_event.h"
#include "core/base/text.h"
#include "server/service/guess_budget.h"
#include "server/service/registration.h"
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
  const std::string account = in.text(row, "account");
  const std::string key = in.text(row, "account_key");
  TRY(in.complete());
  if (!fits) return broken("the user's row has another chain");
  // Under a key of its own a name would be found by another word, or would take one that it does not show.
  const bool named = is_account_name(account) && account_subject(account) == account_subject("") + key;
  return named ? Status() : broken("not an account's name");
}

// A count that is not his would close somebody else's account.
Status check_guesses(const UserTable& table, const UserTable& users) {
  Reader in(table), user(users);
  const std::string subject = account_subject(user.text(users.rows.front(), "account"));
  for (const Row& row : table.rows) {
    if (in.text(row, "subject") != subject) return broken("guesses at somebody else's account");
  }
  return in.complete();
}

Status check_chain(const Bundle& bundle, const UserTable& table) {
  Reader in(table);
  AuditPoint point;
  for (const Row& row : table.rows) {
    ++point.length;
    // Another spelling has the same hash, and would be damage to whoever verifies the chains of this store.
    const std::string text = in.text(row, "details");
    const auto details = api::Json::parse(text);
    if (!details.ok() || details->canonical().text() != text ||
        in.number(row, "sequence") != static_cast<std::int64_t>(point.length))
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

// A card is his only if its key says so: a card id can be here once, and an officer's or a stranger's,
// brought along as revoked, would lock its owner out.
Status check_cards(const UserTable& table, const UserTable& users, const UserId& user) {
  TRY(check_ids(table, "card_id", "auth_spki"));
  Reader in(table), owner(users);
  const Bytes recovery_public = owner.bytes(users.rows.front(), "recovery_public");
  TRY(owner.complete());
  for (const Row& row : table.rows) {
    Card card;
    card.auth_spki = in.bytes(row, "auth_spki");
    card.wrap_spki = in.bytes(row, "wrap_spki");
    card.proof = in.bytes(row, "proof");
    if (!check_new_card(card, user, recovery_public).ok()) return broken("a card that is not the user's");
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
  const UserTable* guesses = table_of(bundle.rows, "guesses");
  if (users == nullptr || events == nullptr || cards == nullptr || computers == nullptr || guesses == nullptr)
    return fail(Error::unknown_format, "bundle: a table is missing");
  TRY(check_user(bundle, *users));
  TRY(check_chain(bundle, *events));
  TRY(check_guesses(*guesses, *users));
  TRY(check_cards(*cards, *users, bundle.user));
  return check_ids(*computers, "computer_id", "device_spki");
}

}  // namespace cardea::server
