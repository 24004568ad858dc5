// SPDX-License-Identifier: Apache-2.0
// The control socket and the program around it, without pcscd: the card is not in a reader.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/virtual_card.h"
#include "tests/virtual_card/state_file.h"

namespace cardea::virtual_card {
namespace {

using test_support::TemporaryDirectory;
using test_support::VirtualCard;

class ControlTest : public testing::Test {
 protected:
  VirtualCard absent_card() {
    return VirtualCard({directory_ / "card", CardKind::myeid, 0, {}, "00112233445566778899", true});
  }
  TemporaryDirectory directory_;
};

TEST_F(ControlTest, JunkIsAnsweredWithAnError) {
  const VirtualCard card = absent_card();
  const std::vector<std::string> junk = {"",
                                         " ",
                                         "nonsense",
                                         "eject now",
                                         "delay",
                                         "delay -1",
                                         "delay 99999999",
                                         "yank-at x",
                                         "yank-at 1 later",
                                         "force 2a 9000",
                                         "force 2 9000 1",
                                         "force zz 9000 1",
                                         "memory 99999999999",
                                         "insert /nonexistent/card",
                                         std::string("stat\0x", 6),
                                         "\x1b[31mstat",
                                         std::string(5000, 'a')};
  for (const std::string& text : junk) {
    EXPECT_TRUE(card.control(text).starts_with("error ")) << text;
  }
  EXPECT_FALSE(card.stat().inserted);
}

TEST_F(ControlTest, StatNamesEveryField) {
  VirtualCard card = absent_card();
  EXPECT_EQ(card.control("stat"),
            "ok inserted=0 apdus=0 personality=myeid pin_tries=0 puk_tries=0 verified=0 free=65504 "
            "serial=00112233445566778899");
  card.memory(1000);
  EXPECT_EQ(card.stat().free, 968U);
  EXPECT_EQ(load_state(card.state_file()).value().memory_limit, 1000U);
}

TEST_F(ControlTest, TraceIsEmptyBeforeAnyCommand) {
  const VirtualCard card = absent_card();
  EXPECT_EQ(card.control("trace"), "ok");
}

TEST_F(ControlTest, CommandLineClientPrintsTheAnswer) {
  const VirtualCard card = absent_card();
  const auto good = test_support::run_command(
      {CARDEA_VIRTUAL_CARD_PROGRAM, "ctl", card.control_socket().string(), "delay", "5"});
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.output, "ok\n");
  const auto bad = test_support::run_command(
      {CARDEA_VIRTUAL_CARD_PROGRAM, "ctl", card.control_socket().string(), "dance"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_EQ(bad.output, "error unknown command dance\n");
}

TEST_F(ControlTest, QuitAndSignalEndTheProcessAndRemoveTheSocket) {
  VirtualCard first = absent_card();
  EXPECT_TRUE(std::filesystem::exists(first.control_socket()));
  first.quit();
  EXPECT_FALSE(std::filesystem::exists(first.control_socket()));
  VirtualCard second = absent_card();
  EXPECT_EQ(second.process().stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(second.control_socket()));
}

TEST_F(ControlTest, SecondCardAtTheSameSocketIsRefused) {
  VirtualCard card = absent_card();
  const auto second =
      test_support::run_command({CARDEA_VIRTUAL_CARD_PROGRAM, "--state", (directory_ / "two").string(),
                                 "--control", card.control_socket().string(), "--absent"});
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.output.find("another virtual card"), std::string::npos);
  card.process().kill9();                   // leaves its socket file behind
  const VirtualCard third = absent_card();  // which the next one replaces
  EXPECT_TRUE(third.control("stat").starts_with("ok "));
}

TEST_F(ControlTest, DamagedStateFileIsRefused) {
  { const VirtualCard card = absent_card(); }
  std::fstream file(directory_ / "card", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(40);
  file.put('\x7f');
  file.close();
  const auto started =
      test_support::run_command({CARDEA_VIRTUAL_CARD_PROGRAM, "--state", (directory_ / "card").string(),
                                 "--control", (directory_ / "ctl").string(), "--absent"});
  EXPECT_EQ(started.status, 1);
  EXPECT_NE(started.output.find("state file is damaged"), std::string::npos);
}

TEST_F(ControlTest, WrongOptionsAreRefused) {
  const std::vector<std::vector<std::string>> wrong = {{},
                                                       {"--state", "x"},
                                                       {"--personality", "piv"},
                                                       {"--port", "70000"},
                                                       {"--memory", "-1"},
                                                       {"--serial", "zz"},
                                                       {"extra"}};
  for (std::vector<std::string> arguments : wrong) {
    arguments.insert(arguments.begin(), CARDEA_VIRTUAL_CARD_PROGRAM);
    EXPECT_EQ(test_support::run_command(arguments).status, 2);
  }
}

}  // namespace
}  // namespace cardea::virtual_card
