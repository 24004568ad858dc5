// SPDX-License-Identifier: Apache-2.0
// Passwords that are stored, PINs that are changed.
#include "tests/unit/credprov/session_fixture.h"

namespace cardea::credprov {
namespace {

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
    // After a refusal the word or the end of the connection comes, whichever is first.
    EXPECT_EQ(outcome == "accepted", status == 0) << outcome;
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

}  // namespace
}  // namespace cardea::credprov
