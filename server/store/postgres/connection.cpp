// SPDX-License-Identifier: Apache-2.0
#include "server/store/postgres/connection.h"

#include <array>

#include <poll.h>

#include "server/store/postgres/prepared.h"

namespace cardea::server::postgres {
namespace {

// How much longer than the server we wait before we call a connection dead: by then its own timeout has come.
constexpr std::chrono::milliseconds kGrace{2'000};

void drop_notice(void*, const PGresult*) {}

// What the URL may say otherwise. A server that went away is noticed within ten seconds on an idle line too.
constexpr std::array<std::pair<const char*, const char*>, 6> kDefaults = {{
    {"connect_timeout", "3"},
    {"target_session_attrs", "read-write"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "10000"},
}};

// For every session of ours. What is answered must be on disk, and on the standby when there is a synchronous
// one: a stricter setting of the server stays.
constexpr char kSession[] =
    "SET search_path=cardea; SET client_min_messages=error; SET jit=off; SET standard_conforming_strings=on;"
    "SET default_transaction_isolation='read committed';"
    // What the database does about a server of ours that is gone without a word.
    "SET tcp_keepalives_idle=5; SET tcp_keepalives_interval=2; SET tcp_keepalives_count=3;"
    "SET tcp_user_timeout=10000; SET client_connection_check_interval=2000;"
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";

// The first eight digits of the name of the log that it writes. The control file learns of it only with the
// next checkpoint.
constexpr char kTimeline[] =
    "SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint";

std::string one_line(const char* text) {
  std::string out = text == nullptr ? "" : text;
  while (!out.empty() && out.back() == '\n')
    out.pop_back();
  for (char& c : out)
    if (c == '\n' || c == '\t') c = ' ';
  return out;
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Settings& settings) {
  TRY(load_libpq());
  std::unique_ptr<Connection> connection(new Connection(settings));
  TRY(connection->connect());
  return connection;
}

Status Connection::connect() {
  statements_.clear();
  handle_.reset();
  TRY_ASSIGN(const auto hosts, hosts_of(settings_.url));
  const std::size_t first = settings_.learnt->host;
  Failure failure;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::size_t at = (first + i) % hosts.size();
    const Status connected = connect_to(hosts[at]);
    if (connected.ok()) {
      settings_.learnt->host = at;
      return {};
    }
    const std::string said = connected.failure().detail;
    failure = fail(connected.error(), failure.detail.empty() ? said : failure.detail + "; " + said);
  }
  return failure;
}

Status Connection::connect_to(const Host& host) {
  std::array<const char*, kDefaults.size() + 8> names{};
  std::array<const char*, kDefaults.size() + 8> values{};
  std::size_t count = 0;
  const auto add = [&](const char* name, const char* value) {
    names[count] = name;
    values[count++] = value;
  };
  for (const auto& [name, value] : kDefaults)
    add(name, value);
  add("dbname", settings_.url.c_str());  // what comes later wins
  if (!host.host.empty()) add("host", host.host.c_str());
  if (!host.hostaddr.empty()) add("hostaddr", host.hostaddr.c_str());
  if (!host.port.empty()) add("port", host.port.c_str());
  add("client_encoding", "UTF8");
  add("fallback_application_name", "cardea-server");
  SecretBytes password(settings_.password.size() + 1);  // ends with a zero
  std::copy(settings_.password.expose().begin(), settings_.password.expose().end(),
            password.expose_mutable().begin());
  if (!settings_.password.empty()) add("password", password.expose_text().data());
  constexpr int kUrlInDbname = 1;
  timeline_ = kUnknown;
  handle_.reset(libpq().connect(names.data(), values.data(), kUrlInDbname));
  if (!handle_) return fail(Error::out_of_memory);
  if (libpq().status(handle_.get()) != CONNECTION_OK) return broken("");
  aftermath_ = Aftermath::statement;
  libpq().set_notice_receiver(handle_.get(), drop_notice, nullptr);
  if (libpq().set_nonblocking(handle_.get(), 1) != 0) return broken("");
  return begin_session();
}

Status Connection::begin_session() {
  const std::string millis = std::to_string(settings_.statement.count());
  TRY(query("SET statement_timeout=" + millis + "; SET lock_timeout=" + millis +
            "; SET idle_in_transaction_session_timeout=" +
            std::to_string(settings_.idle_in_transaction.count()) + ";" + kSession));
  TRY_ASSIGN(const std::int64_t timeline, number(kTimeline));
  std::int64_t newest = settings_.learnt->timeline;
  while (timeline > newest && !settings_.learnt->timeline.compare_exchange_weak(newest, timeline)) {
  }
  timeline_ = timeline;
  return check_timeline();
}

// A primary that was frozen or cut off comes back with its connections alive, and would answer on them with
// what it knew: each statement looks, for a pool has connections that nobody used meanwhile.
Status Connection::check_timeline() {
  const std::int64_t newest = settings_.learnt->timeline;
  if (timeline_ >= newest) return {};
  return broken("this primary was replaced by a standby (timeline " + std::to_string(timeline_) + ", " +
                std::to_string(newest) + " was seen): it must be stopped");
}

bool Connection::in_transaction() const noexcept {
  if (!handle_ || aftermath_ != Aftermath::statement) return false;
  const PGTransactionStatusType status = libpq().transaction_status(handle_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

Failure Connection::broken(const std::string& why) {
  aftermath_ = Aftermath::connection;
  const std::string detail = !why.empty() ? why : one_line(libpq().error_message(handle_.get()));
  handle_.reset();
  return fail(Error::io_failed, "database: " + detail);
}

// The message only: DETAIL and HINT repeat values of rows.
Failure Connection::failure_of(const PGresult* result) {
  const char* state = libpq().error_field(result, PG_DIAG_SQLSTATE);
  const Meaning meaning = meaning_of(state == nullptr ? "" : state);
  if (meaning.aftermath != Aftermath::statement && aftermath_ != Aftermath::connection)
    aftermath_ = meaning.aftermath;
  const char* message = libpq().error_field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message == nullptr) return broken("");
  return fail(meaning.error,
              "database: " + one_line(message) + (state == nullptr ? "" : " (" + std::string(state) + ")"));
}

Status Connection::wait(std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    const int unsent = libpq().flush(handle_.get());
    if (unsent < 0) return broken("");
    if (unsent == 0 && libpq().is_busy(handle_.get()) == 0) return {};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{libpq().socket(handle_.get()), static_cast<short>(POLLIN | (unsent != 0 ? POLLOUT : 0)),
                   0};
    const int ready = left.count() <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return broken("the server does not answer");
    if ((waiting.revents & ~POLLOUT) != 0 && libpq().consume_input(handle_.get()) == 0) return broken("");
  }
}

Result<ResultHandle> Connection::receive() {
  const auto deadline = std::chrono::steady_clock::now() + settings_.statement + kGrace;
  ResultHandle last;
  Status status;
  for (;;) {
    TRY(wait(deadline));
    ResultHandle result(libpq().get_result(handle_.get()));
    if (!result) break;
    const ExecStatusType kind = libpq().result_status(result.get());
    const bool good = kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK;
    if (!good && status.ok()) {
      status = failure_of(result.get());
      if (!handle_) return status.failure();
    }
    last = std::move(result);
  }
  if (libpq().status(handle_.get()) != CONNECTION_OK && status.ok()) return broken("");
  // A server that ends the session says so first: the rest of the words is lost with it.
  if (aftermath_ == Aftermath::connection) handle_.reset();
  if (!status.ok()) return status.failure();
  if (!last) return broken("no answer");
  return last;
}

Status Connection::query(const std::string& text) {
  if (!handle_) return fail(Error::io_failed, "database: the connection is broken");
  TRY(check_timeline());
  if (libpq().send_query(handle_.get(), text.c_str()) == 0) return broken("");
  TRY_ASSIGN(const ResultHandle last, receive());
  // COMMIT of a transaction in which something failed is answered with ROLLBACK, and no error.
  const std::string_view sent = text;
  if (sent.ends_with("COMMIT") && std::string_view(libpq().cmd_status(last.get())) != "COMMIT")
    return fail(Error::io_failed, "database: the transaction was rolled back");
  return {};
}

Result<sql::Statement> Connection::prepare(const char* sql) {
  auto& slot = statements_[sql];
  if (!slot) slot = std::make_unique<Prepared>(*this, sql, "s" + std::to_string(statements_.size()));
  return sql::Statement(*slot);
}

Result<std::int64_t> Connection::take_unix_id() {
  TRY_ASSIGN(auto row, prepare("UPDATE unix_id_counter SET last=last+1 RETURNING last"));
  TRY_ASSIGN(const bool found, row.step());
  if (!found) return fail(Error::corrupted, "database: the counter of uids is gone");
  return row.number_at(0);
}

Result<std::int64_t> Connection::last_unix_id() { return number("SELECT last FROM unix_id_counter"); }

Status Connection::set_last_unix_id(std::int64_t id) {
  TRY_ASSIGN(auto row, prepare("UPDATE unix_id_counter SET last=?1"));
  return row.number(id).run();
}

}  // namespace cardea::server::postgres
