// SPDX-License-Identifier: Apache-2.0
// The real `cardea admin` beside a running server, on both engines: a backup in mid-traffic that gives the
// same answers elsewhere, chains that were changed, and programs that are killed in the middle.
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "build_paths.h"
#include "core/base/byte_builder.h"
#include "server/store/sqlite/database.h"
#include "tests/support/child_process.h"
#include "tests/support/postgres/store_section.h"
#include "tests/support/server/lasting_client.h"
#include "tests/support/server/test_user.h"

namespace cardea::test {
namespace {

using api::Json;
using test_support::ChildProcess;
using test_support::CommandResult;

constexpr char kPassphrase[] = "passphrase=long enough for a test\n";

// The [store] of a database that no other test has, or nothing.
using StoreSection = std::string (*)(const std::string& database);

std::string on_sqlite(const std::string&) { return ""; }
std::vector<std::string> admin_command(const ServerProcess& server, std::vector<std::string> words) {
  std::vector<std::string> command{std::string(CARDEA_BINARY_DIR) + "/server/cardea-server-admin", "--config",
                                   server.dir.file("server.conf"), "--json"};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

CommandResult admin(const ServerProcess& server, std::vector<std::string> words) {
  return test_support::run_command(admin_command(server, std::move(words)), {},
                                   test_support::milliseconds(120'000));
}

// The one object that was printed.
Json json_of(const CommandResult& result) {
  const auto json = Json::parse(result.output.substr(0, result.output.find('\n')));
  EXPECT_TRUE(json.ok()) << result.output;
  return json.ok() ? *json : Json();
}

std::int64_t number_in(const Json& json, const char* name) {
  const Json* value = json.find(name);
  return value == nullptr || value->integer() == nullptr ? -1 : *value->integer();
}

HttpReply put_record(ApiClient& client, const TestUser& user, Random& random) {
  const Bytes envelope = ByteBuilder().lp(Bytes(94, 1)).raw(Bytes(300, 2)).take();
  return client.call("PUT", "/v1/records/" + api::RecordId::random(random).text(),
                     Json(Json::Object{{"epoch", 1}, {"envelope", Json::bytes(envelope)}}), &user.session,
                     {{"If-None-Match", "*"}});
}

// Everything a computer may read of its user; apart from checkpoints, which have the time in them, and
// cursors, which are sealed anew.
std::string answers_to(ApiClient& client, const TestUser& user) {
  std::string all;
  for (const char* path : {"/v1/account", "/v1/account/holders", "/v1/cards", "/v1/computers", "/v1/audit"}) {
    const HttpReply reply = client.get(path + ("?user_id=" + user.id.text()), user.computer.identity());
    EXPECT_EQ(reply.status, 200) << path << " " << reply.body;
    std::string body = reply.body;
    if (const auto at = body.find("\"checkpoint\":{"); at != std::string::npos)
      body.erase(at, body.find('}', at) - at);
    if (const auto at = body.find("\"cursor\":"); at != std::string::npos)
      body.erase(at, body.find(',', at) - at);
    all += std::string(path) + " " + body + "\n";
  }
  return all;
}

std::size_t files_in(const std::string& directory) {
  std::error_code ignored;  // some of them come and go
  std::size_t count = 0;
  for (std::filesystem::recursive_directory_iterator at(directory, ignored), end; !ignored && at != end;
       at.increment(ignored))
    ++count;
  return count;
}

// A running server with one user.
struct Running {
  explicit Running(const std::string& store) : server(kLastingAuthority, store) {
    server.start();
    if (anna.register_now().status != 201) throw std::runtime_error("anna can't register");
  }
  ServerProcess server;
  ApiClient client = client_over_restarts(server);
  TestUser anna{client, "anna", "p", "a"};
};

class Administration : public testing::TestWithParam<std::pair<const char*, StoreSection>> {
 protected:
  // Another store of the same kind.
  std::string store(const std::string& name) const { return GetParam().second("admin_" + name); }
  // A server without secrets of its own, as on a new machine.
  static void forget_secrets(const ServerProcess& server) {
    for (const char* name : {"oprf", "ake", "checkpoint", "cert.pem", "key.pem", "ca.pem"})
      std::filesystem::remove(server.dir.file(name));
  }
  static void copy_secrets(const ServerProcess& from, const ServerProcess& to) {
    for (const char* name : {"oprf", "ake", "checkpoint"})
      std::filesystem::copy_file(from.dir.file(name), to.dir.file(name),
                                 std::filesystem::copy_options::overwrite_existing);
  }
  HttpReply open_officer_session(ApiClient& client, const TestCard& card, Identity& identity) {
    identity.key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(random));
    const Bytes challenge = client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge");
    const UnixSeconds until = client.now() + 3600;
    const Bytes proof = api::officer_session_proof(client.authority(), challenge, identity.key->spki(),
                                                   static_cast<std::uint64_t>(until));
    const HttpReply reply = client.post("/v1/sessions/officer-card",
                                        Json::Object{{"officer_id", card.id().text()},
                                                     {"challenge", Json::bytes(challenge)},
                                                     {"session_spki", Json::bytes(identity.key->spki())},
                                                     {"expires_at", until},
                                                     {"signature", Json::bytes(card.auth.sign(proof))}});
    identity.keyid = "officer:" + reply.text("session_id");
    return reply;
  }
  SystemRandom random;
};

TEST_P(Administration, ABackupInMidTrafficGivesTheSameAnswersElsewhere) {
  Running running(store("from"));
  ServerProcess& server = running.server;
  ApiClient& client = running.client;
  TestUser& anna = running.anna;
  const TestGeneration generation = anna.make_generation(anna.computer);
  anna.log_in();
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread traffic([&] {
    ApiClient own = client_over_restarts(server);
    SystemRandom own_random;
    while (!stop) {
      if (put_record(own, anna, own_random).status == 201) ++written;
      (void)own.post("/v1/access-keys/issue", Json::Object{{"computer_id", anna.computer.id().text()}},
                     anna.session);
    }
  });
  TempDir shelf;
  const CommandResult early = admin(server, {"backup", "--to", shelf.file("early")});
  const CommandResult policy = admin(server, {"policy", "set", "relocation", "auto"});
  const CommandResult verified = admin(server, {"audit", "verify"});
  const int before_stop = written;
  while (written == before_stop && client.call("GET", "/livez", {}).status != 0)
    std::this_thread::yield();
  stop = true;
  traffic.join();
  EXPECT_EQ(early.status, 0) << early.output;
  EXPECT_EQ(policy.status, 0) << policy.output;
  EXPECT_EQ(verified.status, 0) << verified.output;
  EXPECT_GT(written, before_stop);  // the server went on

  const CommandResult late = admin(server, {"backup", "--to", shelf.file("late")});
  ASSERT_EQ(late.status, 0) << late.output;
  std::ofstream(shelf.file("answers")) << kPassphrase;
  std::filesystem::permissions(shelf.file("answers"), std::filesystem::perms(0600));
  ASSERT_EQ(
      admin(server, {"--answers", shelf.file("answers"), "backup-secrets", "--to", shelf.file("secrets")})
          .status,
      0);
  const std::string answers = answers_to(client, anna);
  const CommandResult drill = admin(server, {"restore-drill", "--from", shelf.file("early")});
  ASSERT_EQ(drill.status, 0) << drill.output;
  const Json lost = *json_of(drill).find("lost");
  EXPECT_GT(number_in(lost, "events"), 0);
  EXPECT_GT(number_in(lost, "records"), 0);
  EXPECT_EQ(number_in(lost, "users"), 0);

  for (const char* which : {"late", "early"}) {
    ServerProcess other(kLastingAuthority, store(which));
    forget_secrets(other);
    EXPECT_EQ(admin(other, {"restore", "--from", shelf.file(which)}).status, 1);  // without secrets
    const CommandResult secrets = admin(
        other, {"--answers", shelf.file("answers"), "restore-secrets", "--from", shelf.file("secrets")});
    ASSERT_EQ(secrets.status, 0) << secrets.output;
    const CommandResult restored = admin(other, {"restore", "--from", shelf.file(which)});
    ASSERT_EQ(restored.status, 0) << restored.output;
    const CommandResult again = admin(other, {"restore", "--from", shelf.file(which)});
    EXPECT_EQ(again.status, 1);
    EXPECT_NE(again.output.find("not empty"), std::string::npos) << again.output;
    EXPECT_EQ(admin(other, {"audit", "verify"}).status, 0);
    std::filesystem::copy_file(server.ca_file(), other.ca_file());
    other.start();
    ApiClient there = client_over_restarts(other);
    if (which == std::string("late")) {
      EXPECT_EQ(answers_to(there, anna), answers);
    }
    EXPECT_EQ(there.get("/v1/records", anna.session).status, 401);  // sessions have ended
    TestUser back(there, "anna", "p", "a");
    EXPECT_EQ(back.login_password("p").status, 200);
    EXPECT_EQ(there.get("/v1/account?user_id=" + anna.id.text(), anna.computer.identity()).status, 200);
  }
}

TEST_P(Administration, ABackupThatWasTouchedOrIsAnothersIsRefused) {
  Running running(store("touched"));
  ServerProcess& server = running.server;
  TempDir shelf;
  ASSERT_EQ(admin(server, {"backup", "--to", shelf.file("b")}).status, 0);
  EXPECT_EQ(admin(server, {"backup", "--to", shelf.file("b")}).status, 1);  // never replaced
  struct stat info = {};
  ASSERT_EQ(::stat(shelf.file("b/store.sqlite").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 077, 0u);
  ServerProcess stranger(kLastingAuthority);
  EXPECT_EQ(admin(stranger, {"restore", "--from", shelf.file("b")}).status, 5);
  // One byte of the file; then one of what the manifest says of it.
  std::fstream file(shelf.file("b/store.sqlite"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(info.st_size - 1);
  file.put('!');
  file.close();
  const CommandResult changed = admin(server, {"restore-drill", "--from", shelf.file("b")});
  EXPECT_EQ(changed.status, 1) << changed.output;
  EXPECT_NE(changed.output.find("not the file that was backed up"), std::string::npos) << changed.output;
  std::ifstream in(shelf.file("b/manifest.json"));
  std::string manifest((std::istreambuf_iterator<char>(in)), {});
  in.close();
  manifest.replace(manifest.find("\"version\":1"), 11, "\"version\":2");
  std::ofstream(shelf.file("b/manifest.json")) << manifest;
  EXPECT_EQ(admin(server, {"restore-drill", "--from", shelf.file("b")}).status, 5);
}

TEST_P(Administration, AKilledBackupOrRestoreLeavesTheOldOrTheNewWhole) {
  Running running(store("killed"));
  ServerProcess& server = running.server;
  TempDir shelf;
  const std::string directory = shelf.file("b");
  for (const char* point : {".cardea-part", ".cardea-part/store.sqlite", ".cardea-part/manifest.json", ""}) {
    ChildProcess backup({admin_command(server, {"backup", "--to", directory}), shelf.file("log")});
    (void)backup.wait_for_path(directory + point);
    backup.kill9();
    if (!std::filesystem::exists(directory)) continue;
    EXPECT_EQ(admin(server, {"restore-drill", "--from", directory}).status, 0);
    std::filesystem::remove_all(directory);
  }
  ASSERT_EQ(admin(server, {"backup", "--to", directory}).status, 0);
  ServerProcess other(kLastingAuthority, store("half"));
  copy_secrets(server, other);
  bool restored = false;
  // At its beginning, with the backup unpacked, while it is looked at and copied.
  for (std::size_t files = 0; files < 4 && !restored; ++files) {
    const TempDir work;
    ChildProcess restore({admin_command(other, {"restore", "--from", directory}),
                          shelf.file("log"),
                          {{"TMPDIR", work.path()}}});
    (void)test_support::wait_until([&] { return files_in(work.path()) > files || !restore.running(); });
    restore.kill9();
    restored = admin(other, {"accounts", "show", "anna"}).status == 0;
  }
  // Nothing of it is there, or all.
  EXPECT_EQ(admin(other, {"restore", "--from", directory}).status, restored ? 1 : 0);
  EXPECT_EQ(admin(other, {"audit", "verify"}).status, 0);
  EXPECT_EQ(admin(other, {"accounts", "show", "anna"}).status, 0);
}

TEST_P(Administration, WhatWasChangedInTheAuditChainsIsFound) {
  Running running(store("audit"));
  ServerProcess& server = running.server;
  TestUser& anna = running.anna;
  anna.log_in();
  TempDir shelf;
  ASSERT_EQ(admin(server, {"audit", "checkpoint", "--to", shelf.file("early")}).status, 0);
  ASSERT_EQ(admin(server, {"accounts", "close", "anna"}).status, 0);
  EXPECT_EQ(anna.login_password("p").problem(), "account-closed");
  ASSERT_EQ(admin(server, {"accounts", "open", "ANNA"}).status, 0);
  EXPECT_EQ(anna.login_password("p").status, 200);
  EXPECT_EQ(admin(server, {"audit", "verify", "--checkpoint", shelf.file("early")}).status, 0);
  ASSERT_EQ(admin(server, {"audit", "checkpoint", "--to", shelf.file("late")}).status, 0);
  const CommandResult exported = admin(server, {"audit", "export"});
  EXPECT_NE(exported.output.find("\"kind\":\"account-closed\""), std::string::npos) << exported.output;
  EXPECT_NE(exported.output.find("\"chain\":\"administration\""), std::string::npos);
  ASSERT_EQ(server.end(SIGTERM), 0);

  const auto change = [&](const std::string& sql) {
    if (GetParam().second == &postgres_store_section) {
      (void)PostgresCluster::shared().sql("admin_audit", "SET search_path=cardea; " + sql);
      return;
    }
    const auto database = server::sqlite::Connection::open(server.dir.file("cardea.db"),
                                                           server::sqlite::Connection::Access::read_write);
    ASSERT_TRUE(database.ok() && (*database)->execute(sql.c_str()).ok()) << sql;
  };
  const auto bad = [&](const std::string& checkpoint = "") {
    std::vector<std::string> words{"audit", "verify"};
    if (!checkpoint.empty()) words.insert(words.end(), {"--checkpoint", checkpoint});
    const CommandResult result = admin(server, words);
    const Json json = json_of(result);
    const Json* found = json.find("bad");
    return found == nullptr ? std::string() : *found->string();
  };
  EXPECT_EQ(bad(shelf.file("late")), "");
  change("UPDATE audit SET time=time+1 WHERE position=2");
  EXPECT_NE(bad().find("event 2 of user " + anna.id.text()), std::string::npos) << bad();
  change("UPDATE audit SET time=time-1 WHERE position=2");
  EXPECT_EQ(bad(), "");
  // The last event of the administration's chain can be cut off: only the file from elsewhere shows it.
  change("DELETE FROM admin_audit WHERE sequence=2");
  EXPECT_EQ(bad(shelf.file("early")), "");
  EXPECT_NE(bad(shelf.file("late")).find("was cut off"), std::string::npos);
}

TEST_P(Administration, ARotationIsWholeAndWhoWasThereLogsIn) {
  Running running(store("keys"));
  ServerProcess& server = running.server;
  ApiClient& client = running.client;
  TestUser& anna = running.anna;
  TempDir shelf;
  ASSERT_EQ(admin(server, {"backup", "--to", shelf.file("b")}).status, 0);
  for (int i = 0; i < 3; ++i) {
    for (const char* key : {"oprf", "checkpoint"}) {
      ChildProcess rotation({admin_command(server, {"keys", "rotate", key}), shelf.file("log")});
      rotation.kill9();
      EXPECT_EQ(admin(server, {"keys", "list"}).status, 0);
    }
  }
  for (const char* key : {"oprf", "checkpoint"}) {
    const CommandResult rotated = admin(server, {"keys", "rotate", key});
    EXPECT_EQ(rotated.status, 0) << rotated.output;
  }
  EXPECT_EQ(admin(server, {"keys", "rotate", "ake"}).status, 1);
  ASSERT_EQ(server.end(SIGTERM), 0);
  server.start();
  EXPECT_EQ(anna.login_password("p").status, 200);
  TestUser berta(client, "berta", "p", "a");
  ASSERT_EQ(berta.register_now().status, 201);
  EXPECT_EQ(berta.login_password("p").status, 200);
  // What the key before has signed is still this server's.
  EXPECT_EQ(admin(server, {"restore-drill", "--from", shelf.file("b")}).status, 0);
}

TEST_P(Administration, ACopyInSqliteHasEveryRowAndIsMadeOnce) {
  Running running(store("copied"));
  ServerProcess& server = running.server;
  TestUser& anna = running.anna;
  (void)anna.make_generation(anna.computer);
  anna.log_in();
  ASSERT_EQ(put_record(running.client, anna, random).status, 201);
  TestUser berta(running.client, "berta", "p", "a");
  ASSERT_EQ(berta.register_now().status, 201);
  const std::string answers = answers_to(running.client, anna);
  ASSERT_EQ(server.end(SIGTERM), 0);
  ServerProcess other(kLastingAuthority);
  const std::vector<std::string> migrate{"migrate-store", "--to", other.dir.file("server.conf")};
  const CommandResult copied = admin(server, migrate);
  ASSERT_EQ(copied.status, 0) << copied.output;
  const Json rows = *json_of(copied).find("rows");
  EXPECT_EQ(number_in(rows, "users"), 2);
  EXPECT_EQ(number_in(rows, "records"), 1);
  const CommandResult again = admin(server, migrate);
  EXPECT_EQ(again.status, 1);
  EXPECT_NE(again.output.find("not empty"), std::string::npos) << again.output;
  // With the secrets of the old one a server goes on there.
  copy_secrets(server, other);
  other.start();
  ApiClient there = client_over_restarts(other);
  EXPECT_EQ(answers_to(there, anna), answers);
  EXPECT_EQ(there.get("/v1/records", anna.session).status, 200);
  EXPECT_EQ(TestUser(there, "berta", "p", "a").login_password("p").status, 200);
}

TEST_P(Administration, AnOfficerIsListedAndWhoIsRemovedIsOutAtOnce) {
  Running running(store("officers"));
  const ServerProcess& server = running.server;
  const TestCard card = TestCard::make();
  const std::vector<std::string> add{"officers", "add", "olaf", to_base64url(card.auth.spki())};
  const auto listed = [&](const char* what) {
    const Json list = json_of(admin(server, {"officers", "list"}));
    EXPECT_EQ(list.find("officers")->array()->size(), 1u);
    return *list.find("officers")->array()->front().find(what)->string();
  };
  ASSERT_EQ(admin(server, add).status, 0);
  EXPECT_EQ(admin(server, add).status, 1);
  EXPECT_EQ(listed("name"), "olaf");
  EXPECT_EQ(listed("officer_id"), card.id().text());
  EXPECT_EQ(listed("role"), "officer");
  EXPECT_EQ(listed("state"), "active");
  Identity olaf;
  ASSERT_EQ(open_officer_session(running.client, card, olaf).status, 201);
  EXPECT_EQ(running.client.get("/v1/officers/me", olaf).status, 200);
  ASSERT_EQ(admin(server, {"officers", "remove", "olaf"}).status, 0);
  EXPECT_EQ(listed("state"), "removed");
  EXPECT_EQ(running.client.get("/v1/officers/me", olaf).status, 401);
  EXPECT_EQ(open_officer_session(running.client, card, olaf).problem(), "permission-denied");
  const CommandResult nobody = admin(server, {"officers", "remove", "otto"});
  EXPECT_EQ(nobody.status, 1);
  EXPECT_NE(nobody.output.find("There is no officer"), std::string::npos) << nobody.output;
  ASSERT_EQ(admin(server, add).status, 0);  // he may come back
  EXPECT_EQ(open_officer_session(running.client, card, olaf).status, 201);
}

INSTANTIATE_TEST_SUITE_P(Engines, Administration,
                         testing::Values(std::pair{"sqlite", &on_sqlite},
                                         std::pair{"postgres", &postgres_store_section}),
                         [](const auto& info) { return std::string(info.param.first); });

TEST(AdministrationOfPolicies, WhatIsSetHoldsForTheRunningServer) {
  Running running("");
  ServerProcess& server = running.server;
  ASSERT_EQ(admin(server, {"policy", "set", "registration", "closed"}).status, 0);
  TestUser berta(running.client, "berta", "p", "a");
  EXPECT_EQ(berta.register_now().problem(), "state-forbidden");
  ASSERT_EQ(admin(server, {"policy", "reset", "registration"}).status, 0);
  EXPECT_EQ(berta.register_now().status, 201);
  EXPECT_EQ(admin(server, {"policy", "set", "registration", "ajar"}).status, 1);
  EXPECT_EQ(admin(server, {"policy", "set", "registration"}).status, 2);
}

// The utility finds the program of the package that lies in the same tree.
TEST(AdministrationByTheUtility, HandsEverythingOver) {
  ServerProcess server;
  server.start();
  TempDir tree;
  const std::string build = CARDEA_BINARY_DIR;
  std::filesystem::create_directories(tree / "bin");
  std::filesystem::create_directories(tree / "libexec/cardea");
  std::filesystem::copy_file(build + "/cli/cardea", tree / "bin/cardea");
  const auto cardea = [&](std::vector<std::string> words) {
    words.insert(words.begin(), tree.file("bin/cardea"));
    return test_support::run_command(words, {{"LC_ALL", "C"}});
  };
  const CommandResult without = cardea({"admin", "policy", "list"});
  EXPECT_EQ(without.status, 1);
  EXPECT_NE(without.output.find("Install the package cardea-server"), std::string::npos) << without.output;
  std::filesystem::copy_file(build + "/server/cardea-server-admin",
                             tree / "libexec/cardea/cardea-server-admin");
  const std::string config = server.dir.file("server.conf");
  const CommandResult asked = cardea({"--config", config, "admin", "policy", "get", "relocation"});
  EXPECT_EQ(asked.status, 0);
  EXPECT_EQ(asked.output, "ask\n");
  EXPECT_EQ(json_of(cardea({"admin", "accounts", "list", "--json", "--config", config}))
                .find("accounts")
                ->array()
                ->size(),
            0u);
  EXPECT_EQ(cardea({"admin", "status"}).status, 2);  // a verb of the utility, not of this program
  EXPECT_NE(cardea({"admin", "backup", "--help"}).output.find("--to DIRECTORY"), std::string::npos);
}

TEST(AdministrationOfTls, TheClientsGetBothAuthoritiesBeforeTheServerChanges) {
  ServerProcess server;
  server.start();
  ASSERT_EQ(server.client().call("GET", "/livez", {}).status, 200);
  const CommandResult prepared = admin(server, {"keys", "rotate", "tls"});
  ASSERT_EQ(prepared.status, 0) << prepared.output;
  EXPECT_EQ(admin(server, {"keys", "rotate", "tls"}).status, 0);     // once more is no harm
  EXPECT_EQ(server.client().call("GET", "/livez", {}).status, 200);  // with both
  ASSERT_EQ(admin(server, {"keys", "rotate", "tls", "--activate"}).status, 0);
  EXPECT_EQ(admin(server, {"keys", "rotate", "tls", "--activate"}).status, 1);
  server.signal(SIGHUP);
  server.wait_for_log("re-read the certificate");
  EXPECT_EQ(server.client().call("GET", "/livez", {}).status, 200);
}

}  // namespace
}  // namespace cardea::test
