// SPDX-License-Identifier: Apache-2.0
// A real PostgreSQL of the test's own: made by initdb in a private directory, reached by its socket only,
// with a password, ended with this object. PostgreSQL refuses to run as root, so a test that does runs it as
// `postgres`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/store/postgres/settings.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace cardea::test {

class PostgresCluster {
 public:
  PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;
  ~PostgresCluster();

  // A standby that follows `primary` and has its databases; the primary then waits for it at each commit.
  explicit PostgresCluster(PostgresCluster& primary);

  // One for all tests of a program: making one takes seconds, a database in it a tenth.
  static PostgresCluster& shared();

  void start();  // until it takes connections
  void kill9();  // the postmaster; returns when all its processes have ended
  // As for maintenance: its standby has everything when this returns.
  void stop();
  // Of a standby. Returns when it takes changes.
  void promote();
  // SIGSTOP, SIGCONT: to all its processes, as when its machine is off the network.
  void signal_all(int number);
  // An empty database, if there is none of that name.
  void make_database(const std::string& name);
  // As the superuser, each in a transaction of its own unless it says otherwise. Returns what psql prints.
  std::string sql(const std::string& database, const std::string& text);
  // All of it as text: the bytes of a column in hexadecimal digits.
  std::string dump(const std::string& database);

  [[nodiscard]] std::string url(const std::string& database) const {
    return url(database, socket_directory());
  }
  [[nodiscard]] static std::string url(const std::string& database, const std::string& socket_directory);
  [[nodiscard]] const std::string& socket_directory() const { return dir_.path(); }
  [[nodiscard]] std::string password_file() const { return secrets_.file("password"); }
  [[nodiscard]] server::postgres::Settings settings(const std::string& database) const;
  [[nodiscard]] std::string log() const { return test_support::read_text_file(dir_.file("log")); }

 private:
  void prepare_directory();
  // Before `dir_`: the processes end before their files.
  TempDir dir_;
  TempDir secrets_;  // what the server's user must not read
  std::unique_ptr<test_support::ChildProcess> postmaster_;
};

}  // namespace cardea::test
