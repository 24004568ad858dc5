// SPDX-License-Identifier: Apache-2.0
// kill -9 in the middle of many writes: what was acknowledged is there, exactly once, and nothing is damaged.
#include <atomic>
#include <csignal>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/test_user.h"

namespace cardea::test {
namespace {

using api::Json;

TEST(Crash, KillInMidBatchLosesNothingAcknowledged) {
  ServerProcess server("[limits]\nconnections_per_prefix = 200\n");
  server.start();
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  (void)anna.make_generation(anna.computer);
  anna.log_in();
  constexpr int kWriters = 6;
  constexpr int kRounds = 3;
  std::set<std::string> acknowledged;
  std::int64_t last_index = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::mutex mutex;
    std::atomic<int> done{0};
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([&, w] {
        ApiClient own = server.client();
        SystemRandom random;
        for (;;) {
          if (w == 0) {
            const HttpReply issued =
                own.post("/v1/access-keys/issue", Json::Object{{"computer_id", anna.computer.id().text()}},
                         anna.session);
            if (issued.status == 0) return;
            const std::lock_guard lock(mutex);
            if (issued.status == 200) last_index = std::max(last_index, issued.number("index"));
          }
          const std::string id = api::RecordId::random(random).text();
          const Bytes envelope = ByteBuilder().lp(Bytes(94, 1)).raw(Bytes(300, 2)).take();
          const HttpReply put =
              own.call("PUT", "/v1/records/" + id,
                       Json(Json::Object{{"epoch", 1}, {"envelope", Json::bytes(envelope)}}), &anna.session,
                       {{"If-None-Match", "*"}});
          if (put.status == 0) return;
          if (put.status == 201) {
            const std::lock_guard lock(mutex);
            acknowledged.insert(id);
            ++done;
          }
        }
      });
    }
    while (done < 40)
      std::this_thread::yield();
    EXPECT_EQ(server.end(SIGKILL), -SIGKILL);
    for (auto& writer : writers)
      writer.join();
    server.start();
    // The signatures name the port, which is another one now.
  }
  ApiClient after = server.client();
  std::set<std::string> stored;
  std::string cursor = "0";
  for (bool more = true; more;) {
    const HttpReply page = after.get("/v1/records?cursor=" + cursor, anna.session);
    ASSERT_EQ(page.status, 200) << page.body;
    const Json json = page.json();
    for (const Json& record : *json.find("records")->array()) {
      EXPECT_TRUE(stored.insert(*record.find("record_id")->string()).second);
    }
    cursor = page.text("cursor");
    more = *json.find("more")->boolean();
  }
  for (const std::string& id : acknowledged)
    EXPECT_TRUE(stored.contains(id)) << id;
  EXPECT_GE(acknowledged.size(), 120u);
  const HttpReply computer = after.get(anna.computer.path(), anna.session);
  EXPECT_GE(computer.number("issued"), last_index);
  EXPECT_EQ(server.end(SIGTERM), 0);
  EXPECT_EQ(server.run({"--check"}), 0);
}

}  // namespace
}  // namespace cardea::test
