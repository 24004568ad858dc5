// SPDX-License-Identifier: Apache-2.0
// Two real servers, two regions: a user moves over HTTPS while both are killed.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/api/forward.h"
#include "core/base/byte_builder.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/test_user.h"
#include "tests/support/wait_until.h"

namespace cardea::test {
namespace {

using api::Json;

// Freed again: each server is named in the configuration of the other before it runs.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

struct RegionServer {
  explicit RegionServer(const std::string& region) : name(region) {
    edit("listen = 127.0.0.1:0", "listen = 127.0.0.1:" + std::to_string(port));
    edit("region = north", "region = " + name);
    add("[secrets]\nrelocation_key_file = " + process.dir.file("relocation") + "\n");
    std::string output;
    if (process.run({"--init-secrets"}, &output) != 0) throw std::runtime_error(output);
    if (process.run({"--show-region-key"}, &key) != 0) throw std::runtime_error(key);
    key.pop_back();  // the line's end
  }
  void knows(const RegionServer& other, const std::string& uids) {
    add("[regions]\nuids = " + uids + "\nca_file = " + other.process.ca_file() + "\nothers = " + other.name +
        "=https://127.0.0.1:" + std::to_string(other.port) + "#" + other.key + "\n");
  }
  void add(const std::string& lines) {
    std::ofstream(process.dir.file("server.conf"), std::ios::app) << lines;
  }
  void edit(const std::string& from, const std::string& to) {
    const std::string path = process.dir.file("server.conf");
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    std::string changed = text.str();
    changed.replace(changed.find(from), from.size(), to);
    std::ofstream(path) << changed;
  }
  void kill_and_start() {
    ASSERT_EQ(process.end(SIGKILL), -SIGKILL);
    process.start();
  }
  std::string name;
  std::uint16_t port = free_port();
  ServerProcess process;
  std::string key;
};

TEST(RegionsProcess, AUserMovesWhileBothServersAreKilled) {
  RegionServer north("north"), south("south");
  north.knows(south, "2010000000-2019999999");
  south.knows(north, "2020000000-2029999999");
  std::filesystem::remove(south.process.dir.file("ake"));
  std::filesystem::copy_file(north.process.dir.file("ake"), south.process.dir.file("ake"));
  north.process.start();
  south.process.start();

  ApiClient client = north.process.client();
  TestUser user{client, "anna", "correct horse", "rex"};
  ASSERT_EQ(user.register_now().status, 201);
  const TestGeneration generation = user.make_generation(user.computer);
  user.log_in();
  const Bytes envelope = ByteBuilder().lp(Bytes(94, 1)).raw(Bytes(300, 2)).take();
  const std::string record = "/v1/records/" + std::string(32, 'a');
  ASSERT_EQ(client
                .call("PUT", record, Json::Object{{"epoch", 1}, {"envelope", Json::bytes(envelope)}},
                      &user.session, {{"If-None-Match", "*"}})
                .status,
            201);
  ASSERT_EQ(
      client.post("/v1/account/region/move", Json::Object{{"answer", "move"}, {"to", "south"}}, user.session)
          .status,
      200);
  ASSERT_NO_FATAL_FAILURE(north.kill_and_start());
  client = north.process.client();
  // Killed while he was frozen, the lease has to end first.
  HttpReply reply;
  ASSERT_TRUE(test_support::wait_until(
      [&] {
        reply = client.get("/v1/account", user.session);
        return reply.status == 421;
      },
      std::chrono::seconds(100)))
      << reply.body;
  const Json body = reply.json();
  const auto bytes = [&](const char* name) {
    return from_base64url(*body.find("forward")->find(name)->string()).value();
  };
  const auto forward = api::open_forward(bytes("statement"), bytes("signature"), bytes("key"), user.id, 1);
  ASSERT_TRUE(forward.ok());
  EXPECT_EQ(forward->url, "https://127.0.0.1:" + std::to_string(south.port));

  ASSERT_NO_FATAL_FAILURE(north.kill_and_start());
  ASSERT_NO_FATAL_FAILURE(south.kill_and_start());
  client = north.process.client();
  EXPECT_EQ(user.login_password("correct horse").status, 421);
  EXPECT_EQ(user.login_password("wrong").status, 401);
  client = south.process.client();
  // It may have been killed before it heard that he is at home there.
  const Identity device = user.computer.identity();
  ASSERT_TRUE(test_support::wait_until(
      [&] { return client.get("/v1/cards?user_id=" + user.id.text(), device).status == 200; },
      std::chrono::seconds(20)));
  ASSERT_EQ(user.login_password("correct horse").status, 200);
  ASSERT_EQ(user.login_answer("rex").status, 200);
  EXPECT_EQ(client.get(record, user.session).bytes("envelope"), envelope);
  EXPECT_EQ(user.check_in(user.computer, generation, 0).text("fit"), "ok");
  EXPECT_EQ(user.open_card_session(user.card).status, 201);
  EXPECT_EQ(user.open_access_key_session(user.computer, generation).status, 201);
  EXPECT_EQ(north.process.end(SIGTERM), 0);
  EXPECT_EQ(south.process.end(SIGTERM), 0);
}

}  // namespace
}  // namespace cardea::test
