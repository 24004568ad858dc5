// SPDX-License-Identifier: Apache-2.0
// A store of either engine for the benches, new and empty: SQLite in a directory of its own, PostgreSQL in a
// cluster of the bench's own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/random.h"
#include "server/store/sql/sql_store.h"
#include "tests/support/temp_dir.h"

namespace cardea::bench {

class AnyStore {
 public:
  // `engine` is sqlite or postgresql. Throws when there is no such store.
  AnyStore(const std::string& engine, const std::string& name);
  server::Store& operator*() { return *store_; }
  server::Store* operator->() { return store_.get(); }
  // What a PostgreSQL does by and by for itself when it has grown: statistics for the planner.
  void settle();
  // On disk, with indexes.
  [[nodiscard]] std::uint64_t bytes() const;

 private:
  [[nodiscard]] bool is_sqlite() const { return engine_ == "sqlite"; }
  const std::string engine_;
  const std::string name_;
  test::TempDir directory_;
  SystemRandom random_;
  std::unique_ptr<server::sql::SqlStore> store_;
};

}  // namespace cardea::bench
