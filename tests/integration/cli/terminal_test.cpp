// SPDX-License-Identifier: Apache-2.0
// The utility as a person meets it: at a terminal.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/cli/utility.h"
#include "tests/support/fake_daemon.h"

namespace cardea::test {
namespace {

using wire::AnswerKind;
using wire::Route;

wire::Ask ask_pin(const char* notice = "", std::uint16_t id = 1) {
  wire::Ask ask;
  ask.ask_id = id;
  ask.route = Route::private_channel;
  ask.purpose = "pin";
  ask.notice = notice;
  ask.prompt = "PIN for card “Ana”: ";
  return ask;
}

FakeDaemon::Script wants_pin(std::string right) {
  return [right = std::move(right)](Conversation& c) {
    (void)c.begin_operation();
    const std::string first = c.ask(ask_pin("", 1)).secret;
    if (first != right) {
      EXPECT_EQ(c.ask(ask_pin("Wrong PIN. 2 tries left.", 2)).secret, right);
    }
    c.result(Error{}, "The PIN is right.", "{}");
  };
}

Words card_show(const FakeDaemon& daemon) { return {"card", "show", "--socket", daemon.socket_path()}; }

TEST(Terminal_, HiddenAnswersAreNotEchoedAndTheReasonComesBefore) {
  FakeDaemon daemon(Scripts{wants_pin("1234")});
  AtTerminal person(card_show(daemon));
  ASSERT_TRUE(person.sees("PIN for card “Ana”: "));
  EXPECT_FALSE(person.echoes());
  person.type("9876\n");
  ASSERT_TRUE(person.sees("Wrong PIN. 2 tries left.\r\nPIN for card “Ana”: "));
  person.type("1234\n");
  ASSERT_TRUE(person.sees("The PIN is right."));
  EXPECT_EQ(person.ends(), 0);
  EXPECT_EQ(person.transcript().find("9876"), std::string::npos);
  EXPECT_EQ(person.transcript().find("1234"), std::string::npos);
}

TEST(Terminal_, PlainAnswersAreEchoed) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    wire::Ask ask = ask_pin();
    ask.route = Route::daemon;
    ask.flags = wire::kEcho;
    EXPECT_EQ(c.ask(ask).text, "Erster Hund?");
    c.result(Error{}, "Thank you.", "{}");
  }});
  AtTerminal person(card_show(daemon));
  ASSERT_TRUE(person.sees(": "));
  EXPECT_TRUE(person.echoes());
  person.type("Erster Hund?\n");
  ASSERT_TRUE(person.sees("Erster Hund?"));
  ASSERT_TRUE(person.sees("Thank you."));
  EXPECT_EQ(person.ends(), 0);
}

TEST(Terminal_, NewPinIsAskedTwiceAndCompared) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    wire::Ask ask = ask_pin();
    ask.flags = wire::kAskTwice;
    ask.prompt = "New PIN: ";
    EXPECT_EQ(c.ask(ask).secret, "8888");
    c.result(Error{}, "The PIN is changed.", "{}");
  }});
  AtTerminal person(card_show(daemon));
  ASSERT_TRUE(person.sees("New PIN: "));
  person.type("8888\n");
  ASSERT_TRUE(person.sees("Once more: "));
  person.type("8889\n");
  ASSERT_TRUE(person.sees("The two are not the same."));
  ASSERT_TRUE(person.sees("New PIN: "));
  person.type("8888\n");
  ASSERT_TRUE(person.sees("Once more: "));
  person.type("8888\n");
  ASSERT_TRUE(person.sees("The PIN is changed."));
  EXPECT_EQ(person.ends(), 0);
}

// What was typed before the question, thinking of something else, is no answer to it.
TEST(Terminal_, EarlierTypingIsThrownAway) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    EXPECT_EQ(c.ask(ask_pin("", 1)).secret, "1111");
    c.say(wire::SayLevel::information, "Please wait.");
    EXPECT_EQ(c.ask(ask_pin("Second.", 2)).secret, "2222");
    c.result(Error{}, "Done.", "{}");
  }});
  AtTerminal person(card_show(daemon));
  ASSERT_TRUE(person.sees("PIN for card “Ana”: "));
  person.type("1111\n5555\n");  // the second line comes before its question
  ASSERT_TRUE(person.sees("Second."));
  ASSERT_TRUE(person.sees("PIN for card “Ana”: "));
  person.type("2222\n");
  ASSERT_TRUE(person.sees("Done."));
  EXPECT_EQ(person.ends(), 0);
}

TEST(Terminal_, OverlongLineIsNoAnswer) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    EXPECT_EQ(c.ask(ask_pin()).kind, AnswerKind::refused);
    c.result(Error::pin_length, "", "{}");
  }});
  AtTerminal person(card_show(daemon));
  ASSERT_TRUE(person.sees(": "));
  person.type(std::string(2000, '7') + "\n");
  EXPECT_EQ(person.ends(), 5);
}

TEST(Terminal_, InterruptRestoresTheTerminalAndEndsTheProgram) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    FakeDaemon daemon(Scripts{[](Conversation& c) {
      (void)c.begin_operation();
      int ends[2];
      ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
      std::vector<std::uint8_t> space(1000);
      c.send_raw(wire::encode(ask_pin(), space), {ends[0]});
      close(ends[0]);
      close(ends[1]);
      c.wait_for_end();  // hanging up cancels
    }});
    AtTerminal person(card_show(daemon));
    ASSERT_TRUE(person.sees("PIN for card “Ana”: "));
    ASSERT_FALSE(person.echoes());
    if (number == SIGINT) {
      person.type("12\x03");  // Ctrl-C
    } else {
      person.send_signal(number);
    }
    EXPECT_TRUE(person.ends_with_echo(128 + number));
  }
}

// Ctrl-Z at the question and fg: the question stands there again, still hidden.
TEST(Terminal_, StoppedAndContinuedAsksAgain) {
  FakeDaemon daemon(Scripts{wants_pin("1234")});
  AtTerminal person{AtTerminal::Shell{}};
  ASSERT_TRUE(person.sees("$ "));
  person.type(cardea_program() + " card show --socket " + daemon.socket_path() + "\n");
  ASSERT_TRUE(person.sees("PIN for card “Ana”: "));
  EXPECT_FALSE(person.echoes());
  person.type("\x1a");
  ASSERT_TRUE(person.sees("Stopped"));
  ASSERT_TRUE(person.sees("$ "));
  EXPECT_TRUE(person.echoes());
  person.type("fg\n");
  ASSERT_TRUE(person.sees("PIN for card “Ana”: "));
  EXPECT_FALSE(person.echoes());
  person.type("1234\n");
  ASSERT_TRUE(person.sees("The PIN is right."));
  ASSERT_TRUE(person.sees("$ "));
  person.type("exit\n");
  EXPECT_EQ(person.ends(), 0);
  EXPECT_EQ(person.transcript().find("1234"), std::string::npos);
}

TEST(Terminal_, EndOfFileIsNoAnswer) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    EXPECT_EQ(c.ask(ask_pin()).kind, AnswerKind::refused);
    c.wait_for_end();
  }});
  AtTerminal person(card_show(daemon));
  ASSERT_TRUE(person.sees(": "));
  person.type("\x04");  // Ctrl-D
  ASSERT_TRUE(person.sees("cardea: Nothing was typed."));
  EXPECT_EQ(person.ends(), 1);
}

}  // namespace
}  // namespace cardea::test
