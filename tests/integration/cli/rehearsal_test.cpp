// SPDX-License-Identifier: Apache-2.0
// `cardea gate rehearse`: real logins through libpam and the real pam_cardea.so, while the daemon watches.
#include <fstream>

#include <gtest/gtest.h>

#include "build_paths.h"
#include "tests/integration/cli/utility.h"
#include "tests/support/fake_daemon.h"

namespace cardea::test {
namespace {

using wire::Decision;
using wire::Route;

std::string argument(const wire::BeginOperation& begin, std::string_view name) {
  for (std::size_t i = 0; i < begin.argument_count; ++i) {
    if (begin.arguments[i].name == name) return std::string(begin.arguments[i].value);
  }
  return {};
}

// The daemon that watches: one operation for each step, with the login in the middle.
FakeDaemon::Script watches(std::string step, bool seen) {
  return [=](Conversation& c) {
    const wire::BeginOperation begin = c.begin_operation();
    EXPECT_EQ(begin.verb, "gate.rehearse");
    EXPECT_EQ(argument(begin, "user"), "ana");
    EXPECT_EQ(argument(begin, "step"), step);
    wire::Ask ask;
    ask.ask_id = 3;
    ask.flags = wire::kEcho | wire::kMayBeEmpty;
    ask.purpose = "rehearsal";
    EXPECT_EQ(c.ask(ask).kind, wire::AnswerKind::empty);
    c.result(seen ? Error{} : Error::rehearsal_missing,
             seen ? "Rehearsed: " + step + "." : "No login was seen.", "{}");
  };
}

// The daemon that the PAM module speaks with.
FakeDaemon::Script logs_in(std::string secret, std::string key, bool granted) {
  return [=](Conversation& c) {
    EXPECT_EQ(c.begin().user, "ana");
    wire::Ask ask;
    ask.ask_id = 1;
    ask.route = Route::by_form;
    ask.purpose = "pin-or-access-key";
    ask.prompt = "PIN for card “Ana”: ";
    const Answered answered = c.ask(ask);
    EXPECT_EQ(answered.secret, secret);
    EXPECT_EQ(answered.text, key);
    c.verdict(granted ? Decision::granted : Decision::refused, granted ? Error{} : Error::pin_wrong, "ana",
              granted ? "" : "Wrong PIN.");
    if (granted) c.wait_for_end();
  };
}

FakeDaemon::Script account_is_fine() {
  return [](Conversation& c) {
    EXPECT_EQ(c.begin().type, wire::MessageType::begin_account);
    c.verdict(Decision::granted, Error{}, "ana");
  };
}

constexpr const char* kKey = "7Q4KX-7Q4KX-7Q4KX-7Q4KX-7Q4KX7";

// Service files: one for the owner through the module, one for the administrator that asks for a password.
class Rehearsal : public testing::Test {
 protected:
  void services(const FakeDaemon& daemon) {
    const std::string module = CARDEA_BINARY_DIR "/pam_module/pam_cardea.so socket=" + daemon.socket_path();
    std::ofstream(pam_dir.file("login"))
        << "auth required " << module << "\naccount required " << module << "\n";
    std::ofstream(pam_dir.file("other")) << "auth required pam_deny.so\n";
  }
  Words words(const FakeDaemon& daemon, Words more) {
    Words all{"gate", "rehearse",  "--socket",     daemon.socket_path(), "--user",
              "ana",  "--pam-dir", pam_dir.path(), "--answers",          "-"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  TempDir pam_dir;
};

TEST_F(Rehearsal, CardAndAccessKeyAreLoggedInThroughPam) {
  // The operation stays open while the module connects, so the watcher and the judge are two daemons here.
  FakeDaemon judge(
      Scripts{logs_in("1234", "", true), account_is_fine(), logs_in("", kKey, true), account_is_fine()});
  FakeDaemon watcher(Scripts{watches("card", true), watches("access-key", true)});
  services(judge);
  const Ran ran = run_cardea(words(watcher, {"--step", "card", "--step", "access-key"}),
                             "pin=1234\naccess-key=" + std::string(kKey) + "\n");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(
      ran.out,
      "Log in with your card: insert it and type its PIN.\nRehearsed: card.\n"
      "Log in with an access key: take the card out and type the access key.\nRehearsed: access-key.\n");
  EXPECT_EQ((ran.out + ran.err).find("1234"), std::string::npos);
}

TEST_F(Rehearsal, LoginThatFailsIsToldAndTheDaemonDecides) {
  FakeDaemon judge(Scripts{logs_in("1111", "", false)});
  FakeDaemon watcher(Scripts{watches("card", false)});
  services(judge);
  const Ran ran = run_cardea(words(watcher, {"--step", "card", "--json"}), "pin=1111\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.err.find("Wrong PIN.\n"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("The login failed: Authentication failure.\n"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("cardea: No login was seen. Run “cardea gate rehearse”.\n"), std::string::npos)
      << ran.err;
  EXPECT_NE(ran.out.find("\"error\":\"rehearsal-missing\""), std::string::npos) << ran.out;
}

TEST_F(Rehearsal, BreakGlassTellsTheDaemonPamsResult) {
  for (const bool passes : {true, false}) {
    FakeDaemon watcher(Scripts{[&](Conversation& c) {
      const wire::BeginOperation begin = c.begin_operation();
      EXPECT_EQ(argument(begin, "step"), "break-glass");
      EXPECT_EQ(argument(begin, "admin"), "admin");
      EXPECT_EQ(argument(begin, "user"), "ana");
      wire::Ask ask;
      ask.ask_id = 3;
      ask.flags = wire::kEcho | wire::kMayBeEmpty;
      ask.purpose = "rehearsal";
      EXPECT_EQ(c.ask(ask).text, passes ? "passed" : "failed");
      c.result(passes ? Error{} : Error::rehearsal_missing, passes ? "Rehearsed." : "It did not work.", "{}");
    }});
    std::ofstream(pam_dir.file("login"))
        << "auth required pam_exec.so quiet expose_authtok /bin/cat\nauth required "
        << (passes ? "pam_permit.so" : "pam_deny.so") << "\naccount required pam_permit.so\n";
    std::ofstream(pam_dir.file("other")) << "auth required pam_deny.so\n";
    const Ran ran = run_cardea(words(watcher, {"--step", "break-glass", "--admin", "admin", "--json"}),
                               "password=correct horse\n");
    EXPECT_EQ(ran.code, passes ? 0 : 1) << ran.err;
    if (passes) {
      EXPECT_EQ(ran.out, "{\"rehearsed\":[\"break-glass\"]}\n");
    }
    EXPECT_EQ((ran.out + ran.err).find("correct horse"), std::string::npos);
  }
}

}  // namespace
}  // namespace cardea::test
