// SPDX-License-Identifier: Apache-2.0
#include "tests/support/postgres/cluster.h"

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cardea::test {
namespace {

using test_support::ChildProcess;
using test_support::must_run;
using test_support::wait_until;

// Debian's place, behind no PATH.
constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";
constexpr char kPassword[] = "canary-store-password";

const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

std::vector<std::string> as_server_user(std::vector<std::string> command) {
  const passwd* user = server_user();
  if (user == nullptr) return command;
  std::vector<std::string> words{"setpriv",
                                 "--reuid=" + std::to_string(user->pw_uid),
                                 "--regid=" + std::to_string(user->pw_gid),
                                 "--clear-groups",
                                 "--pdeathsig=SIGQUIT",
                                 "--"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

bool has_ended(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return true;
  const auto at = text.rfind(')');
  return at == std::string::npos || text.substr(at + 2, 1) == "Z";
}

std::vector<pid_t> children_of(pid_t pid) {
  const std::string process = std::to_string(pid);
  std::istringstream list(
      test_support::read_text_file("/proc/" + process + "/task/" + process + "/children"));
  std::vector<pid_t> children;
  for (pid_t child = 0; list >> child;)
    children.push_back(child);
  return children;
}

}  // namespace

void PostgresCluster::prepare_directory() {
  std::ofstream(password_file()) << kPassword << "\n";
  if (::chmod(password_file().c_str(), 0600) != 0) throw std::runtime_error("chmod failed");
  // initdb reads it as the server's user.
  std::ofstream(dir_.file("first-password")) << kPassword << "\n";
  const passwd* user = server_user();
  if (user == nullptr) return;
  for (const std::string& path : {dir_.path(), dir_.file("first-password")}) {
    if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown failed");
  }
}

PostgresCluster::PostgresCluster() {
  prepare_directory();
  must_run(
      as_server_user({std::string(kPrograms) + "initdb", "--pgdata=" + dir_.file("data"), "--username=cardea",
                      "--pwfile=" + dir_.file("first-password"), "--auth=scram-sha-256", "--encoding=UTF8",
                      "--locale=C", "--no-sync", "--no-instructions"}));
  start();
}

PostgresCluster::PostgresCluster(PostgresCluster& primary) {
  prepare_directory();
  must_run(as_server_user({std::string(kPrograms) + "pg_basebackup", "--pgdata=" + dir_.file("data"),
                           "--host=" + primary.socket_directory(), "--username=cardea",
                           "--write-recovery-conf", "--checkpoint=fast", "--no-sync"}),
           {{"PGPASSWORD", kPassword}});
  start();
  primary.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names='*'");
  primary.sql("postgres", "SELECT pg_reload_conf()");
  if (!wait_until([&] {
        return primary.sql("postgres", "SELECT sync_state FROM pg_stat_replication") == "sync\n";
      })) {
    throw std::runtime_error("the standby does not follow");
  }
}

PostgresCluster::~PostgresCluster() {
  if (!postmaster_ || !postmaster_->running()) return;
  postmaster_->signal(SIGQUIT);  // at once: nobody needs the data any more
  (void)postmaster_->wait();
}

PostgresCluster& PostgresCluster::shared() {
  static PostgresCluster cluster;
  return cluster;
}

void PostgresCluster::start() {
  const std::vector<std::string> command =
      as_server_user({std::string(kPrograms) + "postgres", "-D", dir_.file("data"), "-k", dir_.path(), "-c",
                      "listen_addresses=", "-c", "shared_buffers=16MB", "-c", "max_connections=80", "-c",
                      "autovacuum=off", "-c", "log_min_messages=warning"});
  postmaster_ = std::make_unique<ChildProcess>(
      ChildProcess::Start{command, dir_.file("log"), {{"LC_ALL", "C"}}, dir_.path()});
  if (!postmaster_->wait_for_output("ready to accept ", test_support::milliseconds(60'000)))
    throw std::runtime_error("PostgreSQL did not start:\n" + postmaster_->log_text());
}

void PostgresCluster::kill9() {
  const std::vector<pid_t> children = children_of(postmaster_->pid());
  postmaster_->kill9();
  // They notice by themselves; until then they hold the shared memory of the cluster.
  for (const pid_t child : children) {
    if (!wait_until([&] { return has_ended(child); })) throw std::runtime_error("a backend lives on");
  }
}

void PostgresCluster::stop() {
  postmaster_->signal(SIGINT);
  if (!postmaster_->wait()) throw std::runtime_error("PostgreSQL does not stop");
}

void PostgresCluster::promote() { (void)sql("postgres", "SELECT pg_promote()"); }

void PostgresCluster::signal_all(int number) {
  std::vector<pid_t> pids = children_of(postmaster_->pid());
  pids.insert(pids.begin(), postmaster_->pid());  // first: it makes no more of them
  for (const pid_t pid : pids)
    ::kill(pid, number);
}

std::string PostgresCluster::url(const std::string& database, const std::string& socket_directory) {
  return "postgresql://cardea@/" + database + "?host=" + socket_directory;
}

server::postgres::Settings PostgresCluster::settings(const std::string& database) const {
  server::postgres::Settings settings;
  settings.url = url(database);
  settings.password = SecretBytes(std::string_view(kPassword));
  return settings;
}

void PostgresCluster::make_database(const std::string& name) {
  if (sql("postgres", "SELECT 1 FROM pg_database WHERE datname='" + name + "'").empty())
    (void)sql("postgres", "CREATE DATABASE \"" + name + "\"");
}

std::string PostgresCluster::sql(const std::string& database, const std::string& text) {
  return must_run({std::string(kPrograms) + "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
                   "--set=ON_ERROR_STOP=1", "--command=" + text, url(database)},
                  {{"PGPASSWORD", kPassword}});
}

std::string PostgresCluster::dump(const std::string& database) {
  return must_run({std::string(kPrograms) + "pg_dump", "--format=plain", url(database)},
                  {{"PGPASSWORD", kPassword}});
}

}  // namespace cardea::test
