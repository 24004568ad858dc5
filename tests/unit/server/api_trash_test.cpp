// SPDX-License-Identifier: Apache-2.0
// The trash of records and how much room they take, through the API.
#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

class Trash : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(user.register_now().status, 201);
    user.log_in();
    ASSERT_EQ(client
                  .call("PUT", path, Json(Json::Object{{"epoch", 1}, {"envelope", Json::bytes(content)}}),
                        &user.session, {{"If-None-Match", "*"}})
                  .status,
              201);
  }
  HttpReply remove(const std::string& version) {
    return client.call("DELETE", path, {}, &user.session, {{"If-Match", version}});
  }
  HttpReply restore(const std::string& version, ApiClient::Headers headers = {}) {
    headers.emplace_back("If-Match", version);
    return client.post(path + "/restore", Json::Object{}, user.session, std::move(headers));
  }
  std::size_t in_trash() {
    return client.get("/v1/records?trash=1", user.session).json().find("records")->array()->size();
  }
  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "correct horse", "rex"};
  const std::string path = "/v1/records/000102030405060708090a0b0c0d0e0f";
  const Bytes content = ByteBuilder().lp(Bytes(94, 1)).raw(Bytes(300, 2)).take();
};

TEST_F(Trash, ADeletedRecordIsSeenReadAndBroughtBack) {
  EXPECT_EQ(in_trash(), 0u);
  EXPECT_EQ(restore("\"1\"").status, 404);
  ASSERT_EQ(remove("\"1\"").status, 204);
  EXPECT_EQ(in_trash(), 1u);
  EXPECT_EQ(client.get(path, user.session).status, 404);
  const HttpReply trashed = client.get(path + "?trash=1", user.session);
  EXPECT_EQ(trashed.bytes("envelope"), content);
  EXPECT_EQ(trashed.headers.at("etag"), "\"2\"");
  EXPECT_EQ(restore("\"1\"").status, 412);
  EXPECT_EQ(client.post(path + "/restore", Json::Object{}, user.session).status, 428);
  const HttpReply restored = restore("\"2\"", {{"Idempotency-Key", "again"}});
  ASSERT_EQ(restored.status, 200) << restored.body;
  EXPECT_EQ(restored.number("version"), 1);
  EXPECT_EQ(restore("\"2\"", {{"Idempotency-Key", "again"}}).body, restored.body);
  EXPECT_EQ(client.get(path, user.session).bytes("envelope"), content);
  EXPECT_EQ(in_trash(), 0u);
}

TEST_F(Trash, UsageIsThatOfTheUser) {
  ASSERT_EQ(remove("\"1\"").status, 204);
  const HttpReply usage = client.get("/v1/account/usage", user.session);
  ASSERT_EQ(usage.status, 200) << usage.body;
  EXPECT_EQ(usage.number("records"), 0);
  EXPECT_EQ(usage.number("max_records"), 4096);
  EXPECT_EQ(usage.number("trashed"), 1);
  EXPECT_EQ(usage.number("bytes"), static_cast<std::int64_t>(content.size()));
  EXPECT_EQ(usage.number("trash_days"), 30);
}

TEST_F(Trash, IsForItsOwnerAndAsksPlainly) {
  ASSERT_EQ(remove("\"1\"").status, 204);
  TestUser berta(client, "berta", "other horse", "max");
  ASSERT_EQ(berta.register_now().status, 201);
  berta.log_in();
  EXPECT_EQ(client.get(path + "?trash=1", berta.session).status, 404);
  EXPECT_EQ(client.post(path + "/restore", Json::Object{}, berta.session, {{"If-Match", "\"2\""}}).status,
            404);
  EXPECT_EQ(client.get("/v1/records?trash=2", user.session).problem(), "invalid-argument");
  EXPECT_EQ(client.get("/v1/records?trash=yes", user.session).problem(), "invalid-argument");
}

}  // namespace
}  // namespace cardea::test
