// SPDX-License-Identifier: Apache-2.0
// Every row of the return table of the PAM module (docs, “PAM”) through the real module and the real libpam.
#include <gtest/gtest.h>

#include "tests/integration/pam_module/pam_login.h"
#include "tests/integration/pam_module/scripts.h"

namespace cardea::test {
namespace {

using wire::Decision;

// The module's own result: pam_permit behind it would turn PAM_IGNORE into success, so “ignore” is seen by
// what a second, required module says.
int authenticate_with(FakeDaemon::Script script, const std::string& options = {}) {
  const FakeDaemon daemon(Scripts{std::move(script)});
  PamLogin login(socket_option(daemon) + " " + options, "ana");
  return login.authenticate();
}

enum class Alone { success, ignored };
Alone behind_a_permit(FakeDaemon::Script script, const std::string& options, int& result) {
  const FakeDaemon daemon(Scripts{std::move(script), [](Conversation&) {}});
  const std::string line = "auth required MODULE " + socket_option(daemon) + " " + options + "\n";
  PamLogin with_permit = PamLogin::with_service(line + "auth required pam_permit.so\n", "ana");
  result = with_permit.authenticate();
  PamLogin alone = PamLogin::with_service(line, "ana");
  return alone.authenticate() == PAM_SUCCESS ? Alone::success : Alone::ignored;
}

TEST(PamReturns, GrantedIsSuccess) {
  EXPECT_EQ(authenticate_with(verdict_only(Decision::granted)), PAM_SUCCESS);
}

TEST(PamReturns, UserNotEnrolledIsUserUnknown) {
  EXPECT_EQ(authenticate_with(verdict_only(Decision::not_enrolled)), PAM_USER_UNKNOWN);
}

TEST(PamReturns, UserNotEnrolledIsIgnoredOnlyWithTheOption) {
  int result = -1;
  EXPECT_EQ(behind_a_permit(verdict_only(Decision::not_enrolled), "ignore_unknown_user", result),
            Alone::ignored);
  EXPECT_EQ(result, PAM_SUCCESS);  // pam_permit's
}

TEST(PamReturns, GateOffIsIgnored) {
  int result = -1;
  EXPECT_EQ(behind_a_permit(verdict_only(Decision::gate_off), "", result), Alone::ignored);
  EXPECT_EQ(result, PAM_SUCCESS);
}

TEST(PamReturns, NothingButTheDaemonsWordIsIgnored) {
  for (const Error error : {Error::not_enrolled, Error::gate_off, Error::worker_down, Error::internal}) {
    int result = -1;
    (void)behind_a_permit(verdict_only(Decision::refused, error), "ignore_unknown_user", result);
    EXPECT_NE(result, PAM_SUCCESS) << error_name(error);
  }
}

struct Row {
  Error error;
  int result;
};

TEST(PamReturns, RefusalsAreTold) {
  const Row rows[] = {
      {Error::pin_wrong, PAM_AUTH_ERR},           {Error::access_key_wrong, PAM_AUTH_ERR},
      {Error::card_foreign, PAM_AUTH_ERR},        {Error::signature_invalid, PAM_AUTH_ERR},
      {Error::pin_locked, PAM_MAXTRIES},          {Error::throttled, PAM_MAXTRIES},
      {Error::worker_down, PAM_AUTHINFO_UNAVAIL}, {Error::reader_service_down, PAM_AUTHINFO_UNAVAIL},
      {Error::card_absent, PAM_AUTHINFO_UNAVAIL}, {Error::cancelled, PAM_CONV_ERR},
      {Error::out_of_memory, PAM_BUF_ERR},        {Error::internal, PAM_SERVICE_ERR},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(authenticate_with(verdict_only(Decision::refused, row.error)), row.result)
        << error_name(row.error);
  }
}

TEST(PamReturns, NoDaemonIsAuthinfoUnavailAndSaysSo) {
  const TempDir directory;
  (void)take_syslog();
  PamLogin login("socket=" + directory.file("nobody.sock"), "ana");
  EXPECT_EQ(login.authenticate(), PAM_AUTHINFO_UNAVAIL);
  ASSERT_EQ(login.shown().size(), 1u);
  EXPECT_EQ(login.shown()[0],
            (Shown{PAM_ERROR_MSG, "The card service is not running; card and access key can't be checked."}));
  const auto lines = take_syslog();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("service-unreachable"), std::string::npos) << lines[0];
}

TEST(PamReturns, ConversationThatRefusesIsConvErr) {
  const auto expect_refusal = [](Conversation& c) {
    (void)c.begin();
    EXPECT_EQ(c.ask(ask_pin_or_key()).kind, wire::AnswerKind::refused);
    c.wait_for_end();
  };
  for (const Typed& typed : {Typed::refuse(), Typed::null_answer(), Typed::no_response()}) {
    const FakeDaemon daemon(Scripts{expect_refusal});
    PamLogin login(socket_option(daemon), "ana", {typed});
    EXPECT_EQ(login.authenticate(), PAM_CONV_ERR);
  }
}

TEST(PamReturns, NoConversationAtAllIsConvErr) {
  const FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    EXPECT_EQ(c.ask(ask_pin_or_key()).kind, wire::AnswerKind::refused);
  }});
  PamLogin login(socket_option(daemon), "ana");
  pam_conv none{};
  (void)pam_set_item(login.handle(), PAM_CONV, &none);
  EXPECT_EQ(login.authenticate(), PAM_CONV_ERR);
}

// The other doors say the same verdicts in the numbers that their callers know.
TEST(PamReturns, OtherDoorsSendTheirOwnBeginAndMapTheirOwnWay) {
  std::vector<wire::MessageType> seen;
  const FakeDaemon::Script grant = [&](Conversation& c) {
    const wire::Begin begin = c.begin();
    seen.push_back(begin.type);
    c.verdict(Decision::granted, Error{}, std::string(begin.user));
    c.wait_for_end();
  };
  FakeDaemon daemon(Scripts{grant, grant, grant, grant, verdict_only(Decision::refused, Error::card_revoked),
                            verdict_only(Decision::refused, Error::revocation_stale),
                            verdict_only(Decision::refused, Error::pin_not_initialized),
                            verdict_only(Decision::refused, Error::worker_down),
                            verdict_only(Decision::refused, Error::pin_locked)});
  PamLogin login(socket_option(daemon), "ana");
  EXPECT_EQ(login.account(), PAM_SUCCESS);
  EXPECT_EQ(login.open_session(), PAM_SUCCESS);
  EXPECT_EQ(login.close_session(), PAM_SUCCESS);
  PamLogin changing("socket=" + daemon.socket_path(), "ana");
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.account(), PAM_ACCT_EXPIRED);
  EXPECT_EQ(login.account(), PAM_ACCT_EXPIRED);
  EXPECT_EQ(login.account(), PAM_NEW_AUTHTOK_REQD);
  EXPECT_EQ(login.open_session(), PAM_SESSION_ERR);
  EXPECT_EQ(login.authenticate(), PAM_MAXTRIES);
  daemon.finish();
  EXPECT_EQ(seen, (std::vector{wire::MessageType::begin_account, wire::MessageType::begin_session,
                               wire::MessageType::end_session, wire::MessageType::begin_login}));
}

TEST(PamReturns, ChangingThePinChecksTheDaemonFirst) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {  // the preliminary check: who is it?
                              const wire::Begin begin = c.begin();
                              EXPECT_EQ(begin.type, wire::MessageType::begin_pin_change);
                              EXPECT_EQ(begin.flags, wire::kPreliminary | wire::kNotInteractive);
                              c.verdict(Decision::granted, Error{}, "ana");
                              c.wait_for_end();
                            },
                            [](Conversation& c) {
                              EXPECT_EQ(c.begin().type, wire::MessageType::begin_pin_change);
                              wire::Ask ask;
                              ask.ask_id = 4;
                              ask.flags = wire::kAskTwice;
                              ask.route = wire::Route::private_channel;
                              ask.purpose = "new-pin";
                              ask.prompt = "New PIN: ";
                              EXPECT_EQ(c.ask(ask).secret, "8888");
                              c.verdict(Decision::granted, Error{}, "ana");
                              c.wait_for_end();
                            }});
  PamLogin login(
      socket_option(daemon), "ana",
      {Typed::answer("8887"), Typed::answer("8888"), Typed::answer("8888"), Typed::answer("8888")});
  EXPECT_EQ(login.change_token(), PAM_SUCCESS);
  EXPECT_EQ(login.prompts(),
            (std::vector<std::string>{"New PIN: ", "Once more: ", "New PIN: ", "Once more: "}));
  EXPECT_EQ(login.shown()[2], (Shown{PAM_ERROR_MSG, "The two are not the same."}));

  const TempDir nowhere;
  PamLogin without("socket=" + nowhere.file("no.sock"), "ana");
  EXPECT_EQ(without.change_token(), PAM_AUTHINFO_UNAVAIL);
  EXPECT_EQ(without.shown().size(), 1u);  // says why
}

// libpam keeps the way through the stack that the first answers have chosen, so these must be right.
TEST(PamReturns, WhoHasNoPinIsLeftToTheModulesBehindWithANewPassword) {
  for (const Decision decision : {Decision::not_enrolled, Decision::gate_off}) {
    FakeDaemon daemon(Scripts{verdict_only(decision)});  // asked once: the second call goes by the first
    PamLogin login = PamLogin::with_service(
        "password [success=done user_unknown=ignore ignore=ignore default=die] MODULE " +
            socket_option(daemon) + "\npassword required pam_debug.so\n",
        "ana", {Typed::answer("blue elephants"), Typed::answer("blue elephants")});
    EXPECT_EQ(login.change_token(), PAM_SUCCESS);
    EXPECT_EQ(login.prompts().size(), 2u);  // libpam's own: new password, and again
    EXPECT_EQ(login.left_over(), 0u);
    daemon.finish();
  }
}

TEST(PamReturns, APreliminaryRefusalAsksForNothing) {
  FakeDaemon daemon(Scripts{verdict_only(Decision::refused, Error::corrupted, "The records are damaged.")});
  PamLogin login(socket_option(daemon), "ana", {Typed::answer("never asked")});
  EXPECT_EQ(login.change_token(), PAM_AUTHINFO_UNAVAIL);
  EXPECT_TRUE(login.prompts().empty());
  EXPECT_EQ(login.left_over(), 1u);
}

TEST(PamReturns, SetcredSaysWhatAuthenticateDecidedOnThisHandle) {
  const FakeDaemon daemon(
      {verdict_only(Decision::granted), verdict_only(Decision::refused, Error::pin_wrong)});
  PamLogin login(socket_option(daemon), "ana");
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(login.set_credentials(), PAM_SUCCESS);
  EXPECT_EQ(login.authenticate(), PAM_AUTH_ERR);
  EXPECT_EQ(login.set_credentials(), PAM_AUTH_ERR);
}

// sshd calls it in a process that has not seen authenticate; nothing depends on it and no daemon is asked.
TEST(PamReturns, SetcredOnAFreshHandleHasNothingToObjectTo) {
  const FakeDaemon daemon(Scripts{});
  PamLogin login(socket_option(daemon), "ana");
  EXPECT_EQ(login.set_credentials(), PAM_SUCCESS);
  EXPECT_EQ(login.set_credentials(PAM_DELETE_CRED), PAM_SUCCESS);
}

}  // namespace
}  // namespace cardea::test
