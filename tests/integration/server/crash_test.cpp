// SPDX-License-Identifier: Apache-2.0
// kill -9 in the middle of many writes: what was acknowledged is there, exactly once, and nothing is damaged.
#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/test_user.h"

namespace cardea::test {
namespace {

using api::Json;

Json record_body() {
  const Bytes envelope = ByteBuilder().lp(Bytes(94, 1)).raw(Bytes(300, 2)).take();
  return Json::Object{{"epoch", 1}, {"envelope", Json::bytes(envelope)}};
}

// What the server has said yes to.
struct Acknowledged {
  std::mutex mutex;
  std::set<std::string> records;
  std::int64_t last_index = 0;
  std::atomic<int> this_round{0};
};

// Issues access keys and makes records until the server is gone.
void write_until_killed(const ServerProcess& server, const TestUser& user, Acknowledged& acknowledged) {
  ApiClient client = server.client();
  SystemRandom random;
  for (;;) {
    const HttpReply issued = client.post(
        "/v1/access-keys/issue", Json::Object{{"computer_id", user.computer.id().text()}}, user.session);
    const std::string id = api::RecordId::random(random).text();
    const HttpReply put =
        client.call("PUT", "/v1/records/" + id, record_body(), &user.session, {{"If-None-Match", "*"}});
    const std::lock_guard lock(acknowledged.mutex);
    if (issued.status == 200) {
      acknowledged.last_index = std::max(acknowledged.last_index, issued.number("index"));
    }
    if (put.status == 201) {
      acknowledged.records.insert(id);
      ++acknowledged.this_round;
    }
    if (put.status == 0) return;
  }
}

std::set<std::string> stored_records(ApiClient& client, const Identity& session) {
  std::set<std::string> stored;
  std::string target = "/v1/records";
  for (bool more = true; more;) {
    const HttpReply page = client.get(target, session);
    EXPECT_EQ(page.status, 200) << page.body;
    if (page.status != 200) return {};
    const Json json = page.json();
    for (const Json& record : *json.find("records")->array()) {
      EXPECT_TRUE(stored.insert(*record.find("record_id")->string()).second);
    }
    target = "/v1/records?cursor=" + page.text("cursor");
    more = *json.find("more")->boolean();
  }
  return stored;
}

TEST(Crash, KillInMidBatchLosesNothingAcknowledged) {
  ServerProcess server("[limits]\nconnections_per_prefix = 200\n");
  server.start();
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  (void)anna.make_generation(anna.computer);
  anna.log_in();
  Acknowledged acknowledged;
  for (int round = 0; round < 3; ++round) {
    acknowledged.this_round = 0;
    std::vector<std::thread> writers;
    for (int i = 0; i < 6; ++i) {
      writers.emplace_back([&] { write_until_killed(server, anna, acknowledged); });
    }
    while (acknowledged.this_round < 40)
      std::this_thread::yield();
    EXPECT_EQ(server.end(SIGKILL), -SIGKILL);
    for (auto& writer : writers)
      writer.join();
    server.start();
  }
  ApiClient after = server.client();
  const auto stored = stored_records(after, anna.session);
  for (const std::string& id : acknowledged.records)
    EXPECT_TRUE(stored.contains(id)) << id;
  EXPECT_GE(acknowledged.records.size(), 120u);
  EXPECT_GT(acknowledged.last_index, 0);
  EXPECT_GE(after.get(anna.computer.path(), anna.session).number("issued"), acknowledged.last_index);
  EXPECT_EQ(server.end(SIGTERM), 0);
  EXPECT_EQ(server.run({"--check"}), 0);
}

}  // namespace
}  // namespace cardea::test
