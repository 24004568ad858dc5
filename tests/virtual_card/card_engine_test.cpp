// SPDX-License-Identifier: Apache-2.0
// The two personalities without a reader: what each answers to single commands.
#include "tests/virtual_card/card_engine.h"

#include <gtest/gtest.h>

#include "tests/virtual_card/tlv.h"

namespace cardea::virtual_card {
namespace {

class EngineTest : public testing::Test {
 protected:
  CardEngine& card(CardKind kind, std::uint32_t memory = 20000) {
    engine_.emplace(make_blank_card(kind, Bytes(kind == CardKind::myeid ? 10 : 5, 0x11), memory).value(),
                    random_);
    return *engine_;
  }
  std::string send(std::string_view hex) { return to_hex(engine_->process(from_hex(hex).value())); }

  // A finalised MyEID card with PIN 1 "11111111", PUK "22222222", three and two tries.
  void make_myeid(std::uint32_t memory = 20000) {
    card(CardKind::myeid, memory);
    ASSERT_EQ(send("00da010113"
                   "3131313131313131"
                   "3232323232323232"
                   "030200"),
              "9000");
    ASSERT_EQ(send("00440400"
                   "0ca000000063504b43532d3135"),
              "9000");
  }
  // Initialised with PIN "111111" and SO-PIN 3132333435363738.
  void make_sc_hsm() {
    card(CardKind::sc_hsm);
    ASSERT_EQ(send("80500000"
                   "19"
                   "80020001"
                   "8106313131313131"
                   "82083132333435363738"
                   "910103"),
              "9000");
  }

  SystemRandom random_;
  std::optional<CardEngine> engine_;
};

TEST_F(EngineTest, BytesThatAreNoCommandAreAnswered) {
  card(CardKind::myeid);
  for (const char* junk : {"", "00", "000000", "00a4000005aa"})
    EXPECT_EQ(send(junk), "6700") << junk;
  EXPECT_EQ(send("00ff0000"), "6d00");
}

TEST_F(EngineTest, LongAnswersComeInPieces) {
  make_sc_hsm();
  const std::string whole = send("00a404000be82b0601040181c31f020100");
  ASSERT_EQ(whole.size(), 2 * (12U + 2));
  const std::string first = send("00a404000be82b0601040181c31f020105");
  EXPECT_EQ(first, whole.substr(0, 10) + "6107");
  EXPECT_EQ(send("00c0000007"), whole.substr(10));
}

TEST_F(EngineTest, AnswersWithoutLeAreFetched) {
  card(CardKind::myeid);
  const std::string whole = send("00a4080000");
  ASSERT_TRUE(whole.starts_with("6f") && whole.ends_with("9000")) << whole;
  const std::string held_back = send("00a40000023f00");
  EXPECT_TRUE(held_back.starts_with("61") && held_back.size() == 4) << held_back;
  EXPECT_EQ(send("00c0000000"), whole);
  EXPECT_EQ(send("00c0000000"), "6985");  // only once
}

TEST_F(EngineTest, ChainedCommandsAreJoined) {
  make_myeid();
  EXPECT_EQ(send("1020000104"
                 "31313131"),
            "9000");
  EXPECT_EQ(send("0020000104"
                 "31313131"),
            "9000");
  EXPECT_TRUE(engine_->pins().verified);
  engine_->power_cycle();
  EXPECT_EQ(send("1020000104"
                 "31313131"),
            "9000");
  EXPECT_EQ(send("0084000001").size(), 6U);  // another command breaks the chain
  EXPECT_EQ(send("0020000104"
                 "31313131"),
            "6700");
}

TEST_F(EngineTest, PinCountersGoDownBeforeTheComparison) {
  make_myeid();
  EXPECT_EQ(send("00200001"), "63c3");
  EXPECT_EQ(send("0020000108"
                 "3939393939393939"),
            "63c2");
  EXPECT_EQ(send("0020000108"
                 "3939393939393939"),
            "63c1");
  EXPECT_EQ(send("0020000108"
                 "3939393939393939"),
            "6983");
  EXPECT_EQ(send("0020000108"
                 "3131313131313131"),
            "6983");
  EXPECT_EQ(send("002c000110"
                 "3939393939393939"
                 "3333333333333333"),
            "63c1");
  EXPECT_EQ(send("002c000110"
                 "3232323232323232"
                 "3333333333333333"),
            "9000");
  EXPECT_EQ(send("0020000108"
                 "3333333333333333"),
            "9000");
  EXPECT_EQ(send("00200001"), "9000");
  EXPECT_EQ(send("00200009"), "6a88");
  EXPECT_EQ(engine_->pins().unblock_tries_left, 2U);
}

TEST_F(EngineTest, MyEidRulesHoldOnceActivated) {
  make_myeid();
  ASSERT_EQ(send("00a4080c02"
                 "5015"),
            "9000");
  const std::string create =
      "00e0000019"
      "6217"
      "80020010"
      "820101"
      "83024501"
      "8603111fff"
      "85020000"
      "8a0100";
  EXPECT_EQ(send(create), "6982");  // the application directory wants PIN 1
  ASSERT_EQ(send("0020000108"
                 "3131313131313131"),
            "9000");
  EXPECT_EQ(send(create), "9000");
  EXPECT_EQ(send(create), "6a89");
  EXPECT_EQ(send("00d6000004"
                 "01020304"),
            "9000");
  EXPECT_EQ(send("00d6000e04"
                 "01020304"),
            "6a84");  // beyond the file
  EXPECT_EQ(send("00b0000004"), "010203049000");
  EXPECT_EQ(send("00b0001101"), "6b00");
  EXPECT_EQ(send("002e0000"), "9000");
  EXPECT_EQ(send("00b0000004"), "6982");
  EXPECT_EQ(send("a0e40000"), "6982");
}

TEST_F(EngineTest, MyEidMemoryEnds) {
  card(CardKind::myeid, 100);
  EXPECT_EQ(send("00e0000019"
                 "6217"
                 "80020040"
                 "820101"
                 "83024501"
                 "8603000000"
                 "85020000"
                 "8a0100"),
            "6a84");
  EXPECT_EQ(send("00e0000019"
                 "6217"
                 "80020020"
                 "820101"
                 "83024501"
                 "8603000000"
                 "85020000"
                 "8a0100"),
            "9000");
}

TEST_F(EngineTest, ScHsmWritesNeedThePinAndPrivateDataToRead) {
  make_sc_hsm();
  const std::string write =
      "00d7cd0009"
      "54020000"
      "5303aabbcc";
  EXPECT_EQ(send(write), "6982");
  ASSERT_EQ(send("0020008106"
                 "313131313131"),
            "9000");
  EXPECT_EQ(send(write), "9000");
  EXPECT_EQ(send("00b1cd00045402000003"), "aabbcc9000");
  EXPECT_EQ(send("00b1cd00045402000100"), "bbcc6282");
  EXPECT_EQ(send("00b1cd00045402000901"), "6b00");
  engine_->power_cycle();
  EXPECT_EQ(send("00b1cd00045402000003"), "6982");
  EXPECT_EQ(send("00e4020002cd00"), "6982");
}

TEST_F(EngineTest, ScHsmIsInitialisedAgainOnlyWithItsCode) {
  make_sc_hsm();
  EXPECT_EQ(send("80500000"
                 "19"
                 "80020001"
                 "8106313131313131"
                 "82080000000000000000"
                 "910103"),
            "6985");
  EXPECT_EQ(engine_->pins().unblock_tries_left, 14U);
  EXPECT_EQ(send("80500000"
                 "19"
                 "80020001"
                 "8106393939393939"
                 "82083132333435363738"
                 "910103"),
            "9000");
  EXPECT_EQ(send("0020008106"
                 "393939393939"),
            "9000");
}

}  // namespace
}  // namespace cardea::virtual_card
