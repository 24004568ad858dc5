// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/session.h"

#include <atomic>

#include "core/client/texts.h"
#include "credprov/model/kerb_logon.h"
#include "credprov/model/texts.h"
#include "tests/unit/credprov/fake_outside.h"

namespace cardea::credprov {
namespace {

using wire::AnswerKind;
using wire::Decision;
using wire::Route;

class CountingHost final : public TileHost {
 public:
  void on_tile_changed() noexcept override { ++changed; }
  void on_tile_ready() noexcept override { ++ready; }
  std::atomic<int> changed{0}, ready{0};
};

class SessionTest : public testing::Test {
 protected:
  ~SessionTest() override {
    if (session != nullptr) session->close();
    outside->join();
  }
  void make(Scenario scenario = Scenario::logon, std::string user = "PC\\ana",
            std::uint32_t linger_ms = 20'000) {
    session =
        std::make_shared<Session>(SessionSetup{scenario, std::move(user), "PC", "C", linger_ms}, outside);
    host = std::make_shared<CountingHost>();
    session->attach(host);
  }
  void type(Field field, std::string_view text) { session->type(field, SecretBytes(text)); }
  Submitted submit() { return session->submit(packed); }
  Submitted submit(Field field, std::string_view text) {
    type(field, text);
    return submit();
  }
  [[nodiscard]] bool shows(Field field, std::string_view text) const {
    return session->view().fields[index_of(field)].text == text;
  }
  [[nodiscard]] bool comes_to(Field field) const {
    return eventually([&] {
      const View view = session->view();
      return view.submit_after == field && view.fields[index_of(field)].enabled;
    });
  }
  [[nodiscard]] bool says(std::string_view message) const {
    return eventually([&] { return session->message() == message; });
  }
  [[nodiscard]] bool gets_ready() const {
    return eventually([&] { return host->ready == 1; });
  }
  void expect_packed(LogonMessage message, std::string_view password, std::string_view user = "ana") {
    const auto logon = unpack_logon(packed.expose());
    ASSERT_TRUE(logon.ok());
    EXPECT_EQ(logon.value().message, message);
    EXPECT_EQ(logon.value().name.domain, "PC");
    EXPECT_EQ(logon.value().name.user, user);
    EXPECT_EQ(logon.value().password.expose_text(), password);
  }

  std::shared_ptr<FakeOutside> outside = std::make_shared<FakeOutside>();
  std::shared_ptr<CountingHost> host;
  std::shared_ptr<Session> session;
  SecretBytes packed;
};

// The PIN, then the password, then the grant.
Script grants(std::string_view password, std::string_view pin = "1234") {
  return [password, pin](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), pin);
    if (!password.empty()) {
      EXPECT_EQ(daemon.reveal("windows-password", password), AnswerKind::empty);
    }
    daemon.verdict(Decision::granted, "PC\\ana");
  };
}

TEST_F(SessionTest, LoginWithCardAndStoredPassword) {
  make();
  outside->expect([](DaemonEnd& daemon) {
    const wire::Begin begin = daemon.begin();
    EXPECT_EQ(begin.type, wire::MessageType::begin_login);
    EXPECT_EQ(begin.service, "windows-logon");
    EXPECT_EQ(begin.user, "PC\\ana");
    EXPECT_EQ(begin.flags, static_cast<std::uint32_t>(wire::kHasFirstPass));
    EXPECT_EQ(begin.language, "C");
    EXPECT_EQ(daemon.ask_pin(), "1234");
    EXPECT_EQ(daemon.reveal("windows-password", "pä🔑"), AnswerKind::empty);
    daemon.verdict(Decision::granted, "pc\\ANA");
  });
  EXPECT_FALSE(session->select());
  EXPECT_EQ(submit(Field::pin, "1234"), Submitted::not_finished);
  ASSERT_TRUE(gets_ready());
  EXPECT_TRUE(session->select());
  EXPECT_EQ(submit(), Submitted::credential);
  expect_packed(LogonMessage::interactive, "pä🔑");
  session->reported(0, 0);
  EXPECT_FALSE(session->in_use());
}

TEST_F(SessionTest, ScenariosHaveTheirServicesAndMessages) {
  struct Case {
    Scenario scenario;
    std::string_view service;
    LogonMessage message;
  };
  for (const Case& c : {Case{Scenario::unlock, "windows-unlock", LogonMessage::unlock},
                        Case{Scenario::credui, "windows-credui", LogonMessage::credui}}) {
    make(c.scenario);
    outside->expect([service = c.service](DaemonEnd& daemon) {
      EXPECT_EQ(daemon.begin().service, service);
      EXPECT_EQ(daemon.ask_pin(), "1234");
      EXPECT_EQ(daemon.reveal("windows-password", "s3cret"), AnswerKind::empty);
      daemon.verdict(Decision::granted, "PC\\ana");
    });
    submit(Field::pin, "1234");
    ASSERT_TRUE(gets_ready());
    EXPECT_EQ(submit(), Submitted::credential);
    expect_packed(c.message, "s3cret");
    session->close();
  }
}

TEST_F(SessionTest, NothingWaitsWhileTheDaemonThinks) {
  make();
  std::mutex gate;
  gate.lock();
  outside->expect([&](DaemonEnd& daemon) {
    daemon.begin();
    std::lock_guard wait(gate);
    daemon.verdict(Decision::refused, "", "No.");
  });
  submit(Field::pin, "1234");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(submit(), Submitted::not_finished);
    EXPECT_FALSE(session->select());
    (void)session->view();
  }
  EXPECT_TRUE(shows(Field::message, texts::kWorking));
  gate.unlock();
  EXPECT_TRUE(says("No."));
  EXPECT_EQ(host->ready, 0);
  EXPECT_FALSE(session->in_use());
  EXPECT_EQ(outside->connections(), 1) << "nothing is sent again by itself";
}

TEST_F(SessionTest, WrongPinIsAskedAgainWithTheReason) {
  make();
  outside->expect([](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), "1111");
    EXPECT_EQ(daemon.ask_pin("PIN: ", "Wrong PIN. 2 tries left."), "1234");
    EXPECT_EQ(daemon.ask("confirm", "Really? ", Route::daemon, {}, wire::kEcho), "yes");
    daemon.verdict(Decision::refused, "", "Enough.");
  });
  submit(Field::pin, "1111");
  ASSERT_TRUE(comes_to(Field::hidden_answer));
  EXPECT_TRUE(shows(Field::message, "Wrong PIN. 2 tries left.\nPIN: "));
  submit(Field::hidden_answer, "1234");
  ASSERT_TRUE(comes_to(Field::answer));
  submit(Field::answer, "yes");
  EXPECT_TRUE(says("Enough."));
}

TEST_F(SessionTest, WhatWasTypedBeforeIsNotGivenToAWarning) {
  make();
  outside->expect([](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin("PIN: ", "Only 1 try left; a further wrong PIN locks the card."), "4711");
    daemon.verdict(Decision::refused, "", "No.");
  });
  submit(Field::pin, "1234");
  ASSERT_TRUE(comes_to(Field::hidden_answer));
  submit(Field::hidden_answer, "4711");
  EXPECT_TRUE(says("No."));
}

TEST_F(SessionTest, WhatWasTypedBeforeIsNotGivenToAnotherQuestion) {
  for (const auto& [purpose, route, flags] :
       {std::tuple<std::string_view, Route, std::uint8_t>{"confirm", Route::daemon, wire::kEcho},
        {"pin", Route::private_channel, wire::kEcho},
        {"new-pin", Route::private_channel, 0},
        {"windows-password", Route::private_channel, 0}}) {
    make();
    outside->expect([purpose, route, flags](DaemonEnd& daemon) {
      daemon.begin();
      EXPECT_EQ(daemon.ask(purpose, "What? ", route, {}, flags), "<empty>");
      daemon.verdict(Decision::refused, "", "No.");
    });
    submit(Field::pin, "1234");
    ASSERT_TRUE(comes_to((flags & wire::kEcho) != 0 ? Field::answer : Field::hidden_answer)) << purpose;
    submit();
    EXPECT_TRUE(says("No."));
    session->close();
  }
}

TEST_F(SessionTest, AccessKeyGoesThroughAWarningButNeverAsAPin) {
  make();
  const std::string key = "7Q4KX-2M9AB-7Q4KX-2M9AB-7Q4KX-2M9AB";
  outside->expect([key](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask("access-key", "Access key: ", Route::daemon, "The reader service is not running."),
              key);
    daemon.verdict(Decision::refused, "", "No.");
  });
  session->press_link();
  submit(Field::access_key, key);
  EXPECT_TRUE(says("No."));
}

TEST_F(SessionTest, RevealedPasswordCountsOnlyWithAGrant) {
  make();
  outside->expect([](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), "1234");
    EXPECT_EQ(daemon.reveal("windows-password", "s3cret"), AnswerKind::empty);
    daemon.verdict(Decision::refused, "", "Revoked.");
  });
  submit(Field::pin, "1234");
  EXPECT_TRUE(says("Revoked."));
  EXPECT_EQ(host->ready, 0);
}

TEST_F(SessionTest, OnlyAPasswordIsTaken) {
  make();
  outside->expect([](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), "1234");
    EXPECT_EQ(daemon.reveal("keyring", "s3cret"), AnswerKind::refused);
    EXPECT_EQ(daemon.reveal("windows-password", ""), AnswerKind::refused);
    EXPECT_EQ(daemon.reveal("windows-password", "\xFF"), AnswerKind::refused);
    EXPECT_EQ(daemon.reveal("windows-password", std::string_view("a\0b", 3)), AnswerKind::refused);
    EXPECT_EQ(daemon.reveal("windows-password", std::string(513, 'x')), AnswerKind::refused);
    EXPECT_EQ(daemon.reveal("windows-password", std::string(512, 'x')), AnswerKind::empty);
    EXPECT_EQ(daemon.reveal("windows-password", "another"), AnswerKind::refused);
    daemon.verdict(Decision::granted, "PC\\ana");
  });
  submit(Field::pin, "1234");
  ASSERT_TRUE(gets_ready());
  EXPECT_EQ(submit(), Submitted::credential);
  expect_packed(LogonMessage::interactive, std::string(512, 'x'));
}

TEST_F(SessionTest, VerdictsThatContradictThemselvesGrantNothing) {
  struct Case {
    std::string_view user;
    Error error;
  };
  for (const Case& c : {Case{"PC\\bob", Error{}}, Case{"CORP\\ana", Error{}}, Case{"", Error{}},
                        Case{"PC\\ana", Error::pin_wrong}}) {
    make();
    outside->expect([c](DaemonEnd& daemon) {
      daemon.begin();
      EXPECT_EQ(daemon.ask_pin(), "1234");
      EXPECT_EQ(daemon.reveal("windows-password", "s3cret"), AnswerKind::empty);
      daemon.verdict(Decision::granted, c.user, "", c.error);
    });
    submit(Field::pin, "1234");
    EXPECT_TRUE(says(client::kServiceDownText));
    EXPECT_EQ(host->ready, 0);
    EXPECT_FALSE(session->in_use());
    session->close();
  }
}

TEST_F(SessionTest, NotSetUpHere) {
  make();
  outside->expect([](DaemonEnd& daemon) {
    daemon.begin();
    daemon.verdict(Decision::not_enrolled, "PC\\ana");
  });
  submit(Field::pin, "1234");
  EXPECT_TRUE(says(texts::kNotSetUp));
}

TEST_F(SessionTest, ServiceThatIsAwayOrDies) {
  make();
  submit(Field::pin, "1234");
  EXPECT_TRUE(says(client::kServiceDownText));
  outside->expect([](DaemonEnd& daemon) { daemon.begin(); });
  submit(Field::pin, "1234");
  EXPECT_TRUE(eventually([&] { return outside->connections() == 2; }));
  EXPECT_TRUE(says(client::kServiceDownText));
}

TEST_F(SessionTest, NoThreadAndNoConnectionAreTold) {
  make();
  outside->no_threads = true;
  submit(Field::pin, "1234");
  EXPECT_EQ(session->message(), texts::kFailed);
  outside->no_threads = false;
  outside->no_transports = true;
  submit(Field::pin, "1234");
  EXPECT_EQ(session->message(), texts::kFailed);
  EXPECT_FALSE(session->in_use());
}

TEST_F(SessionTest, DeselectEndsTheConversationWhereverItIs) {
  for (const bool asked : {true, false}) {
    make();
    outside->expect([asked](DaemonEnd& daemon) {
      daemon.begin();
      if (asked) {
        EXPECT_EQ(daemon.ask_pin(), "1234");
        EXPECT_EQ(daemon.ask_pin("PIN: ", "Wrong PIN."), "<refused>");
      }
      EXPECT_TRUE(daemon.wait_for_end());
    });
    submit(Field::pin, "1234");
    ASSERT_TRUE(asked ? comes_to(Field::hidden_answer)
                      : eventually([&] { return outside->connections() == 2; }));
    session->deselect();
    EXPECT_FALSE(session->in_use());
    EXPECT_EQ(session->message(), "");
    outside->join();
    EXPECT_EQ(session->message(), "") << "its end is not heard any more";
  }
}

TEST_F(SessionTest, ATileThatIsRedrawnKeepsWhatWasPromised) {
  make();
  outside->expect(grants("s3cret"));
  submit(Field::pin, "1234");
  ASSERT_TRUE(gets_ready());
  session->deselect();  // LogonUI takes all tiles away, and comes back
  EXPECT_TRUE(session->select());
  EXPECT_EQ(submit(), Submitted::credential);
  expect_packed(LogonMessage::interactive, "s3cret");
}

TEST_F(SessionTest, ADeselectByThePersonForgetsTheGrant) {
  make();
  outside->expect(grants("s3cret"));
  submit(Field::pin, "1234");
  ASSERT_TRUE(gets_ready());
  EXPECT_TRUE(session->select());
  session->deselect();
  EXPECT_FALSE(session->select());
  EXPECT_FALSE(session->wants_submit());
}

TEST_F(SessionTest, AGrantThatNobodyComesForIsForgotten) {
  make(Scenario::logon, "PC\\ana", 50);
  outside->expect(grants("s3cret"));
  submit(Field::pin, "1234");
  ASSERT_TRUE(gets_ready());
  EXPECT_TRUE(says(texts::kTooSlow));
  EXPECT_FALSE(session->wants_submit());
}

TEST_F(SessionTest, TypedPasswordIsOfferedForSealing) {
  for (const NtStatus status : {0u, 0xC0000234u}) {
    make();
    outside->expect(grants(""));
    submit(Field::pin, "1234");
    ASSERT_TRUE(comes_to(Field::windows_password));
    std::atomic<bool> has_it = false;
    std::string outcome;
    outside->expect([&](DaemonEnd& daemon) {
      const wire::BeginOperation begin = daemon.operation();
      EXPECT_EQ(begin.verb, "windows.seal-password");
      ASSERT_EQ(begin.argument_count, 2);
      EXPECT_EQ(begin.arguments[0].value, "PC\\ana");
      EXPECT_EQ(begin.arguments[1].value, "follows");
      EXPECT_EQ(daemon.ask("windows-password", "", Route::private_channel), "new");
      EXPECT_EQ(daemon.ask("windows-password", "", Route::private_channel), "<refused>");
      EXPECT_EQ(daemon.ask("pin", "PIN: ", Route::private_channel), "<refused>");
      has_it = true;
      outcome = daemon.ask("windows-outcome", "", Route::daemon);
      daemon.result("");
    });
    EXPECT_EQ(submit(Field::windows_password, "new"), Submitted::credential);
    expect_packed(LogonMessage::interactive, "new");
    EXPECT_TRUE(eventually([&] { return has_it.load(); }));
    session->reported(status, 0);
    outside->join();
    EXPECT_EQ(outcome, status == 0 ? "accepted" : "refused");
  }
}

TEST_F(SessionTest, NothingIsSealedForCredUiOrFromTheStore) {
  make(Scenario::credui);
  outside->expect(grants(""));
  submit(Field::pin, "1234");
  ASSERT_TRUE(comes_to(Field::windows_password));
  EXPECT_EQ(submit(Field::windows_password, "new"), Submitted::credential);
  session->close();
  make();
  outside->expect(grants("s3cret"));
  submit(Field::pin, "1234");
  ASSERT_TRUE(gets_ready());
  EXPECT_EQ(submit(), Submitted::credential);
  session->reported(0, 0);
  EXPECT_EQ(outside->connections(), 2);
}

TEST_F(SessionTest, SealingWithoutAWordOfWindowsIsDropped) {
  make();
  outside->expect(grants(""));
  submit(Field::pin, "1234");
  ASSERT_TRUE(comes_to(Field::windows_password));
  std::string outcome;
  outside->expect([&](DaemonEnd& daemon) {
    daemon.operation();
    daemon.ask("windows-password", "", Route::private_channel);
    outcome = daemon.ask("windows-outcome", "", Route::daemon);
  });
  EXPECT_EQ(submit(Field::windows_password, "new"), Submitted::credential);
  session->close();
  outside->join();
  EXPECT_NE(outcome, "accepted");
}

TEST_F(SessionTest, PinChange) {
  make(Scenario::change_password);
  outside->expect([](DaemonEnd& daemon) {
    const wire::Begin begin = daemon.begin();
    EXPECT_EQ(begin.type, wire::MessageType::begin_pin_change);
    EXPECT_EQ(daemon.ask("pin", "PIN: ", Route::private_channel), "1234");
    EXPECT_EQ(daemon.ask("new-pin", "New PIN: ", Route::private_channel, {}, wire::kAskTwice), "5678");
    daemon.verdict(Decision::granted, "PC\\ana", "The PIN is changed.");
  });
  submit(Field::pin, "1234");
  ASSERT_TRUE(comes_to(Field::hidden_answer));
  EXPECT_TRUE(shows(Field::message, "New PIN: "));
  submit(Field::hidden_answer, "5678");
  ASSERT_TRUE(eventually([&] { return shows(Field::message, client::kAgainPrompt); }));
  submit(Field::hidden_answer, "5687");
  ASSERT_TRUE(says("The two are not the same.\nNew PIN: "));
  submit(Field::hidden_answer, "5678");
  ASSERT_TRUE(eventually([&] { return shows(Field::message, client::kAgainPrompt); }));
  submit(Field::hidden_answer, "5678");
  ASSERT_TRUE(gets_ready());
  EXPECT_TRUE(shows(Field::message, "The PIN is changed."));
  EXPECT_EQ(submit(), Submitted::finished);
  EXPECT_TRUE(packed.empty());
}

TEST_F(SessionTest, APinChangeNeverGivesAPassword) {
  make(Scenario::change_password);
  outside->expect([](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.reveal("windows-password", "s3cret"), AnswerKind::refused);
    daemon.verdict(Decision::granted, "PC\\ana");
  });
  submit(Field::pin, "1234");
  ASSERT_TRUE(gets_ready());
  EXPECT_EQ(submit(), Submitted::finished);
}

TEST_F(SessionTest, ChangedPasswordIsStored) {
  make(Scenario::change_password);
  outside->expect([](DaemonEnd& daemon) {
    const wire::BeginOperation begin = daemon.operation();
    EXPECT_EQ(begin.verb, "windows.seal-password");
    EXPECT_EQ(begin.arguments[1].value, "none");
    EXPECT_EQ(daemon.ask("windows-password", "", Route::private_channel), "newer");
    EXPECT_EQ(daemon.ask("pin", "PIN: ", Route::private_channel), "1234");
    daemon.result("Stored.");
  });
  session->press_link();
  submit(Field::windows_password, "newer");
  ASSERT_TRUE(comes_to(Field::hidden_answer));
  submit(Field::hidden_answer, "1234");
  ASSERT_TRUE(gets_ready());
  EXPECT_EQ(session->message(), "Stored.");
  EXPECT_EQ(submit(), Submitted::finished);
}

TEST_F(SessionTest, NamesOfOtherUsers) {
  for (const auto& [typed, sent] : {std::pair<std::string, std::string>{"bob", "PC\\bob"},
                                    {".\\bob", "PC\\bob"},
                                    {"CORP\\bob", "CORP\\bob"},
                                    {"bob@example.org", "bob@example.org"}}) {
    make(Scenario::logon, "");
    outside->expect([sent = sent](DaemonEnd& daemon) {
      EXPECT_EQ(daemon.begin().user, sent);
      daemon.verdict(Decision::refused, sent, "No.");
    });
    type(Field::user_name, typed);
    submit(Field::pin, "1234");
    EXPECT_TRUE(says("No."));
    session->close();
  }
}

TEST_F(SessionTest, CloseWhileTheDaemonSpeaks) {
  for (int i = 0; i < 20; ++i) {
    make();
    outside->expect([](DaemonEnd& daemon) {
      daemon.begin();
      for (int line = 0; line < 50; ++line)
        daemon.say("One more line.");
      daemon.verdict(Decision::refused, "", "No.");
    });
    submit(Field::pin, "1234");
    session->close();
    session.reset();
    outside->join();
  }
}

}  // namespace
}  // namespace cardea::credprov
