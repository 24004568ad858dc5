// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/connection.h"

namespace cardea::server::sql {

Status Connection::run(const char* sql) {
  TRY_ASSIGN(auto statement, prepare(sql));
  return statement.run();
}

Result<std::int64_t> Connection::number(const char* sql) {
  TRY_ASSIGN(auto statement, prepare(sql));
  TRY_ASSIGN(const bool row, statement.step());
  if (!row) return fail(Error::corrupted, "database: no row");
  return statement.number_at(0);
}

Result<std::string> Connection::text(const char* sql) {
  TRY_ASSIGN(auto statement, prepare(sql));
  TRY_ASSIGN(const bool row, statement.step());
  if (!row) return fail(Error::corrupted, "database: no row");
  return statement.text_at(0);
}

}  // namespace cardea::server::sql
