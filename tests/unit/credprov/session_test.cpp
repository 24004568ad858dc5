// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/credprov/session_fixture.h"

namespace cardea::credprov {
namespace {

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
