// SPDX-License-Identifier: Apache-2.0
// What the person sees and what reaches the daemon: prompts, retries, messages, options, items.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/pam_module/pam_login.h"
#include "tests/integration/pam_module/scripts.h"

namespace cardea::test {
namespace {

using wire::AnswerKind;
using wire::Decision;

constexpr const char* kKey = "7Q4KX-7Q4KX-7Q4KX-7Q4KX-7Q4KX7";  // 30 characters

TEST(PamDialog, RetriesStayInsideTheModuleAndTheReasonIsInTheNextPrompt) {
  FakeDaemon daemon(Scripts{pin_dialog("123456")});
  PamLogin login(socket_option(daemon), "ana",
                 {Typed::answer("111111"), Typed::answer("222222"), Typed::answer("123456")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.prompts(),
            (std::vector<std::string>{
                "PIN for card “Ana”: ", "Wrong PIN. 2 tries left. PIN for card “Ana”: ",
                "Wrong PIN. Only 1 try left; a further wrong PIN locks the card. PIN for card “Ana”: "}));
  for (const Shown& shown : login.shown())
    EXPECT_EQ(shown.style, PAM_PROMPT_ECHO_OFF);
}

TEST(PamDialog, AfterTheLastTryTheCardIsLocked) {
  FakeDaemon daemon(Scripts{pin_dialog("123456")});
  PamLogin login(socket_option(daemon), "ana", {Typed::answer("1"), Typed::answer("2"), Typed::answer("3")});
  EXPECT_EQ(login.authenticate(), PAM_MAXTRIES);
  EXPECT_EQ(login.shown().back(), (Shown{PAM_ERROR_MSG, "This card is locked."}));
}

TEST(PamDialog, PinNeverReachesTheDaemon) {
  FakeDaemon daemon(Scripts{pin_dialog("1234567890123456")});  // the longest PIN there is
  PamLogin login(socket_option(daemon), "ana",
                 {Typed::answer("87654321"), Typed::answer("1234567890123456")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  const std::string& sent = daemon.finish();
  EXPECT_EQ(sent.find("87654321"), std::string::npos);
  EXPECT_EQ(sent.find("1234567890123456"), std::string::npos);
  EXPECT_EQ(login.item(PAM_AUTHTOK), "");  // nor anybody else
}

TEST(PamDialog, AccessKeyGoesToTheDaemon) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    const Answered answered = c.ask(ask_pin_or_key());
    EXPECT_EQ(answered.kind, AnswerKind::text);
    EXPECT_EQ(answered.text, kKey);
    EXPECT_EQ(answered.secret, "");
    c.verdict(Decision::granted, Error{}, "ana",
              "Access key accepted. It can't be used again. Get a new card: run “cardea card replace”.");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon), "ana", {Typed::answer(kKey)});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(
      login.shown().back(),
      (Shown{PAM_TEXT_INFO,
             "Access key accepted. It can't be used again. Get a new card: run “cardea card replace”."}));
}

TEST(PamDialog, AnswersOfSixteenAndSeventeenBytesPartAtTheLimit) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    EXPECT_EQ(c.ask(ask_pin_or_key("", 1)).kind, AnswerKind::in_private_channel);
    EXPECT_EQ(c.ask(ask_pin_or_key("", 2)).kind, AnswerKind::text);
    c.verdict(Decision::refused, Error::access_key_mistyped, "ana");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon), "ana",
                 {Typed::answer(std::string(16, '7')), Typed::answer(std::string(17, '7'))});
  EXPECT_EQ(login.authenticate(), PAM_AUTH_ERR);
}

TEST(PamDialog, EchoAndPlainRouteFollowTheDaemon) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    wire::Ask ask;
    ask.ask_id = 9;
    ask.flags = wire::kEcho;
    ask.purpose = "confirm";
    ask.prompt = "Spend the last try? ";
    const Answered answered = c.ask(ask);
    EXPECT_EQ(answered.text, "yes");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon), "ana", {Typed::answer("yes")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.shown()[0], (Shown{PAM_PROMPT_ECHO_ON, "Spend the last try? "}));
}

TEST(PamDialog, SaidLinesKeepTheirLevelAndLoseControlCharacters) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    c.say(wire::SayLevel::information, "sudo asks for Ana on pts/3");
    c.say(wire::SayLevel::error, "Card “\x1b]0;x\x07” does not answer.");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon), "ana");
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.shown(), (std::vector<Shown>{{PAM_TEXT_INFO, "sudo asks for Ana on pts/3"},
                                               {PAM_ERROR_MSG, "Card “?]0;x?” does not answer."}}));
}

TEST(PamDialog, LongNoticeNeverHidesTheQuestion) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    const std::string notice(2000, 'n');
    EXPECT_EQ(c.ask(ask_pin_or_key(notice.c_str())).secret, "1234");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon), "ana", {Typed::answer("1234")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_LT(login.prompts()[0].size(), static_cast<std::size_t>(PAM_MAX_MSG_SIZE));
  EXPECT_TRUE(login.prompts()[0].ends_with("n PIN for card “Ana”: "));
}

TEST(PamDialog, SilentProgramsAndQuietAreShownPromptsOnly) {
  for (const bool by_option : {false, true}) {
    FakeDaemon daemon(Scripts{[](Conversation& c) {
      EXPECT_EQ(c.begin().flags, static_cast<std::uint32_t>(wire::kSilent));
      c.say(wire::SayLevel::information, "Hello.");
      EXPECT_EQ(c.ask(ask_pin_or_key("Wrong PIN.")).secret, "1234");
      c.verdict(Decision::refused, Error::pin_wrong, "ana", "Wrong PIN.");
      c.wait_for_end();
    }});
    PamLogin login(socket_option(daemon) + (by_option ? " quiet" : ""), "ana", {Typed::answer("1234")});
    EXPECT_EQ(login.authenticate(by_option ? 0 : PAM_SILENT), PAM_AUTH_ERR);
    EXPECT_EQ(login.shown(), (std::vector<Shown>{{PAM_PROMPT_ECHO_OFF, "Wrong PIN. PIN for card “Ana”: "}}));
  }
}

TEST(PamDialog, ItemsAndTimesReachTheDaemon) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    const wire::Begin begin = c.begin();
    EXPECT_EQ(begin.type, wire::MessageType::begin_login);
    EXPECT_EQ(begin.service, "test-service");
    EXPECT_EQ(begin.user, "ana");
    EXPECT_EQ(begin.tty, "pts/7");
    EXPECT_EQ(begin.remote_host, "?host");
    EXPECT_EQ(begin.remote_user, "bob");
    EXPECT_EQ(begin.flags, 0u);
    EXPECT_EQ(begin.timeout_ms, 17'000u);
    EXPECT_EQ(begin.wait_for_card_ms, 3'000u);
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon) + " timeout=17 wait_for_card=3", "ana");
  login.set(PAM_TTY, "pts/7");
  login.set(PAM_RHOST, "\xffhost");
  login.set(PAM_RUSER, "bob");
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
}

TEST(PamDialog, TokenNameIsTheOnlyVariableThatIsSet) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    c.verdict(Decision::granted, Error{}, "ana", "",
              {{"LD_PRELOAD", "/tmp/x.so"}, {"PKCS11_LOGIN_TOKEN_NAME", "Ana's card"}, {"PATH", "/tmp"}});
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon), "ana");
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.environment("PKCS11_LOGIN_TOKEN_NAME"), "Ana's card");
  EXPECT_EQ(login.environment("LD_PRELOAD"), "");
  EXPECT_EQ(login.environment("PATH"), "");
}

TEST(PamDialog, RefusedVerdictSetsNoVariable) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    c.verdict(Decision::refused, Error::pin_wrong, "ana", "", {{"PKCS11_LOGIN_TOKEN_NAME", "Ana"}});
  }});
  PamLogin login(socket_option(daemon), "ana");
  EXPECT_EQ(login.authenticate(), PAM_AUTH_ERR);
  EXPECT_EQ(login.environment("PKCS11_LOGIN_TOKEN_NAME"), "");
}

TEST(PamDialog, AccountAndSessionNeverPrompt) {
  FakeDaemon::Script asks = [](Conversation& c) {
    EXPECT_EQ(c.begin().flags, static_cast<std::uint32_t>(wire::kNotInteractive));
    EXPECT_EQ(c.ask(ask_pin_or_key()).kind, AnswerKind::refused);
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  };
  FakeDaemon daemon(Scripts{asks, asks, asks});
  PamLogin login(socket_option(daemon), "ana", {Typed::answer("1234")});
  EXPECT_EQ(login.account(), PAM_SUCCESS);
  EXPECT_EQ(login.open_session(), PAM_SUCCESS);
  EXPECT_EQ(login.close_session(), PAM_SUCCESS);
  EXPECT_TRUE(login.shown().empty());
}

constexpr char kKeyringSecret[] = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";

// A stack whose last module shows what stands in PAM_AUTHTOK, or asks for a password when nothing does.
PamLogin with_look_behind(const FakeDaemon& daemon, const std::string& before, std::vector<Typed> typed) {
  return PamLogin::with_service(before + "auth [default=ignore] MODULE " + socket_option(daemon) +
                                    "\nauth optional pam_exec.so quiet expose_authtok stdout /bin/cat\n"
                                    "auth required pam_permit.so\n",
                                "ana", std::move(typed));
}

bool was_shown(const PamLogin& login, std::string_view text) {
  for (const auto& line : login.shown()) {
    if (line.text.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST(PamKeyring, AGrantedLoginLeavesTheSecretAndNothingBesideIt) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    (void)c.ask(ask_pin_or_key());
    EXPECT_EQ(c.reveal("keyring", "", kKeyringSecret), AnswerKind::empty);
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin login = with_look_behind(daemon, "auth optional pam_exec.so quiet expose_authtok /bin/cat\n",
                                    {Typed::answer("of another module"), Typed::answer("1234")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_TRUE(was_shown(login, kKeyringSecret));
  EXPECT_FALSE(was_shown(login, "of another module"));
}

TEST(PamKeyring, ARefusedLoginLeavesNothing) {
  for (const Decision decision : {Decision::refused, Decision::gate_off, Decision::not_enrolled}) {
    FakeDaemon daemon(Scripts{[decision](Conversation& c) {
      (void)c.begin();
      (void)c.ask(ask_pin_or_key());
      EXPECT_EQ(c.reveal("keyring", "", kKeyringSecret), AnswerKind::empty);
      c.verdict(decision, decision == Decision::refused ? Error::pin_wrong : Error{}, "ana");
      c.wait_for_end();
    }});
    PamLogin login = with_look_behind(daemon, "", {Typed::answer("1234"), Typed::answer("asked behind it")});
    (void)login.authenticate();
    EXPECT_FALSE(was_shown(login, kKeyringSecret));
    EXPECT_EQ(login.left_over(), 0u);
  }
}

TEST(PamKeyring, OtherSecretsAndTextsThatAreNoneAreNotTaken) {
  const std::string secret = kKeyringSecret;
  const std::pair<std::string, std::string> refused[] = {
      {"record", secret},
      {"keyring", ""},
      {"keyring", secret + "A"},
      {"keyring", secret.substr(1)},
      {"keyring", secret.substr(1) + "\n"},
      {"keyring", secret.substr(1) + std::string(1, '\0')}};
  for (const auto& [purpose, text] : refused) {
    FakeDaemon daemon(Scripts{[&](Conversation& c) {
      (void)c.begin();
      (void)c.ask(ask_pin_or_key());
      EXPECT_EQ(c.reveal(purpose, "", text), AnswerKind::refused);
      c.verdict(Decision::granted, Error{}, "ana");
      c.wait_for_end();
    }});
    PamLogin login = with_look_behind(daemon, "", {Typed::answer("1234"), Typed::answer("asked behind it")});
    EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(login.left_over(), 0u) << purpose;
  }
}

TEST(PamFirstPass, TriedFirstThenAsked) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    EXPECT_EQ(c.begin().flags, static_cast<std::uint32_t>(wire::kHasFirstPass));
    EXPECT_EQ(c.ask(ask_pin_or_key("", 1)).secret, "4711");
    EXPECT_EQ(c.ask(ask_pin_or_key("Wrong PIN.", 2)).secret, "1234");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  // pam_set_item(PAM_AUTHTOK) is for modules only, so a module that asks for a password stands in front.
  PamLogin login = PamLogin::with_service(
      "auth optional pam_exec.so quiet expose_authtok /bin/cat\nauth required MODULE " +
          socket_option(daemon) + " try_first_pass\n",
      "ana", {Typed::answer("4711"), Typed::answer("1234")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.prompts().size(), 2u);
}

TEST(PamFirstPass, UseFirstPassNeverPrompts) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    EXPECT_EQ(c.begin().flags, static_cast<std::uint32_t>(wire::kHasFirstPass | wire::kNotInteractive));
    EXPECT_EQ(c.ask(ask_pin_or_key("", 1)).secret, "4711");
    EXPECT_EQ(c.ask(ask_pin_or_key("Wrong PIN.", 2)).kind, AnswerKind::refused);
    c.verdict(Decision::refused, Error::pin_wrong, "ana");
    c.wait_for_end();
  }});
  PamLogin login = PamLogin::with_service(
      "auth optional pam_exec.so quiet expose_authtok /bin/cat\nauth required MODULE " +
          socket_option(daemon) + " use_first_pass\n",
      "ana", {Typed::answer("4711"), Typed::answer("1234")});
  EXPECT_EQ(login.authenticate(), PAM_AUTH_ERR);
  EXPECT_EQ(login.left_over(), 1u);
}

TEST(PamFirstPass, UseFirstPassWithoutOneIsAuthinfoUnavail) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    EXPECT_EQ(c.begin().flags, static_cast<std::uint32_t>(wire::kNotInteractive));
    EXPECT_EQ(c.ask(ask_pin_or_key()).kind, AnswerKind::refused);
    c.verdict(Decision::refused, Error::cancelled, "ana");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon) + " use_first_pass", "ana", {Typed::answer("1234")});
  EXPECT_EQ(login.authenticate(), PAM_AUTHINFO_UNAVAIL);
  EXPECT_TRUE(login.shown().empty());
}

TEST(PamFirstPass, IsNotUsedForOtherQuestions) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    wire::Ask ask = ask_pin_or_key();
    ask.purpose = "puk";
    EXPECT_EQ(c.ask(ask).secret, "99999999");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin login = PamLogin::with_service(
      "auth optional pam_exec.so quiet expose_authtok /bin/cat\nauth required MODULE " +
          socket_option(daemon) + " try_first_pass\n",
      "ana", {Typed::answer("4711"), Typed::answer("99999999")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
}

TEST(PamUser, IsAskedForWhenThereIsNone) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    EXPECT_EQ(c.begin().user, "ana");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon), nullptr, {Typed::answer("ana")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
}

TEST(PamUser, PromptUserTakesTheNameFromTheCard) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    EXPECT_EQ(c.begin().user, "");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon) + " prompt_user", nullptr);
  ASSERT_EQ(geteuid(), 0u) << "only a program of root may be given a user: run the tests as root";
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.item(PAM_USER), "ana");
}

TEST(PamUser, PromptUserWithoutANameFromTheCardIsRefused) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    c.verdict(Decision::granted);
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon) + " prompt_user", nullptr);
  EXPECT_EQ(login.authenticate(), PAM_AUTH_ERR);
}

TEST(PamOptionsInTheModule, UnknownOptionIsLoggedAndFailsEveryDoor) {
  const FakeDaemon daemon(Scripts{});
  PamLogin login(socket_option(daemon) + " ignore_unknown_usr", "ana");
  (void)take_syslog();
  EXPECT_EQ(login.authenticate(), PAM_SERVICE_ERR);
  const auto lines = take_syslog();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("option not understood: ignore_unknown_usr"), std::string::npos) << lines[0];
  EXPECT_EQ(login.set_credentials(), PAM_SERVICE_ERR);
  EXPECT_EQ(login.account(), PAM_SERVICE_ERR);
  EXPECT_EQ(login.open_session(), PAM_SERVICE_ERR);
  EXPECT_EQ(login.close_session(), PAM_SERVICE_ERR);
  EXPECT_EQ(login.change_token(), PAM_SERVICE_ERR);
}

TEST(PamOptionsInTheModule, DebugWritesMoreAndNeverTheAnswer) {
  FakeDaemon daemon(Scripts{pin_dialog("73194628")});
  PamLogin login(socket_option(daemon) + " debug", "ana",
                 {Typed::answer("73194627"), Typed::answer("73194628")});
  (void)take_syslog();
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  const auto lines = take_syslog();
  EXPECT_EQ(lines.size(), 2u);
  for (const std::string& line : lines)
    EXPECT_EQ(line.find("7319462"), std::string::npos) << line;
}

// A greeter leaves its first prompt open longer than the daemon waits: the answer must not be lost.
TEST(PamDialog, PromptThatOutlivedTheDaemonsPatienceIsRenewed) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
                              (void)c.begin();
                              c.say(wire::SayLevel::information, "Hello.");
                              wire::Ask ask = ask_pin_or_key();
                              std::vector<std::uint8_t> space(1000);
                              int ends[2];
                              ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
                              c.send_raw(wire::encode(ask, space), {ends[0]});
                              close(ends[0]);
                              close(ends[1]);
                            },
                            [](Conversation& c) {
                              (void)c.begin();
                              c.say(wire::SayLevel::information, "Hello.");
                              EXPECT_EQ(c.ask(ask_pin_or_key()).secret, "1234");
                              c.verdict(Decision::granted, Error{}, "ana");
                              c.wait_for_end();
                            }});
  Typed late = Typed::answer("1234");
  late.meanwhile = [&] { daemon.wait_for_scripts(1); };
  PamLogin login(socket_option(daemon), "ana", {late});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.shown().size(), 2u);  // nothing was shown twice
}

// … but only to the very same question: another card's prompt is a new question.
TEST(PamDialog, RenewedPromptOfAnotherCardIsAskedAnew) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
                              (void)c.begin();
                              wire::Ask ask = ask_pin_or_key();
                              std::vector<std::uint8_t> space(1000);
                              int ends[2];
                              ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
                              c.send_raw(wire::encode(ask, space), {ends[0]});
                              close(ends[0]);
                              close(ends[1]);
                            },
                            [](Conversation& c) {
                              (void)c.begin();
                              wire::Ask ask = ask_pin_or_key();
                              ask.prompt = "PIN for card “Bob”: ";
                              EXPECT_EQ(c.ask(ask).secret, "5678");
                              c.verdict(Decision::granted, Error{}, "ana");
                              c.wait_for_end();
                            }});
  Typed late = Typed::answer("1234");
  late.meanwhile = [&] { daemon.wait_for_scripts(1); };
  PamLogin login(socket_option(daemon), "ana", {late, Typed::answer("5678")});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
}

}  // namespace
}  // namespace cardea::test
