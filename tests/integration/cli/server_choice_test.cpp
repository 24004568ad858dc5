// SPDX-License-Identifier: Apache-2.0
// Which of several servers `cardea recover` asks on a computer where nothing is known of them, when one was
// named and some are slow or dead.
#include <gmock/gmock.h>

#include "tests/integration/cli/utility.h"
#include "tests/support/server/listed_servers.h"

namespace cardea::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class ServerChoice : public ::testing::Test {
 protected:
  // Up to the password of an account that nobody has.
  Ran recover(const std::string& behind_name = "") {
    return run_cardea({"recover", "--server", servers_.proxies[0].url() + behind_name, "--account", "nobody",
                       "--ca-file", servers_.ca_file(), "--answers", "-"},
                      "password=wrong\n");
  }
  // The program ended as one does that was told so by a server.
  static void expect_answered(const Ran& ran) { EXPECT_EQ(ran.code, 5) << ran.err; }
  [[nodiscard]] std::string line_for(std::size_t i) const {
    return servers_.proxies[i].url() + " answers fastest of 3 servers, and is asked.";
  }
  static constexpr const char* kAnyLine = "answers fastest";

  ListedServers servers_;
};

TEST_F(ServerChoice, TheFastestIsAskedAndNamed) {
  servers_.set_delays(250, 0, 300);
  const Ran ran = recover();
  expect_answered(ran);
  EXPECT_THAT(ran.err + ran.out, HasSubstr(line_for(1)));
}

TEST_F(ServerChoice, TheOneThatWasNamedNeedsNoWord) {
  servers_.set_delays(0, 300, 250);
  const Ran ran = recover();
  expect_answered(ran);
  EXPECT_THAT(ran.err + ran.out, Not(HasSubstr(kAnyLine)));
  const Ran otherwise_written = recover("/");
  expect_answered(otherwise_written);
  EXPECT_THAT(otherwise_written.err + otherwise_written.out, Not(HasSubstr(kAnyLine)));
}

TEST_F(ServerChoice, DeadOnesAreNotWaitedFor) {
  servers_.set_delays(0, 250, 0);
  servers_.proxies[2].set_dead(true);
  const Ran ran = recover();
  expect_answered(ran);
  EXPECT_THAT(ran.err + ran.out, Not(HasSubstr(kAnyLine)));
  // One that has stopped answers nothing and refuses nothing.
  servers_.servers[1]->signal(SIGSTOP);
  const Ran silent = recover();
  servers_.servers[1]->signal(SIGCONT);
  expect_answered(silent);
}

TEST_F(ServerChoice, WhenTheFastestDiesAnotherIsAsked) {
  servers_.set_delays(250, 0, 500);
  const int before = servers_.proxies[0].connections();
  AtTerminal terminal({"recover", "--server", servers_.proxies[0].url(), "--account", "nobody", "--ca-file",
                       servers_.ca_file()});
  ASSERT_TRUE(terminal.sees(line_for(1)));
  ASSERT_TRUE(terminal.sees("Password of nobody: "));
  servers_.proxies[1].set_dead(true);
  const int measured = servers_.proxies[0].connections();
  EXPECT_GT(measured, before);
  terminal.type("wrong\n");
  EXPECT_EQ(terminal.ends(), 5) << terminal.transcript();
  EXPECT_GT(servers_.proxies[0].connections(), measured) << "the next fastest was not asked";
}

}  // namespace
}  // namespace cardea::test
