// SPDX-License-Identifier: Apache-2.0
// Pages of lists, and what monitors ask of the whole store.
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {

Result<ComputerPage> SqlStore::computers_page(const UserId& user,
                                              const std::optional<ComputerPosition>& after,
                                              std::size_t limit) {
  std::vector<ComputerPosition> positions;
  TRY(read([&](Connection& database) -> Status {
    positions.clear();
    TRY_ASSIGN(auto row, database.prepare("SELECT created, computer_id FROM enrolments WHERE user_id=?1 AND "
                                          "retired=0 AND (created>?2 OR (created=?2 AND computer_id>?3)) "
                                          "ORDER BY created, computer_id LIMIT ?4"));
    row.blob(user.view()).number(after ? after->created : -1).blob(after ? after->id.view() : ByteView());
    row.number(std::uint64_t{limit});
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return {};
      positions.push_back({row.number_at(0), id_at<ComputerId>(row, 1)});
    }
  }));
  ComputerPage page;
  if (positions.size() == limit) page.next = positions.back();
  for (const ComputerPosition& position : positions) {
    auto computer = get_computer(user, position.id);
    const bool is_gone = !computer.ok() &&
                         (computer.error() == Error::not_found || computer.error() == Error::state_forbidden);
    if (is_gone) continue;  // meanwhile
    if (!computer.ok()) return computer.failure();
    page.computers.push_back(std::move(computer).value());
  }
  return page;
}

Result<AuditEnd> SqlStore::audit_end() {
  return read([](Connection& database) -> Result<AuditEnd> {
    TRY_ASSIGN(auto row, database.prepare("SELECT position, time FROM audit ORDER BY position DESC LIMIT 1"));
    TRY_ASSIGN(const bool found, row.step());
    return found ? AuditEnd{row.u64_at(0), row.number_at(1)} : AuditEnd{};
  });
}

}  // namespace cardea::server::sql
