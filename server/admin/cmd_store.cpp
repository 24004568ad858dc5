// SPDX-License-Identifier: Apache-2.0
// `cardea admin migrate-store`: from SQLite to PostgreSQL or back.
#include "server/admin/desk.h"
#include "server/admin/outcome.h"
#include "server/admin/runners.h"
#include "server/store/migrate_store.h"

namespace cardea::server::admin {

Result<Answer> migrate_store(Desk& desk) {
  TRY_ASSIGN(const ServerConfig target, read_server_config(desk.line().value("--to")));
  TRY_ASSIGN(const auto copied, server::migrate_store(desk.config().store, target.store, desk.random()));
  std::vector<std::vector<std::string>> rows;
  api::Json::Object tables;
  for (const auto& table : copied) {
    rows.push_back({table.name, std::to_string(table.rows)});
    tables.emplace_back(table.name, table.rows);
  }
  return Answer{in_columns(rows) + "all rows were copied and are the same\n", {{"rows", std::move(tables)}}};
}

}  // namespace cardea::server::admin
