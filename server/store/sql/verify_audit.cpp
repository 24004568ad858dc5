// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/verify_audit.h"

#include <map>
#include <set>

#include "core/api/audit_event.h"
#include "server/store/audit_chain.h"
#include "server/store/sql/rows.h"

namespace cardea::server::sql {
namespace {

// Rows read at once: an engine may hold all rows of a statement in memory.
constexpr std::int64_t kVerifiedRows = 1000;

std::string at(std::string_view chain, std::uint64_t number, const std::string& why) {
  return "event " + std::to_string(number) + " of " + std::string(chain) + ": " + why;
}

// Whether the chain goes through what was known of it.
std::string compare(const AuditPoint& point, const AuditPoint& known, std::string_view chain) {
  if (point.length != known.length || point.head == known.head) return {};
  return at(chain, point.length, "is another one than was known");
}

class Verification {
 public:
  Verification(Connection& database, std::span<const AuditHeads> known)
      : database_(database), known_(known) {}

  Result<AuditReport> run() {
    TRY(find_purged());
    TRY(follow_events());
    if (report_.bad.empty()) TRY(compare_users());
    if (report_.bad.empty()) TRY(follow_administration());
    for (const AuditHeads& known : known_) {
      if (!report_.bad.empty()) break;
      if (report_.heads.global.length < known.global.length)
        report_.bad = at("the global chain", known.global.length, "was cut off");
      else if (report_.heads.administration.length < known.administration.length)
        report_.bad = at("the administration's chain", known.administration.length, "was cut off");
    }
    return std::move(report_);
  }

 private:
  // Users who are in another region for long: of their events the hashes are left (docs/spec/relocation.md).
  Status find_purged() {
    TRY_ASSIGN(auto row, database_.prepare("SELECT user_id FROM homes WHERE purged=1"));
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return {};
      purged_.insert(id_at<UserId>(row, 0));
    }
  }
  // All events in the order of writing, until one does not follow.
  Status follow_events() {
    for (std::int64_t rows = kVerifiedRows; rows == kVerifiedRows && report_.bad.empty();) {
      TRY_ASSIGN(auto row, database_.prepare("SELECT position, user_id, sequence, time, kind, details, hash, "
                                             "global_hash FROM audit WHERE position>?1 ORDER BY position "
                                             "LIMIT ?2"));
      row.number(report_.heads.global.length).number(kVerifiedRows);
      for (rows = 0; report_.bad.empty(); ++rows) {
        TRY_ASSIGN(const bool found, row.step());
        if (!found) break;
        report_.bad = follow_event(row);
      }
    }
    return {};
  }
  std::string follow_event(const Statement& row) {
    AuditPoint& global = report_.heads.global;
    const UserId user = id_at<UserId>(row, 1);
    AuditPoint& chain = users_[user];
    const std::string name = "user " + user.text();
    const std::uint64_t sequence = row.u64_at(2);
    if (row.u64_at(0) != global.length + 1) return at("the global chain", global.length + 1, "is missing");
    if (sequence != chain.length + 1) return at(name, chain.length + 1, "is missing");
    const std::string kind = row.text_at(4), details = row.text_at(5);
    Digest head = row.array_at<32>(6);
    if (!kind.empty() || !details.empty() || !purged_.contains(user)) {
      const auto json = api::Json::parse(details);
      if (!json.ok() || json->canonical().text() != details) return at(name, sequence, "can't be read");
      head = api::next_audit_head(chain.head,
                                  api::audit_event_text(user, sequence, row.number_at(3), kind, *json));
      if (head != row.array_at<32>(6)) return at(name, sequence, "was changed, or one before it");
    }
    const Digest next = next_global_head(global.head, head);
    if (next != row.array_at<32>(7))
      return at("the global chain", global.length + 1, "was changed, or one before it");
    chain = {sequence, head};
    global = {global.length + 1, next};
    for (const AuditHeads& known : known_) {
      if (std::string bad = compare(global, known.global, "the global chain"); !bad.empty()) return bad;
    }
    return {};
  }

  // The heads that the users' rows have.
  Status compare_users() {
    Bytes last;
    for (std::int64_t rows = kVerifiedRows; rows == kVerifiedRows && report_.bad.empty();) {
      TRY_ASSIGN(auto row, database_.prepare("SELECT user_id, audit_length, audit_head FROM users "
                                             "WHERE user_id>?1 ORDER BY user_id LIMIT ?2"));
      const Bytes after = last;
      row.blob(after).number(kVerifiedRows);
      for (rows = 0; report_.bad.empty(); ++rows) {
        TRY_ASSIGN(const bool found, row.step());
        if (!found) break;
        ++report_.users;
        last = row.blob_at(0);
        const UserId user = id_at<UserId>(row, 0);
        const AuditPoint& chain = users_[user];
        if (chain.length != row.u64_at(1) || chain.head != row.array_at<32>(2))
          report_.bad = at("user " + user.text(), chain.length, "is not the last one that his account knows");
      }
    }
    return {};
  }

  Status follow_administration() {
    AuditPoint& chain = report_.heads.administration;
    for (std::int64_t rows = kVerifiedRows; rows == kVerifiedRows && report_.bad.empty();) {
      TRY_ASSIGN(auto row, database_.prepare("SELECT sequence, time, actor, kind, details, hash FROM "
                                             "admin_audit WHERE sequence>?1 ORDER BY sequence LIMIT ?2"));
      row.number(chain.length).number(kVerifiedRows);
      for (rows = 0; report_.bad.empty(); ++rows) {
        TRY_ASSIGN(const bool found, row.step());
        if (!found) break;
        report_.bad = follow_admin_event(row, chain);
      }
    }
    return {};
  }
  std::string follow_admin_event(const Statement& row, AuditPoint& chain) {
    constexpr std::string_view kName = "the administration's chain";
    const AdminEvent event{row.u64_at(0),  row.number_at(1), row.text_at(2),
                           row.text_at(3), row.text_at(4),   row.array_at<32>(5)};
    if (event.sequence != chain.length + 1) return at(kName, chain.length + 1, "is missing");
    const auto text = admin_event_text(event);
    if (!text.ok()) return at(kName, event.sequence, "can't be read");
    const Digest head = next_admin_head(chain.head, *text);
    if (head != event.hash) return at(kName, event.sequence, "was changed, or one before it");
    chain = {event.sequence, head};
    for (const AuditHeads& known : known_) {
      if (std::string bad = compare(chain, known.administration, kName); !bad.empty()) return bad;
    }
    return {};
  }

  Connection& database_;
  const std::span<const AuditHeads> known_;
  std::map<UserId, AuditPoint> users_;
  std::set<UserId> purged_;
  AuditReport report_;
};

}  // namespace

Result<AuditReport> verify_audit(Connection& database, std::span<const AuditHeads> known) {
  TRY(database.begin_snapshot());
  auto report = Verification(database, known).run();
  const Status ended = database.run("ROLLBACK");  // nothing was written
  if (report.ok() && !ended.ok()) return ended.failure();
  return report;
}

}  // namespace cardea::server::sql
