// SPDX-License-Identifier: Apache-2.0
// What a server keeps and says holds no secret: neither of a person, nor its own. All of its store is
// searched, and its log with every detail, for each secret of the run in each form in which it could lie
// there. Of PostgreSQL that is a dump, and the log of a database that writes down every statement with its
// parameters.
#include <csignal>
#include <filesystem>

#include "server/store/sqlite/database.h"
#include "tests/integration/server/canaries.h"
#include "tests/support/postgres/store_section.h"
#include "tests/support/server/lasting_client.h"

namespace cardea::test {
namespace {

using Places = std::map<std::string, std::string>;  // what lies there, by what it is called

constexpr char kDatabase[] = "canaries";

struct Engine {
  const char* name;
  std::string (*store_section)();
  Canaries (*secrets)();
  Places (*places)(const ServerProcess&);
  void (*execute)(const ServerProcess&, const std::string& sql);
  std::string (*literal)(ByteView);
};

const Engine kSqlite{
    "sqlite",
    [] { return std::string(); },
    [] { return Canaries(); },
    [](const ServerProcess& server) {
      std::string all;
      for (const auto& file : std::filesystem::directory_iterator(server.dir.path())) {
        if (file.path().filename().string().starts_with("cardea.db")) all += file_text(file.path());
      }
      return Places{{"files", all}};
    },
    [](const ServerProcess& server, const std::string& sql) {
      using server::sqlite::Connection;
      const auto database = Connection::open(server.dir.file("cardea.db"), Connection::Access::read_write);
      ASSERT_TRUE(database.ok() && (*database)->execute(sql.c_str()).ok());
    },
    [](ByteView bytes) { return "x'" + to_hex(bytes) + "'"; },
};

const Engine kPostgres{
    "postgres",
    [] {
      const std::string section = postgres_store_section(kDatabase);
      (void)PostgresCluster::shared().sql(
          kDatabase, std::string("ALTER DATABASE ") + kDatabase + " SET log_statement='all'");
      return section;
    },
    [] {
      const SecretBytes password = PostgresCluster::shared().settings(kDatabase).password;
      return Canaries{{"store's password", to_bytes(password.expose())}};
    },
    [](const ServerProcess&) {
      PostgresCluster& cluster = PostgresCluster::shared();
      return Places{{"dump", cluster.dump(kDatabase)}, {"database's log", cluster.log()}};
    },
    [](const ServerProcess&, const std::string& sql) { (void)PostgresCluster::shared().sql(kDatabase, sql); },
    [](ByteView bytes) { return "'\\x" + to_hex(bytes) + "'::bytea"; },
};

class Secrets : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    server.start();
    anna.use_everything();
    anna.send_secrets_in_the_clear();
    ASSERT_EQ(server.end(SIGTERM), 0);
  }
  ServerProcess server{std::string(kLastingAuthority) + "log_level = debug\n", GetParam().store_section()};
  ApiClient client = client_over_restarts(server);
  CanaryUser anna{client};
};

TEST_P(Secrets, AreInNeitherTheStoreNorALog) {
  Canaries secrets = anna.secrets();
  secrets.merge(secrets_of(server));
  secrets.merge(GetParam().secrets());
  Places places = GetParam().places(server);
  places["server's log"] = server.log();
  for (const auto& [name, secret] : secrets) {
    EXPECT_GE(secret.size(), 16u) << name;
    for (const auto& [place, text] : places)
      EXPECT_FALSE(holds(text, secret)) << name << ": " << place;
  }
  // All of the log was read, and each secret that gets into a row is found wherever rows are.
  EXPECT_TRUE(holds(server.log(), as_bytes("/v1/access-keys/issue")));
  std::string rows;
  for (const auto& [name, secret] : secrets)
    rows += (rows.empty() ? "SELECT " : " UNION ALL SELECT ") + GetParam().literal(secret);
  GetParam().execute(server, "CREATE TABLE planted AS " + rows);
  for (const auto& [place, text] : GetParam().places(server)) {
    EXPECT_TRUE(holds(text, anna.user().computer.device->spki())) << place;
    for (const auto& [name, secret] : secrets)
      EXPECT_TRUE(holds(text, secret)) << name << ": " << place;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, Secrets, testing::Values(kSqlite, kPostgres),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace cardea::test
