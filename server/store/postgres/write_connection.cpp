// SPDX-License-Identifier: Apache-2.0
#include "server/store/postgres/write_connection.h"

#include <thread>

namespace cardea::server::postgres {
namespace {

using Verdict = sql::Recovery::Verdict;

// Between two tries to reach the database.
constexpr std::chrono::milliseconds kPause{100};
// A transaction during which the database goes away again and again is perhaps the cause.
constexpr int kMaxAttempts = 4;

}  // namespace

Result<std::unique_ptr<WriteConnection>> WriteConnection::open(const Settings& settings, Random& random) {
  TRY(load_libpq());
  std::unique_ptr<WriteConnection> connection(new WriteConnection(settings, to_hex(random.array<16>())));
  TRY(connection->connect());
  return connection;
}

Status WriteConnection::begin() {
  commit_sent_ = false;
  return query("BEGIN; LOCK TABLE one_writer IN EXCLUSIVE MODE");
}

// Without a time limit for COMMIT: while it waits for the synchronous standby, the limit would end the wait
// and not the transaction, and the answer would be yes.
Status WriteConnection::commit() {
  commit_sent_ = true;
  const std::string number = std::to_string(++number_);
  return query("SET LOCAL statement_timeout=0; INSERT INTO writers(writer, number, seen) VALUES('" + name_ +
               "', " + number + ", now()) ON CONFLICT(writer) DO UPDATE SET number=excluded.number, " +
               "seen=excluded.seen; COMMIT");
}

Result<bool> WriteConnection::was_committed() {
  TRY(query("BEGIN; LOCK TABLE one_writer IN EXCLUSIVE MODE"));
  std::uint64_t found = 0;
  {
    TRY_ASSIGN(auto row, prepare("SELECT number FROM writers WHERE writer=?1"));
    TRY_ASSIGN(const bool any, row.text(name_).step());
    if (any) found = row.u64_at(0);
  }
  TRY(query("ROLLBACK"));
  return found == number_;
}

sql::Recovery WriteConnection::recover(const Failure& failure, const sql::Attempt& attempt) {
  if (aftermath() == Aftermath::statement) return {Verdict::failed, failure};
  const Verdict again = attempt.number < kMaxAttempts ? Verdict::run_again : Verdict::failed;
  if (aftermath() == Aftermath::transaction) {
    set_aftermath(Aftermath::statement);
    if (in_transaction()) (void)query("ROLLBACK");
    // A deadlock or a serialization failure is told before anything was committed.
    if (usable()) return {again, failure};
  }
  Failure last = failure;
  const auto end = attempt.first_began + settings_.recover;
  for (;;) {
    Status connected = connect();
    if (connected.ok() && !commit_sent_) return {again, last};
    if (connected.ok()) {
      const Result<bool> committed = was_committed();
      if (committed.ok() && *committed) return {Verdict::committed, {}};
      if (committed.ok()) return {again, last};
      connected = committed.failure();
    }
    last = connected.failure();
    if (std::chrono::steady_clock::now() + kPause >= end) break;
    std::this_thread::sleep_for(kPause);
  }
  if (commit_sent_) {
    last.detail =
        "whether the last changes were made is not known: the database went away in their commit (" +
        last.detail + ")";
  }
  last.error = Error::io_failed;
  return {Verdict::failed, last};
}

}  // namespace cardea::server::postgres
