// SPDX-License-Identifier: Apache-2.0
// One connection to PostgreSQL with its prepared statements, for the stores' commands. Nothing here waits
// longer than the settings say. A connection that broke stays broken: its owner drops it, or write_connection
// makes it anew.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/store/postgres/hosts.h"
#include "server/store/postgres/libpq.h"
#include "server/store/postgres/settings.h"
#include "server/store/postgres/sqlstate.h"
#include "server/store/sql/connection.h"

namespace cardea::server::postgres {

class Connection : public sql::Connection {
 public:
  // io_failed when no server of the URL can be reached that takes changes; config_invalid for a URL with a
  // password or one that libpq does not understand. `settings` must outlive the connection.
  static Result<std::unique_ptr<Connection>> open(const Settings& settings);

  Result<sql::Statement> prepare(const char* sql) override;
  Status execute(const char* sql) override { return query(sql); }
  Status begin() override { return query("BEGIN"); }
  Status commit() override { return query("COMMIT"); }
  // The first statement takes the snapshot.
  Status begin_snapshot() override { return query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
  [[nodiscard]] bool in_transaction() const noexcept override;
  [[nodiscard]] bool usable() const noexcept override { return aftermath_ != Aftermath::connection; }
  Result<std::int64_t> take_unix_id() override;
  Result<std::int64_t> last_unix_id() override;
  Status set_last_unix_id(std::int64_t id) override;

 protected:
  explicit Connection(const Settings& settings) noexcept : settings_(settings) {}
  // Makes the connection, or makes it anew, without its statements: to the host that took changes last, or
  // to the next one that does.
  Status connect();
  // Statements without parameters; what they return is dropped. The last one must succeed.
  Status query(const std::string& text);
  [[nodiscard]] Aftermath aftermath() const noexcept { return aftermath_; }
  void set_aftermath(Aftermath aftermath) noexcept { aftermath_ = aftermath; }
  const Settings& settings_;

 private:
  friend class Prepared;
  Status connect_to(const Host& host);
  // Settings of the session, and the timeline.
  Status begin_session();
  // The last result of what was sent; the failure of the first that failed.
  Result<ResultHandle> receive();
  // Waits until libpq can go on; io_failed when the connection broke, timeout after the deadline.
  Status wait(std::chrono::steady_clock::time_point deadline);
  Failure failure_of(const PGresult* result);
  Failure broken(const std::string& why);
  // io_failed for a primary that others have replaced: the connection is dropped like one that broke.
  Status check_timeline();

  static constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::max();
  std::int64_t timeline_ = kUnknown;
  ConnectionHandle handle_;
  Aftermath aftermath_ = Aftermath::statement;
  // After handle_: statements end before their connection.
  std::unordered_map<const char*, std::unique_ptr<sql::Prepared>> statements_;
};

}  // namespace cardea::server::postgres
