// SPDX-License-Identifier: Apache-2.0
// What is told of an event, and what becomes of a message that can't be told.
#include "server/service/notifier.h"

#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

struct Channel final : NotifyChannel {
  Told tell(const std::string& message) override {
    messages.push_back(message);
    return answer;
  }
  [[nodiscard]] api::Json last() const { return api::Json::parse(messages.at(messages.size() - 1)).value(); }
  std::vector<std::string> messages;
  Told answer = Told::told;
};

class TheNotifier : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    RegisterUser command = make_user("anna");
    command.card.label = "Anna's \"card\"";
    command.computer.name = "laptop\n$(reboot)";
    const api::Json::Object details = {
        {"card", command.card.id.text()}, {"computer", command.computer.id.text()}, {"from", "192.0.2.0/24"}};
    command.audit = {"registered", details};
    ASSERT_TRUE(store->register_user({kNow, {}, {}}, command).ok());
    anna = command;
  }
  std::optional<Told> tell() {
    Notifier notifier(*store, channel, clock, "https://cardea.test", 70);
    const auto told = notifier.tell_next();
    EXPECT_TRUE(told.ok()) << told.failure().detail;
    return told.ok() ? *told : std::nullopt;
  }
  FakeClock clock{kNow};
  Channel channel;
  RegisterUser anna;
};

TEST_P(TheNotifier, TellsWhatTheSpecificationSaysAndNothingElse) {
  EXPECT_EQ(tell(), Told::told);
  const std::string user = anna.user.id.text(), card = anna.card.id.text(),
                    computer = anna.computer.id.text();
  const std::string wanted = R"({"version":1,"id":")" + user +
                             R"(-1","account":"anna","kind":"registered","time":1800000000,)" +
                             R"("details":{"card":")" + card + R"(","computer":")" + computer +
                             R"(","from":"192.0.2.0/24"},"server":"https://cardea.test","tries":1,)" +
                             R"x("computer":"laptop\n$(reboot)","card":"Anna's \"card\""})x";
  EXPECT_EQ(channel.messages.front(), wanted);
  EXPECT_EQ(tell(), std::nullopt);
}

TEST_P(TheNotifier, WhoHasNobodyToTellIsNotAskedAgain) {
  channel.answer = Told::nobody;
  EXPECT_EQ(tell(), Told::nobody);
  clock.advance(24 * 3600);
  EXPECT_EQ(tell(), std::nullopt);
}

TEST_P(TheNotifier, TriesAgainEachTimeLater) {
  channel.answer = Told::failed;
  for (const std::int64_t pause : {2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600}) {
    EXPECT_EQ(tell(), Told::failed);
    clock.advance(pause - 1);
    EXPECT_EQ(tell(), std::nullopt) << pause;
    clock.advance(1);
  }
  channel.answer = Told::told;
  EXPECT_EQ(tell(), Told::told);
  EXPECT_EQ(*channel.last().find("tries")->integer(), 15);
}

// A server that dies while it tells has not settled: another one takes over when the lease is over.
TEST_P(TheNotifier, WhatWasNeverSettledIsToldAgain) {
  ASSERT_TRUE(store->take_message({kNow, kNow + 70})->has_value());
  clock.advance(69);
  EXPECT_EQ(tell(), std::nullopt);
  clock.advance(1);
  EXPECT_EQ(tell(), Told::told);
}

TEST_P(TheNotifier, NamesAreLeftOutWhereThereAreNone) {
  ASSERT_EQ(tell(), Told::told);
  SetAccount closed;
  closed.account = "anna";
  closed.subject = "account:anna";
  closed.guesses = 100;
  closed.actor = "root";
  ASSERT_TRUE(store->set_account(closed, kNow).ok());
  EXPECT_EQ(tell(), Told::told);
  EXPECT_EQ(*channel.last().find("kind")->string(), "account-closed");
  EXPECT_EQ(channel.last().find("computer"), nullptr);
  EXPECT_EQ(channel.last().find("card"), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Engines, TheNotifier, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
