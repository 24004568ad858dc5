// SPDX-License-Identifier: Apache-2.0
// Which language the module asks the daemon for, and speaks itself where the daemon has nothing to say.
#include <clocale>
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/integration/pam_module/pam_login.h"
#include "tests/integration/pam_module/scripts.h"

namespace cardea::test {
namespace {

using wire::Decision;

// Logs in with these variables in the PAM environment; what the daemon was told.
std::string asked_for(const std::vector<std::string>& environment) {
  std::string language = "nothing";
  FakeDaemon daemon(Scripts{[&](Conversation& c) {
    const wire::Begin begin = c.begin();
    language = begin.language;
    c.verdict(Decision::granted, Error{}, std::string(begin.user));
    c.wait_for_end();
  }});
  PamLogin login(socket_option(daemon), "ana");
  for (const std::string& setting : environment)
    EXPECT_EQ(pam_putenv(login.handle(), setting.c_str()), PAM_SUCCESS);
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  daemon.finish();
  return language;
}

TEST(PamLanguage, IsThatOfTheSession) {
  EXPECT_EQ(asked_for({"LANG=de_DE.UTF-8"}), "de_DE.UTF-8");
  EXPECT_EQ(asked_for({"LANG=de_DE.UTF-8", "LC_MESSAGES=en_US.UTF-8"}), "en_US.UTF-8");
}

TEST(PamLanguage, IsThatOfTheProgramWhenTheSessionHasNone) {
  EXPECT_EQ(asked_for({}), "");  // a program that has not called setlocale: the computer's language
  ASSERT_NE(std::setlocale(LC_ALL, "C.UTF-8"), nullptr);
  EXPECT_EQ(asked_for({}), "C");
  EXPECT_EQ(asked_for({"LANG=de"}), "de");
  std::setlocale(LC_ALL, "C");
}

// Before sudo the environment of the process is a stranger's.
TEST(PamLanguage, TheEnvironmentOfTheProcessIsNotAsked) {
  ::setenv("LANGUAGE", "de", 1);
  ::setenv("LC_MESSAGES", "de_DE.UTF-8", 1);
  ::setenv("NLSPATH", "/tmp/%N", 1);
  EXPECT_EQ(asked_for({}), "");
  for (const char* name : {"LANGUAGE", "LC_MESSAGES", "NLSPATH"})
    ::unsetenv(name);
}

TEST(PamLanguage, WhatIsNoLocaleNameDoesNotReachTheDaemon) {
  for (const std::string& value :
       {std::string("../../../tmp/evil"), std::string("de/../x"), std::string("\xFF\xFE"),
        std::string("de\n"), std::string("%s%n"), std::string(5'000, 'd')}) {
    EXPECT_EQ(asked_for({"LANG=" + value}), "C") << value.substr(0, 30);
  }
}

TEST(PamLanguage, WithoutADaemonTheModuleSpeaksItself) {
  PamLogin german("socket=/nonexistent/cardea.sock", "ana");
  ASSERT_EQ(pam_putenv(german.handle(), "LANG=de_DE.UTF-8"), PAM_SUCCESS);
  EXPECT_EQ(german.authenticate(), PAM_AUTHINFO_UNAVAIL);
  EXPECT_EQ(german.shown().back(),
            (Shown{PAM_ERROR_MSG,
                   "Der Kartendienst läuft nicht; Karte und Zugangsschlüssel können nicht geprüft werden."}));
  PamLogin hostile("socket=/nonexistent/cardea.sock", "ana");
  ASSERT_EQ(pam_putenv(hostile.handle(), "LANG=../../de"), PAM_SUCCESS);
  EXPECT_EQ(hostile.authenticate(), PAM_AUTHINFO_UNAVAIL);
  EXPECT_EQ(hostile.shown().back().text,
            "The card service is not running; card and access key can't be checked.");
}

TEST(PamLanguage, AskingTwiceIsInTheLanguageOfTheQuestion) {
  const auto preliminary = verdict_only(Decision::granted);
  FakeDaemon daemon(Scripts{preliminary, [](Conversation& c) {
                              const wire::Begin begin = c.begin();
                              wire::Ask ask;
                              ask.ask_id = 1;
                              ask.flags = wire::kAskTwice;
                              ask.route = wire::Route::private_channel;
                              ask.purpose = "new-pin";
                              ask.prompt = "Neue PIN: ";
                              EXPECT_EQ(c.ask(ask).secret, "123456");
                              c.verdict(Decision::granted, Error{}, std::string(begin.user));
                              c.wait_for_end();
                            }});
  PamLogin login(
      socket_option(daemon), "ana",
      {Typed::answer("123456"), Typed::answer("654321"), Typed::answer("123456"), Typed::answer("123456")});
  ASSERT_EQ(pam_putenv(login.handle(), "LANG=de"), PAM_SUCCESS);
  EXPECT_EQ(login.change_token(), PAM_SUCCESS);
  EXPECT_EQ(login.prompts(),
            (std::vector<std::string>{"Neue PIN: ", "Noch einmal: ", "Neue PIN: ", "Noch einmal: "}));
  EXPECT_EQ(login.shown()[2], (Shown{PAM_ERROR_MSG, "Die beiden Eingaben sind nicht gleich."}));
}

}  // namespace
}  // namespace cardea::test
