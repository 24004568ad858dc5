// SPDX-License-Identifier: Apache-2.0
// PAM files: what is read, what is simulated, and what is said about stacks that are right and wrong.
#include <security/_pam_types.h>

#include "cli/doctor/pam_check.h"
#include "cli/doctor/pam_models.h"
#include "cli/doctor/pam_simulation.h"
#include "pam_module/options.h"
#include "tests/unit/cli/doctor/patient.h"

namespace cardea::cli::doctor {
namespace {

TEST(PamFile, IsReadAsLibpamReadsIt) {
  const PamFile file = parse_pam_file(
      "# comment\n"
      "@include common-auth\n"
      "-AUTH [success=1 default=ignore]  pam_a.so  one  [two words] # rest\n"
      "account include \\\n  other-file\n"
      "session substack x\n"
      "auth frobnicate pam_a.so\n"
      "frobnicate required pam_a.so\n"
      "auth required\n");
  ASSERT_EQ(file.lines.size(), 7u);
  EXPECT_EQ(file.lines[0].kind, PamLineKind::include);
  EXPECT_EQ(file.lines[0].type, PamType::all);
  EXPECT_EQ(file.lines[1].kind, PamLineKind::module);
  EXPECT_TRUE(file.lines[1].silent);
  EXPECT_EQ(file.lines[1].actions[PAM_SUCCESS], 1);
  EXPECT_EQ(file.lines[1].arguments, (std::vector<std::string>{"one", "two words"}));
  EXPECT_EQ(file.lines[1].number, 3u);
  EXPECT_EQ(file.lines[2].kind, PamLineKind::include);
  EXPECT_EQ(file.lines[2].name, "other-file");
  EXPECT_EQ(file.lines[3].kind, PamLineKind::substack);
  EXPECT_EQ(file.lines[4].kind, PamLineKind::module);
  EXPECT_TRUE(file.lines[4].bad_control);
  for (std::size_t i = 5; i < 7; ++i)
    EXPECT_EQ(file.lines[i].kind, PamLineKind::unreadable) << i;
}

TEST(PamFile, HasLimits) {
  std::string many;
  for (std::size_t i = 0; i <= kMaxPamLines; ++i)
    many += "auth required pam_permit.so\n";
  EXPECT_TRUE(parse_pam_file(many).too_long);
  EXPECT_TRUE(parse_pam_file(std::string(kMaxPamFile + 1, ' ')).too_long);
}

TEST(PamStackLoader, LoopsAndMissingFilesRefuse) {
  const ReadPamFile loop = [](const std::string& name) -> std::optional<std::string> {
    if (name == "loop") return "auth include loop\n";
    if (name == "gone") return "auth include nowhere\n";
    return std::nullopt;
  };
  const PamStack looped = load_pam_stack("loop", PamType::auth, loop);
  ASSERT_EQ(looped.faults.size(), 1u);
  EXPECT_EQ(looped.faults[0].kind, PamFault::Kind::too_deep);
  const PamStack gone = load_pam_stack("gone", PamType::auth, loop);
  ASSERT_EQ(gone.faults.size(), 1u);
  EXPECT_EQ(gone.faults[0].kind, PamFault::Kind::missing_file);
  const auto yes = [](const PamHandler&) { return std::vector<int>{PAM_SUCCESS}; };
  EXPECT_EQ(simulate_pam(gone.handlers, yes), std::set<int>{PAM_PERM_DENIED});
}

// Two lines that each include twice: without a limit 2^16 lines.
TEST(PamStackLoader, DoublingEnds) {
  const ReadPamFile doubling = [](const std::string& name) -> std::optional<std::string> {
    const std::string next = name + "x";
    return "auth required pam_permit.so\nauth include " + next + "\nauth include " + next + "\n";
  };
  const PamStack stack = load_pam_stack("d", PamType::auth, doubling);
  EXPECT_LE(stack.handlers.size(), kMaxHandlers + 64);
  EXPECT_FALSE(stack.faults.empty());
}

TEST(PamSimulation, FollowsEveryAnswerWithoutDoubling) {
  std::vector<PamHandler> handlers;
  for (int i = 0; i < 200; ++i) {
    PamHandler one;
    one.actions = *parse_pam_control("optional", false);
    handlers.push_back(one);
  }
  const auto either = [](const PamHandler&) { return std::vector<int>{PAM_SUCCESS, PAM_AUTH_ERR}; };
  EXPECT_EQ(simulate_pam(handlers, either), (std::set<int>{PAM_SUCCESS, PAM_PERM_DENIED}));
}

// The module's own parser is what counts.
TEST(CardeaOptions, AreThoseOfTheModule) {
  const std::vector<std::vector<std::string>> lines = {
      {},
      {"socket=/run/x.sock", "timeout=60", "wait_for_card=0", "ignore_unknown_user", "prompt_user", "debug",
       "quiet"},
      {"try_first_pass"},
      {"use_first_pass"},
      {"try_first_pass", "use_first_pass"},
      {"try_first_pass", "try_first_pass"},
      {"timeout=0"},
      {"timeout=301"},
      {"timeout=1"},
      {"timeout=0060"},
      {"wait_for_card=x"},
      {"socket=run/x"},
      {"socket=/" + std::string(200, 'x')},
      {"Debug"},
      {"nullok"},
      {"debug", "no_such_option"}};
  for (const auto& words : lines) {
    std::vector<const char*> argv;
    for (const std::string& word : words)
      argv.push_back(word.c_str());
    pam::Options options;
    const int bad = pam::parse_options(static_cast<int>(argv.size()), argv.data(), options);
    EXPECT_EQ(bad_cardea_option(words), bad < 0 ? "" : words[static_cast<std::size_t>(bad)]);
  }
}

class Pam : public Patient {
 protected:
  Pam() {
    for (const char* name :
         {"pam_cardea", "pam_unix", "pam_succeed_if", "pam_permit", "pam_deny", "pam_rootok"})
      put("/usr/lib/x86_64-linux-gnu/security/" + std::string(name) + ".so", "");
    put("/etc/pam.d/other", "auth required pam_deny.so\naccount required pam_deny.so\n");
  }
  static constexpr const char* kGood =
      "auth [success=done user_unknown=1 ignore=1 authinfo_unavail=ignore default=die] pam_cardea.so "
      "timeout=60\n"
      "auth requisite pam_succeed_if.so quiet user ingroup cardea-breakglass\n"
      "auth required pam_unix.so\n"
      "account [success=1 user_unknown=1 ignore=1 authinfo_unavail=ignore default=die] pam_cardea.so\n"
      "account requisite pam_succeed_if.so quiet user ingroup cardea-breakglass\n"
      "account required pam_unix.so\n";
  std::string judged(const std::string& text, const std::string& service = "login") {
    put("/etc/pam.d/" + service, text);
    return names(look(check_pam));
  }
  static std::string replaced(std::string text, const std::string& that, const std::string& by) {
    const std::size_t at = text.find(that);
    EXPECT_NE(at, std::string::npos) << that;
    return text.replace(at, that.size(), by);
  }
};

TEST_F(Pam, TheStackOfTheGuideIsRight) { EXPECT_EQ(judged(kGood), ""); }

TEST_F(Pam, TheProfileIsRight) {
  // As pam-auth-update writes packaging/pam-configs/cardea before pam_unix.
  put("/etc/pam.d/common-auth",
      "auth [success=2 default=ignore] pam_succeed_if.so quiet user ingroup cardea-breakglass\n"
      "auth [success=4 user_unknown=ignore ignore=ignore default=die] pam_cardea.so\n"
      "auth [default=1] pam_permit.so\n"
      "auth [success=2 user_unknown=ignore ignore=ignore authinfo_unavail=ignore service_err=ignore "
      "system_err=ignore buf_err=ignore open_err=ignore symbol_err=ignore module_unknown=ignore abort=ignore "
      "default=die] pam_cardea.so\n"
      "auth [success=1 default=ignore] pam_unix.so nullok try_first_pass\n"
      "auth requisite pam_deny.so\nauth required pam_permit.so\n");
  put("/etc/pam.d/common-account",
      "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
      "account requisite pam_deny.so\naccount required pam_permit.so\n"
      "account [success=4 user_unknown=4 ignore=4 new_authtok_reqd=4 authinfo_unavail=ignore "
      "service_err=ignore "
      "system_err=ignore buf_err=ignore open_err=ignore symbol_err=ignore module_unknown=ignore abort=ignore "
      "default=die] pam_cardea.so\n"
      "account [success=3 default=ignore] pam_succeed_if.so quiet user ingroup cardea-breakglass\n"
      "account [success=2 default=ignore] pam_succeed_if.so quiet uid < 1000\n"
      "account [success=1 default=ignore] pam_succeed_if.so quiet service in cron:atd:systemd-user\n"
      "account requisite pam_deny.so\naccount required pam_permit.so\n");
  EXPECT_EQ(judged("@include common-auth\n@include common-account\n"), "");
}

TEST_F(Pam, AWayAroundTheGate) {
  EXPECT_EQ(judged(replaced(kGood, "authinfo_unavail=ignore default=die] pam_cardea.so timeout",
                            "authinfo_unavail=1 default=die] pam_cardea.so timeout")),
            "pam-gate-gone-around");
  EXPECT_EQ(
      judged("auth sufficient pam_cardea.so\nauth required pam_unix.so\naccount required pam_unix.so\n"),
      "pam-gate-gone-around");
}

TEST_F(Pam, ALockout) {
  EXPECT_EQ(judged("auth required pam_cardea.so ignore_unknown_user\nauth required pam_unix.so\n"
                   "account required pam_unix.so\n"),
            "pam-lockout");
  EXPECT_EQ(judged(replaced(kGood, "ingroup cardea-breakglass", "ingroup nobody-is-in-it")), "pam-lockout");
}

TEST_F(Pam, OpensToEverybody) {
  EXPECT_EQ(judged(replaced(kGood, "auth required pam_unix.so", "auth required pam_permit.so") +
                   "auth sufficient pam_permit.so\n"),
            "")
      << "only the break-glass group gets there";
  EXPECT_EQ(
      judged("auth optional pam_cardea.so\nauth sufficient pam_permit.so\naccount required pam_permit.so\n"),
      "pam-opens-to-all");
}

TEST_F(Pam, OwnersAndOthersShutOut) {
  EXPECT_EQ(judged(replaced(kGood, "success=done", "success=die")), "pam-owner-shut-out");
  EXPECT_EQ(judged(replaced(kGood, "user_unknown=1 ignore=1", "ignore=1")), "pam-others-shut-out");
  EXPECT_EQ(judged(replaced(kGood, "user_unknown=1 ignore=1", "user_unknown=1")), "pam-gate-off-shut-out");
}

TEST_F(Pam, OptionsModulesAndLines) {
  EXPECT_NE(judged(replaced(kGood, "timeout=60", "timeuot=60")).find("pam-unknown-option"),
            std::string::npos);
  EXPECT_NE(judged(std::string(kGood) + "auth frobnicate pam_x.so\n").find("pam-unreadable"),
            std::string::npos);
  EXPECT_NE(judged(std::string(kGood) + "auth include nowhere\n").find("pam-unreadable"), std::string::npos);
  EXPECT_EQ(judged(std::string(kGood) + "auth optional pam_gone.so\n"), "pam-other-module-missing");
  EXPECT_EQ(judged(std::string(kGood) + "-auth optional pam_gone.so\n"), "");
  std::filesystem::remove(tree_.path() + "/usr/lib/x86_64-linux-gnu/security/pam_cardea.so");
  EXPECT_NE(judged(kGood).find("pam-module-missing"), std::string::npos);
}

TEST_F(Pam, AModuleNobodyKnowsMayOpen) {
  put("/usr/lib/x86_64-linux-gnu/security/pam_finger.so", "");
  const std::string text = "auth sufficient pam_finger.so\n" + std::string(kGood);
  EXPECT_EQ(judged(text), "pam-unknown-opens");
  EXPECT_NE(look(check_pam).list()[0].what.find("login (pam_finger.so)"), std::string::npos);
}

TEST_F(Pam, FilesThatOthersMayChange) {
  put("/etc/pam.d/login", kGood, 0666);
  EXPECT_EQ(names(look(check_pam)), "pam-unsafe-file");
}

TEST_F(Pam, ServicesThatNeverAskAreNamedWhileTheGateIsOn) {
  const std::string plain = "auth required pam_unix.so\naccount required pam_unix.so\n";
  EXPECT_EQ(judged(plain, "sudo"), "pam-not-asked");
  put("/etc/pam.d/sudo", kGood);
  EXPECT_EQ(judged(plain, "cron"), "pam-elsewhere");
  facts_.settings.services_without_card = {"cron"};
  EXPECT_EQ(names(look(check_pam)), "");
  facts_.settings.services_without_card.clear();
  says("\"card_required\"", "\"off\"");
  EXPECT_EQ(names(look(check_pam)), "");
}

TEST_F(Pam, LeftOversOfEditorsAreNoServices) {
  put("/etc/pam.d/login.dpkg-old", "auth frobnicate\n");
  put("/etc/pam.d/login~", "auth frobnicate\n");
  EXPECT_EQ(judged(kGood), "");
}

}  // namespace
}  // namespace cardea::cli::doctor
