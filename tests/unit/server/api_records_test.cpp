// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

Bytes envelope(std::size_t body_size, std::uint8_t fill = 1) {
  return ByteBuilder().lp(Bytes(94, fill)).raw(Bytes(body_size, fill)).take();
}

class Records : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(user.register_now().status, 201);
    user.log_in();
  }
  HttpReply put(const std::string& id, const Bytes& content, const std::string& header,
                const std::string& value, std::uint32_t epoch = 1) {
    ApiClient::Headers headers;
    if (!header.empty()) headers.emplace_back(header, value);
    return client.call("PUT", "/v1/records/" + id,
                       Json(Json::Object{{"epoch", epoch}, {"envelope", Json::bytes(content)}}),
                       &user.session, headers);
  }
  HttpReply create(const std::string& id, const Bytes& content) {
    return put(id, content, "If-None-Match", "*");
  }
  HttpReply remove(const std::string& id, const std::string& version) {
    return client.call("DELETE", "/v1/records/" + id, {}, &user.session, {{"If-Match", version}});
  }
  HttpReply get(const std::string& id) { return client.get("/v1/records/" + id, user.session); }
  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "correct horse", "rex"};
  const std::string id = "000102030405060708090a0b0c0d0e0f";
};

TEST_F(Records, ComeBackAsTheyWere) {
  const HttpReply made = create(id, envelope(256));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.at("etag"), "\"1\"");
  const HttpReply read = get(id);
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.headers.at("etag"), "\"1\"");
  EXPECT_EQ(read.bytes("envelope"), envelope(256));
  EXPECT_EQ(put(id, envelope(512, 2), "If-Match", "\"1\"").number("version"), 2);
  EXPECT_EQ(get(id).bytes("envelope"), envelope(512, 2));
}

TEST_F(Records, TwoWritersAreToldApart) {
  ASSERT_EQ(create(id, envelope(1)).status, 201);
  EXPECT_EQ(create(id, envelope(2)).status, 412);
  EXPECT_EQ(put(id, envelope(2), "", "").status, 428);
  EXPECT_EQ(put(id, envelope(2), "If-Match", "\"1\"").status, 200);
  EXPECT_EQ(put(id, envelope(3), "If-Match", "\"1\"").status, 412);
  EXPECT_EQ(put(id, envelope(3), "If-Match", "\"2\"", 2).problem(), "server-conflict");
  EXPECT_EQ(put(id, envelope(3), "If-None-Match", "\"2\"").problem(), "invalid-argument");
  EXPECT_EQ(get(id).bytes("envelope"), envelope(2));
}

TEST_F(Records, SizeIsLimitedToThe32ndKibibyte) {
  const std::size_t room = 32 * 1024 - 96;
  EXPECT_EQ(create(id, envelope(room)).status, 201);
  EXPECT_EQ(put(id, envelope(room + 1), "If-Match", "\"1\"").problem(), "record-too-large");
  EXPECT_EQ(put(id, Bytes{1}, "If-Match", "\"1\"").problem(), "invalid-argument");
  EXPECT_EQ(put(id, Bytes{0, 0, 1}, "If-Match", "\"1\"").problem(), "invalid-argument");
}

TEST_F(Records, ADeletedOneLeavesATombstoneForThirtyDays) {
  ASSERT_EQ(create(id, envelope(1)).status, 201);
  EXPECT_EQ(remove(id, "\"2\"").status, 412);
  EXPECT_EQ(client.call("DELETE", "/v1/records/" + id, {}, &user.session).status, 428);
  EXPECT_EQ(remove(id, "\"1\"").status, 204);
  EXPECT_EQ(get(id).status, 404);
  EXPECT_EQ(remove(id, "\"2\"").status, 404);
  EXPECT_NE(client.get("/v1/records", user.session).body.find("\"deleted\":true"), std::string::npos);
  // Made anew it goes on counting.
  EXPECT_EQ(create(id, envelope(5)).number("version"), 3);
  EXPECT_EQ(remove(id, "\"3\"").status, 204);
  server.clock.advance(31 * 24 * 3600);
  ASSERT_TRUE(server.store->purge(server.clock.now()).ok());
  user.log_in();
  EXPECT_EQ(client.get("/v1/records", user.session).body.find(id), std::string::npos);
}

TEST_F(Records, AClientLearnsWhatChangedSince) {
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(create(api::RecordId::random(server.random).text(), envelope(1)).status, 201);
  ASSERT_EQ(create(id, envelope(1)).status, 201);
  const HttpReply all = client.get("/v1/records", user.session);
  EXPECT_EQ(all.json().find("records")->array()->size(), 6u);
  const std::string cursor = all.text("cursor");
  EXPECT_EQ(client.get("/v1/records?cursor=" + cursor, user.session).json().find("records")->array()->size(),
            0u);
  ASSERT_EQ(put(id, envelope(2), "If-Match", "\"1\"").status, 200);
  const HttpReply changed = client.get("/v1/records?since=" + cursor, user.session);
  ASSERT_EQ(changed.json().find("records")->array()->size(), 1u);
  EXPECT_NE(changed.body.find(id), std::string::npos);
  EXPECT_EQ(client.get("/v1/records?cursor=x", user.session).problem(), "invalid-argument");
}

TEST_F(Records, ARewrapChangesTheKeyWrapOnly) {
  ASSERT_EQ(create(id, envelope(300, 1)).status, 201);
  const auto rewrap = [&](std::uint32_t epoch, const std::string& if_match) {
    return client.post(
        "/v1/records/" + id + "/rewrap",
        Json::Object{{"version", 1}, {"epoch", epoch}, {"wrapped_key", Json::bytes(Bytes(94, 9))}},
        user.session, {{"If-Match", if_match}});
  };
  EXPECT_EQ(rewrap(2, "\"1\"").problem(), "server-conflict");
  EXPECT_EQ(rewrap(1, "\"2\"").status, 412);
  const HttpReply done = rewrap(1, "\"1\"");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.number("version"), 1);
  EXPECT_EQ(get(id).bytes("envelope"), ByteBuilder().lp(Bytes(94, 9)).raw(Bytes(300, 1)).take());
}

TEST_F(Records, AreTheirOwnersOnly) {
  ASSERT_EQ(create(id, envelope(1)).status, 201);
  TestUser other(client, "berta", "p", "a");
  ASSERT_EQ(other.register_now().status, 201);
  other.log_in();
  EXPECT_EQ(client.get("/v1/records/" + id, other.session).status, 404);
  EXPECT_EQ(client.get("/v1/records/" + id, user.computer.identity()).problem(), "permission-denied");
}

TEST_F(Records, ThereAreAtMost4096) {
  server::PutRecord command;
  command.user = user.id;
  command.epoch = 1;
  command.envelope = envelope(1);
  command.max_records = 3;
  for (int i = 0; i < 3; ++i) {
    command.record = api::RecordId::random(server.random);
    ASSERT_TRUE(server.store->put_record(command, 1).ok());
  }
  command.record = api::RecordId::random(server.random);
  EXPECT_EQ(server.store->put_record(command, 1).error(), Error::limit_exceeded);
}

}  // namespace
}  // namespace cardea::test
