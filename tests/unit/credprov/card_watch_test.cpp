// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/card_watch.h"

#include <atomic>

#include "core/client/texts.h"
#include "tests/unit/credprov/fake_outside.h"

namespace cardea::credprov {
namespace {

class Heard final : public CardListener {
 public:
  void on_cards(const std::string& status) noexcept override {
    std::lock_guard lock(mutex_);
    heard_.push_back(status);
  }
  std::vector<std::string> all() {
    std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> heard_;
};

class CardWatchTest : public testing::Test {
 protected:
  void start() {
    ASSERT_TRUE(outside->run([this] { watch.run(); }));
  }
  void expect_answer(std::string known, std::string counter, std::string message) {
    outside->expect([=](DaemonEnd& daemon) {
      const wire::BeginOperation begin = daemon.operation();
      EXPECT_EQ(begin.verb, "card.watch");
      ASSERT_EQ(begin.argument_count, 1);
      EXPECT_EQ(begin.arguments[0].name, "known");
      EXPECT_EQ(begin.arguments[0].value, known);
      EXPECT_EQ(begin.language, "de_AT.UTF-8");
      daemon.result(message, "{\"counter\":\"" + counter + "\"}");
    });
  }
  // The daemon has nothing new; the watch waits until it is stopped.
  void expect_silence(std::atomic<bool>& asked) {
    outside->expect([&asked](DaemonEnd& daemon) {
      daemon.operation();
      asked = true;
      EXPECT_TRUE(daemon.wait_for_end());
    });
  }
  std::shared_ptr<FakeOutside> outside = std::make_shared<FakeOutside>();
  std::shared_ptr<Heard> heard = std::make_shared<Heard>();
  CardWatch watch{outside, "de_AT.UTF-8", heard, {1, 1, 4}};
};

TEST_F(CardWatchTest, TellsEveryChangeOnce) {
  std::atomic<bool> waits = false;
  expect_answer("", "7", "Card “Ana”");
  expect_answer("7", "7", "Card “Ana”");  // a minute without news
  expect_answer("7", "8", "");
  expect_silence(waits);
  start();
  EXPECT_TRUE(eventually([&] { return waits.load(); }));
  watch.stop();
  outside->join();
  EXPECT_EQ(heard->all(), (std::vector<std::string>{"Card “Ana”", ""}));
}

TEST_F(CardWatchTest, StopsInTheMiddleOfAnything) {
  std::atomic<bool> waits = false;
  expect_silence(waits);
  start();
  EXPECT_TRUE(eventually([&] { return waits.load(); }));
  watch.stop();
  outside->join();  // ends, though the daemon says nothing for a minute
  EXPECT_TRUE(heard->all().empty());
}

TEST_F(CardWatchTest, StoppedBeforeItBegan) {
  watch.stop();
  start();
  outside->join();
  EXPECT_EQ(outside->connections(), 0);
}

TEST_F(CardWatchTest, ServiceThatIsAwayIsToldOnceAndTriedAgain) {
  start();
  EXPECT_TRUE(eventually([&] { return outside->connections() > 3; }));
  std::atomic<bool> waits = false;
  expect_answer("", "1", "Card");
  expect_silence(waits);
  EXPECT_TRUE(eventually([&] { return waits.load(); }));
  watch.stop();
  outside->join();
  ASSERT_EQ(heard->all().size(), 2u);
  EXPECT_EQ(heard->all()[0], text::translate(text::language_of("de_AT.UTF-8"), client::kServiceDownText));
  EXPECT_EQ(heard->all()[1], "Card");
}

TEST_F(CardWatchTest, QuestionsAndRefusalsOfTheDaemonDoNoHarm) {
  std::atomic<bool> waits = false;
  outside->expect([](DaemonEnd& daemon) {
    daemon.operation();
    EXPECT_EQ(daemon.ask("pin", "PIN: ", wire::Route::private_channel), "<refused>");
    daemon.result("Not for you.", "{}", Error::permission_denied);
  });
  expect_silence(waits);
  start();
  EXPECT_TRUE(eventually([&] { return waits.load(); }));
  watch.stop();
  outside->join();
  EXPECT_EQ(heard->all(), std::vector<std::string>{"Not for you."});
}

TEST(CardCounter, HasOneForm) {
  EXPECT_EQ(card_counter("{\"counter\":\"17\"}"), "17");
  EXPECT_EQ(card_counter("{\"counter\":\"12345678901234567890\"}"), "12345678901234567890");
  for (const char* bad : {"", "{}", "{\"counter\":\"\"}", "{\"counter\":17}", "{\"counter\":\"1a\"}",
                          "{\"counter\":\"-1\"}", "{\"counter\":\"123456789012345678901\"}",
                          "{\"counter\":\"1\"} ", "{\"counter\":\"1\",\"x\":\"2\"}", "{\"counter\":\"1"})
    EXPECT_EQ(card_counter(bad), "") << bad;
}

}  // namespace
}  // namespace cardea::credprov
