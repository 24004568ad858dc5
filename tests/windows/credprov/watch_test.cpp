// SPDX-License-Identifier: Apache-2.0
// Cards that come and go while LogonUI shows the tile.
#include <thread>

#include "core/client/texts.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

class WatchTest : public LogonUiTest {
 protected:
  bool shows_cards(std::string_view text) {
    return eventually([&] { return text_of(Field::card_status) == text; });
  }
};

TEST_F(WatchTest, CardsAreShownAsTheyComeAndGo) {
  daemon_.set_cards("");
  start();
  EXPECT_TRUE(eventually([&] { return events_.changes > 0; }));
  daemon_.set_cards("Card “Ana”");
  EXPECT_TRUE(shows_cards("Card “Ana”"));
  EXPECT_TRUE(is_shown(Field::card_status));
  EXPECT_TRUE(eventually([&] { return events_.changes > 1; }));
  daemon_.set_cards("");
  EXPECT_TRUE(eventually([&] { return !is_shown(Field::card_status); }));
}

TEST_F(WatchTest, NothingThatIsTypedIsLost) {
  start();
  EXPECT_TRUE(eventually([&] { return events_.changes > 0; }));
  type(Field::pin, "12");
  const int before = events_.changes;
  daemon_.set_cards("Card “Ana”");
  EXPECT_TRUE(shows_cards("Card “Ana”"));
  EXPECT_EQ(events_.changes, before);
  EXPECT_EQ(shown().emptied, 0);
}

TEST_F(WatchTest, EndsAtOnceInTheMiddleOfItsWait) {
  start();
  EXPECT_TRUE(eventually([&] { return daemon_.watches() > 1; }));
  const ULONGLONG begun = GetTickCount64();
  end();
  EXPECT_TRUE(eventually([] { return dll_function("DllCanUnloadNow")() == S_OK; }));
  EXPECT_LT(GetTickCount64() - begun, 2'000u);
}

// LogonUI's thread is in UnAdvise while the watch is in LogonUI's callback: neither waits for the other.
TEST_F(WatchTest, UnadvisedInTheMiddleOfAnEvent) {
  start();
  EXPECT_TRUE(eventually([&] { return events_.changes > 0; }));
  std::atomic<bool> inside{false}, leave{false};
  events_.meanwhile = [&] {
    inside = true;
    while (!leave)
      Sleep(1);
  };
  daemon_.set_cards("Card “Ana”");
  EXPECT_TRUE(eventually([&] { return inside.load(); }));
  const ULONGLONG begun = GetTickCount64();
  EXPECT_EQ(provider_->UnAdvise(), S_OK);
  EXPECT_LT(GetTickCount64() - begun, 1'000u);
  events_.advised = false;
  daemon_.set_cards("Another");
  leave = true;
  end();
  EXPECT_EQ(events_.late, 0) << "heard after UnAdvise";
}

TEST_F(WatchTest, UnadvisedFromInsideOfAnEvent) {
  start();
  EXPECT_TRUE(eventually([&] { return events_.changes > 0; }));
  std::atomic<bool> done{false};
  events_.meanwhile = [&] {
    EXPECT_TRUE(done || provider_->UnAdvise() == S_OK);
    events_.advised = false;
    done = true;
  };
  daemon_.set_cards("Card “Ana”");
  EXPECT_TRUE(eventually([&] { return done.load(); }));
}

TEST_F(WatchTest, ManyEventsWhileTilesAreMadeAndEnded) {
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    for (int i = 0; !stop; ++i) {
      daemon_.set_cards("Card " + std::to_string(i % 10));
      Sleep(1);
    }
  });
  for (int i = 0; i < 15; ++i) {
    start();
    redraw(i % 2 == 0);
    Sleep(5);
    end();
  }
  stop = true;
  busy.join();
}

}  // namespace
}  // namespace cardea::credprov::test
