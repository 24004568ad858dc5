// SPDX-License-Identifier: Apache-2.0
// The whole story over real HTTPS: registration, access keys, the lost card, the new card.
#include <csignal>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "tests/support/postgres/store_section.h"
#include "tests/support/server/lasting_client.h"
#include "tests/support/server/test_user.h"

namespace cardea::test {
namespace {

using api::Json;

// Nothing, or the [store] of a database that no other test has.
using StoreSection = std::string (*)();

class FlowOnEveryStore : public testing::TestWithParam<StoreSection> {};

TEST_P(FlowOnEveryStore, ALostCardIsReplacedByANewOne) {
  ServerProcess server("", GetParam()());
  server.start();
  EXPECT_EQ(server.run({"--check"}), 0);
  ApiClient laptop = server.client();
  TestUser anna(laptop, "anna", "correct horse battery", "rex the dog");
  ASSERT_EQ(anna.register_now().status, 201);
  const TestGeneration generation = anna.make_generation(anna.computer);
  EXPECT_EQ(anna.check_in(anna.computer, generation, 0).text("fit"), "ok");
  // The card is lost. From another computer: password, answer, access key.
  anna.log_in();
  const HttpReply issued = anna.issue(anna.computer);
  ASSERT_EQ(issued.status, 200) << issued.body;
  EXPECT_EQ(issued.bytes("seal"), generation.seal);
  // The laptop was opened with it and says so.
  const HttpReply checked = anna.check_in(anna.computer, generation, 1);
  EXPECT_NE(checked.body.find("\"rotate\":true"), std::string::npos);
  const TestCard fresh = TestCard::make();
  const HttpReply replaced =
      laptop.post("/v1/cards/replace", anna.replace_body(fresh, anna.computer, 1), anna.session);
  ASSERT_EQ(replaced.status, 200) << replaced.body;
  EXPECT_EQ(anna.open_card_session(anna.card).problem(), "card-revoked");
  ASSERT_EQ(anna.open_card_session(fresh).status, 201);
  const TestGeneration next = anna.make_generation(anna.computer);
  EXPECT_EQ(anna.check_in(anna.computer, next, 0).text("fit"), "ok");
  const std::string record = "/v1/records/" + api::RecordId().text();
  const Bytes envelope = ByteBuilder().lp(Bytes(94, 1)).raw(Bytes(512, 2)).take();
  const Json body = Json::Object{{"epoch", 2}, {"envelope", Json::bytes(envelope)}};
  EXPECT_EQ(laptop.call("PUT", record, body, &anna.card_identity, {{"If-None-Match", "*"}}).status, 201);
  EXPECT_EQ(laptop.get(record, anna.card_identity).bytes("envelope"), envelope);
  const HttpReply audit = laptop.get("/v1/audit", anna.card_identity);
  for (const char* kind : {"registered", "access-key-generation", "access-key-issued", "card-replaced"}) {
    EXPECT_NE(audit.body.find(kind), std::string::npos) << kind;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, FlowOnEveryStore,
                         testing::Values([] { return std::string(); },
                                         [] { return postgres_store_section("flow"); }),
                         [](const auto& info) { return info.index == 0 ? "sqlite" : "postgres"; });

TEST(Flow, AServerMovesToPostgresqlWithAllItsUsers) {
  ServerProcess server(kLastingAuthority);
  server.start();
  ApiClient client = client_over_restarts(server);
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  const TestGeneration generation = anna.make_generation(anna.computer);
  ASSERT_EQ(server.end(SIGTERM), 0);
  std::ifstream old_file(server.dir.file("server.conf"));
  std::string config((std::istreambuf_iterator<char>(old_file)), {});
  const std::string old_url = "url = sqlite://" + server.dir.file("cardea.db");
  ASSERT_NE(config.find(old_url), std::string::npos);
  config.replace(config.find(old_url), old_url.size(), postgres_store_section("moved"));
  std::ofstream(server.dir.file("new.conf")) << config;
  std::string output;
  ASSERT_EQ(server.run({"--migrate-store", server.dir.file("new.conf")}, &output), 0) << output;
  EXPECT_NE(output.find("all rows were copied and are the same"), std::string::npos);
  EXPECT_EQ(server.run({"--migrate-store", server.dir.file("new.conf")}, &output), 1);  // not twice
  EXPECT_NE(output.find("is not empty"), std::string::npos) << output;
  std::filesystem::rename(server.dir.file("new.conf"), server.dir.file("server.conf"));
  server.start();
  ASSERT_EQ(anna.open_card_session(anna.card).status, 201);
  EXPECT_EQ(anna.check_in(anna.computer, generation, 0).text("fit"), "ok");
}

TEST(Flow, AReplayIsRefusedAlsoAfterKill) {
  ServerProcess server(kLastingAuthority);
  server.start();
  ApiClient client = client_over_restarts(server);
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  const Identity device = anna.computer.identity();
  const HttpCall call = client.build("POST", anna.computer.path("/access-keys/begin"),
                                     Json(Json::Object{{"user_id", anna.id.text()}}), &device);
  EXPECT_EQ(client.send(call).status, 200);
  EXPECT_EQ(client.send(call).problem(), "replayed");
  EXPECT_EQ(server.end(SIGKILL), -SIGKILL);
  server.start();
  EXPECT_EQ(client.send(call).problem(), "replayed");
}

TEST(Flow, ASignatureForAnotherAuthorityIsMisdirected) {
  ServerProcess server("[server]\npublic_url = https://cardea.example\n");
  server.start();
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a");
  EXPECT_EQ(anna.register_now().status, 421);
  EXPECT_EQ(client.call("GET", "/healthz", {}).status, 200);
}

}  // namespace
}  // namespace cardea::test
