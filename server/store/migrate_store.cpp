// SPDX-License-Identifier: Apache-2.0
#include "server/store/migrate_store.h"

namespace cardea::server {

Result<std::vector<sql::CopiedTable>> migrate_store(const StoreConfig& from, const StoreConfig& to,
                                                    Random& random) {
  TRY(check_store(from));
  TRY_ASSIGN(const OpenDatabase source, open_database(from, random));
  TRY_ASSIGN(const OpenDatabase target, open_database(to, random));
  return sql::copy_store(*source.connection, *target.connection);
}

}  // namespace cardea::server
