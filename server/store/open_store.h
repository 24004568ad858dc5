// SPDX-License-Identifier: Apache-2.0
// The store that server.conf names, whatever its engine. Called by server/program and server/main.
#pragma once

#include <memory>
#include <string>

#include "core/base/random.h"
#include "server/store/postgres/settings.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server {

// Section [store]; one of the first two is set.
struct StoreConfig {
  std::string sqlite_path;
  std::string postgres_url;
  std::string password_file;  // empty: none
  std::size_t connections = 16;
};

// Makes what does not exist yet. Refuses what it does not know, with the reason.
Result<std::unique_ptr<sql::SqlStore>> open_store(const StoreConfig& config, Random& random);
// Whether a server could run on it; changes nothing.
Status check_store(const StoreConfig& config);
// One connection to it that can change things, and nothing else; what open_store() does first.
struct OpenDatabase {
  std::unique_ptr<postgres::Settings> settings;  // the connection refers to it
  std::unique_ptr<sql::Connection> connection;
};
Result<OpenDatabase> open_database(const StoreConfig& config, Random& random);

}  // namespace cardea::server
