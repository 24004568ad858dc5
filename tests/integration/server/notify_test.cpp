// SPDX-License-Identifier: Apache-2.0
// A real server and a real program for its notifications: one that hangs, fails or vanishes, and a server
// that is killed while it runs. Nothing acknowledged goes untold, and no request waits.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/server/server_process.h"
#include "tests/support/server/test_user.h"
#include "tests/support/server/tls_connection.h"
#include "tests/support/wait_until.h"

namespace cardea::test {
namespace {

using api::Json;
using std::chrono::seconds;
using test_support::wait_until;

class Notify : public testing::Test {
 protected:
  // Each message in a file of its own: "NUMBER", in the order of the program's starts.
  static constexpr const char* kKeep = "f=$(mktemp -p $d/out .XXXXXX); cat >$f; mv $f $d/out/$(date +%s%N)\n";

  Notify() {
    std::filesystem::create_directory(out());
    write_program(kKeep);
  }
  void configure(int timeout_seconds = 1) const {
    std::ofstream(server.dir.file("server.conf"), std::ios::app)
        << "[notify]\nprogram = " << program() << "\ntimeout_seconds = " << timeout_seconds << "\n";
  }
  void start(int timeout_seconds = 1) {
    configure(timeout_seconds);
    server.start();
  }
  [[nodiscard]] std::string out() const { return server.dir.file("out"); }
  [[nodiscard]] std::string program() const { return server.dir.file("tell"); }
  void write_program(const std::string& text, mode_t mode = 0755) {
    const std::string next = server.dir.file("tell.new");
    std::ofstream(next) << "#!/bin/sh\nd=" << server.dir.path() << "\n" << text;
    ASSERT_EQ(::chmod(next.c_str(), mode), 0);
    std::filesystem::rename(next, program());
  }
  // Of all messages that were told so far: "KIND SEQUENCE".
  [[nodiscard]] std::multiset<std::string> told() const {
    std::multiset<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(out())) {
      if (entry.path().filename().string().front() == '.') continue;
      std::stringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      const auto message = Json::parse(text.str());
      if (!message.ok()) throw std::runtime_error("no message: " + text.str());
      const std::string id = *message->find("id")->string();
      found.insert(*message->find("kind")->string() + " " + id.substr(id.find('-') + 1));
    }
    return found;
  }
  testing::AssertionResult becomes(const std::set<std::string>& wanted) {
    const bool done = wait_until(
        [&] {
          const auto found = told();
          return std::set<std::string>(found.begin(), found.end()) == wanted;
        },
        seconds(60));
    return done ? testing::AssertionSuccess()
                : testing::AssertionFailure() << testing::PrintToString(told()) << "\n"
                                              << server.log();
  }
  [[nodiscard]] bool shows(const std::string& metric) const {
    return get_plain(server.metrics_port(), "/metrics").find("\ncardea_" + metric + "\n") !=
           std::string::npos;
  }
  ServerProcess server;
};

TEST_F(Notify, WhatHappensIsToldAtOnce) {
  start();
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  (void)anna.make_generation(anna.computer);
  anna.log_in();
  ASSERT_EQ(anna.issue(anna.computer).status, 200);
  EXPECT_TRUE(becomes({"registered 1", "access-key-issued 5"}));
  EXPECT_TRUE(wait_until([&] { return shows("notifications_waiting 0"); }));
  EXPECT_TRUE(shows("notifications_total{outcome=\"told\"} 2"));
  EXPECT_TRUE(shows("notification_oldest_timestamp_seconds 0"));
  EXPECT_EQ(server.end(SIGTERM), 0);
}

TEST_F(Notify, AProgramThatHangsKeepsNobodyWaiting) {
  ASSERT_NO_FATAL_FAILURE(write_program("touch $d/hangs; exec sleep 300\n"));
  start();
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a"), berta(client, "berta", "p", "b");
  ASSERT_EQ(anna.register_now().status, 201);
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(server.dir.file("hangs")); }));
  EXPECT_EQ(berta.register_now().status, 201);
  server.wait_for_log("it took too long");
  EXPECT_TRUE(shows("notifications_waiting 2"));
  ASSERT_NO_FATAL_FAILURE(write_program(kKeep));
  EXPECT_TRUE(becomes({"registered 1"}));
  EXPECT_TRUE(wait_until([&] { return told().size() >= 2; }, seconds(60)));
}

TEST_F(Notify, AServerThatStopsDoesNotWaitForIt) {
  ASSERT_NO_FATAL_FAILURE(write_program("touch $d/hangs; exec sleep 300\n"));
  start(300);
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(server.dir.file("hangs")); }));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(server.end(SIGTERM), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(60));
}

TEST_F(Notify, OneThatFailsIsAskedAgainAndItsWordsAreInTheLog) {
  ASSERT_NO_FATAL_FAILURE(write_program(
      "test -e $d/failed || { touch $d/failed; echo no route to the mail host >&2; exit 1; }\n" +
      std::string(kKeep)));
  start();
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  server.wait_for_log("no route to the mail host");
  EXPECT_TRUE(becomes({"registered 1"}));
  EXPECT_TRUE(wait_until([&] { return shows("notifications_total{outcome=\"told\"} 1"); }));
  EXPECT_TRUE(shows("notifications_total{outcome=\"failed\"} 1"));
}

// The server is killed after it has said yes, before the program has told, and while it runs.
TEST_F(Notify, KilledItTellsEverythingAfterwards) {
  ASSERT_NO_FATAL_FAILURE(write_program("touch $d/hangs; exec sleep 300\n"));
  start();
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  (void)anna.make_generation(anna.computer);
  anna.log_in();
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(server.dir.file("hangs")); }));
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(anna.issue(anna.computer).status, 200);
  ASSERT_EQ(server.end(SIGKILL), -SIGKILL);
  EXPECT_TRUE(told().empty());
  ASSERT_NO_FATAL_FAILURE(write_program(kKeep));
  server.start();
  EXPECT_TRUE(becomes({"registered 1", "access-key-issued 5", "access-key-issued 6", "access-key-issued 7"}));
  EXPECT_EQ(server.end(SIGTERM), 0);
}

TEST_F(Notify, AProgramThatOthersMayChangeIsNoConfiguration) {
  ASSERT_NO_FATAL_FAILURE(write_program(kKeep, 0757));
  configure();
  std::string output;
  EXPECT_EQ(server.run({"--check"}, &output), 1);
  EXPECT_NE(output.find("others may change it"), std::string::npos) << output;
  EXPECT_EQ(server.run({}, &output), 1);
  EXPECT_NE(output.find("others may change it"), std::string::npos) << output;
  std::filesystem::remove(program());
  EXPECT_EQ(server.run({"--check"}, &output), 1);
  EXPECT_NE(output.find("No such file"), std::string::npos) << output;
}

// Changed while the server runs: the message waits.
TEST_F(Notify, AProgramThatOthersMayChangeIsNotRun) {
  start();
  ASSERT_NO_FATAL_FAILURE(write_program(kKeep, 0757));
  ApiClient client = server.client();
  TestUser anna(client, "anna", "p", "a");
  ASSERT_EQ(anna.register_now().status, 201);
  server.wait_for_log("others may change it");
  EXPECT_TRUE(told().empty());
  ASSERT_NO_FATAL_FAILURE(write_program(kKeep));
  EXPECT_TRUE(becomes({"registered 1"}));
}

}  // namespace
}  // namespace cardea::test
