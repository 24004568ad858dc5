// SPDX-License-Identifier: Apache-2.0
// Each topic of the doctor on a computer on which one thing is wrong: it is named, with its level and advice,
// and nothing else is.
#include "cli/doctor/card_check.h"
#include "cli/doctor/files_check.h"
#include "cli/doctor/gate_check.h"
#include "cli/doctor/names_check.h"
#include "cli/doctor/server_check.h"
#include "cli/doctor/service_check.h"
#include "tests/unit/cli/doctor/patient.h"

namespace cardea::cli::doctor {
namespace {

using Daemon = Patient;

TEST_F(Daemon, ThatAnswersIsFine) { EXPECT_EQ(names(look(check_daemon)), ""); }

TEST_F(Daemon, ThatDoesNotIsNamedWithTheCommand) {
  facts_.daemon_answers = false;
  const Findings found = look(check_daemon);
  ASSERT_EQ(names(found), "daemon-down");
  EXPECT_EQ(found.list()[0].level, Level::problem);
  EXPECT_NE(found.list()[0].how_to_mend.find("systemctl start cardea-recoveryd"), std::string::npos);
}

TEST_F(Daemon, ItsConfigurationIsNamedWithTheReason) {
  facts_.config_failure = fail(Error::config_invalid, "/etc/cardea/recoveryd.conf:3: unknown key");
  const Findings found = look(check_daemon);
  ASSERT_EQ(names(found), "config-invalid");
  EXPECT_NE(found.list()[0].what.find(":3: unknown key"), std::string::npos);
  facts_.config_failure = fail(Error::permission_denied, "");
  EXPECT_EQ(look(check_daemon).list()[0].level, Level::note);
  facts_.config_failure = fail(Error::not_found, "");
  EXPECT_EQ(names(look(check_daemon)), "config-absent");
}

using Readers = Patient;

TEST_F(Readers, AreJudgedByWhatTheDaemonSees) {
  EXPECT_EQ(names(look(check_readers)), "");
  says("\"ready\"", "\"reader service down\"");
  EXPECT_EQ(names(look(check_readers)), "pcscd-down");
  says("\"ready\"", "\"no reader\"");
  EXPECT_EQ(names(look(check_readers)), "no-reader");
  says("\"ready\"", "\"starting\"");
  EXPECT_EQ(names(look(check_readers)), "worker-starting");
}

TEST_F(Readers, WithoutADaemonTheSocketTells) {
  facts_.users[0].status.reset();
  EXPECT_EQ(names(look(check_readers)), "pcscd-down");
  put("/run/pcscd/pcscd.comm", "");
  const Findings found = look(check_readers);
  EXPECT_EQ(names(found), "readers-unseen");
  EXPECT_EQ(found.list()[0].level, Level::note);
}

TEST_F(Readers, APcscdThatAsksPolkitNeedsTheRule) {
  put("/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy", "<policyconfig/>");
  EXPECT_EQ(names(look(check_readers)), "polkit-rule-missing");
  put("/etc/polkit-1/rules.d/cardea-card.rules",
      "subject.user === \"cardea-card\" && action.id === \"org.debian.pcsc-lite.access_pcsc\"");
  EXPECT_EQ(names(look(check_readers)), "");
  put("/proc/self/mounts", "proc /proc proc rw,nosuid,hidepid=invisible 0 0\n");
  EXPECT_EQ(names(look(check_readers)), "hidepid");
  put("/proc/self/mounts", "proc /proc proc rw,hidepid=0 0 0\n/dev/sda1 / ext4 rw 0 0\n");
  EXPECT_EQ(names(look(check_readers)), "");
}

using Modules = Patient;

TEST_F(Modules, ThatIsThereAndRootsIsFine) {
  put("/usr/lib/pkcs11/good.so", "");
  facts_.settings.card_modules = {"/usr/lib/pkcs11/good.so"};
  EXPECT_EQ(names(look(check_modules)), "");
}

TEST_F(Modules, AMissingOneIsNamed) {
  facts_.settings.card_modules = {"/usr/lib/pkcs11/none.so"};
  EXPECT_EQ(names(look(check_modules)), "module-missing");
  facts_.settings.card_modules = {"no-such-module"};
  EXPECT_EQ(names(look(check_modules)), "module-missing");
  facts_.settings.card_modules = {"../../etc/x"};
  EXPECT_EQ(names(look(check_modules)), "module-missing");
}

TEST_F(Modules, ANameLeadsThroughP11Kit) {
  put("/usr/share/p11-kit/modules/vendor.module", "# a card\nmodule: /opt/vendor/p11.so\n");
  facts_.settings.card_modules = {"vendor"};
  EXPECT_EQ(names(look(check_modules)), "module-missing");
  put("/opt/vendor/p11.so", "");
  EXPECT_EQ(names(look(check_modules)), "");
}

TEST_F(Modules, WritableByOthersIsNamedAlsoThroughItsFolderOrALink) {
  put("/opt/vendor/p11.so", "", 0666);
  facts_.settings.card_modules = {"/opt/vendor/p11.so"};
  EXPECT_EQ(names(look(check_modules)), "module-unsafe");
  put("/opt/vendor/p11.so", "", 0644);
  folder("/opt/vendor", 0777);
  EXPECT_EQ(names(look(check_modules)), "module-unsafe");
  folder("/safe");
  std::filesystem::create_symlink(tree_.path() + "/opt/vendor/p11.so", tree_.path() + "/safe/p11.so");
  facts_.settings.card_modules = {"/safe/p11.so"};
  EXPECT_EQ(names(look(check_modules)), "module-unsafe");
}

using Cards = Patient;

TEST_F(Cards, InOrderAreNotTalkedAbout) { EXPECT_EQ(names(look(check_cards)), ""); }

TEST_F(Cards, EveryStateOfThePin) {
  for (const auto& [pin, name] : {std::pair{"locked", "pin-locked"},
                                  {"last-try", "pin-last-try"},
                                  {"low", "pin-low"},
                                  {"not-initialised", "pin-missing"}}) {
    says(R"("pin":"ok")", std::string(R"("pin":")") + pin + R"(","tries_left":2)");
    EXPECT_EQ(names(look(check_cards)), name);
  }
}

TEST_F(Cards, EveryStateOfTheCard) {
  const std::string in_reader = R"("card_id":"aa","state":"active"}])";
  for (const auto& [state, name] : {std::pair{"suspended", "card-suspended"},
                                    {"revoked", "card-revoked"},
                                    {"announced", "card-announced"},
                                    {"foreign", "card-foreign"},
                                    {"new", "card-foreign"}}) {
    says(in_reader, std::string(R"("card_id":"aa","state":")") + state + "\"}]");
    EXPECT_EQ(names(look(check_cards)), name);
  }
}

TEST_F(Cards, ThatCantBeUsedOrAreNotThere) {
  says(R"("pin":"ok")", R"("pin":"unknown","problem":"card-fault")");
  EXPECT_EQ(names(look(check_cards)), "card-unusable");
  says(R"("label":"Ana","state":"active"}],"access)", R"("label":"Ana","state":"revoked"}],"access)");
  EXPECT_EQ(names(look(check_cards)), "no-active-card");
  says(R"("access_key_generation":1,)", "");
  EXPECT_EQ(names(look(check_cards)), "no-access-key");
  says(R"("wrong_access_keys":0)", R"("wrong_access_keys":7)");
  EXPECT_EQ(names(look(check_cards)), "access-keys-throttled");
  facts_.users[0].status = json(R"({"reader_service":"ready","gate":"off"})");
  EXPECT_EQ(names(look(check_cards)), "not-enrolled");
  facts_.users[0].status.reset();
  facts_.users[0].refused = "damaged";
  EXPECT_EQ(names(look(check_cards)), "status-refused");
  facts_.daemon_answers = false;
  EXPECT_EQ(names(look(check_cards)), "cards-unseen");
}

class Names : public Patient {
 protected:
  void installed() { put("/usr/lib/x86_64-linux-gnu/libnss_cardea.so.2", ""); }
  void lines(const std::string& passwd, const std::string& group) {
    put("/etc/nsswitch.conf", "# comment\npasswd:\t" + passwd + "\ngroup: " + group + "\n");
  }
};

TEST_F(Names, NotInstalledIsFineUnlessTheSwitchNamesIt) {
  lines("files systemd", "files");
  EXPECT_EQ(names(look(check_names)), "");
  lines("files cardea", "files");
  EXPECT_EQ(names(look(check_names)), "nss-library-missing");
}

TEST_F(Names, InstalledItIsAskedBehindTheLocalFiles) {
  installed();
  facts_.settings.accounts_db = "/var/cache/cardea/accounts.db";
  lines("files cardea systemd", "files cardea");
  EXPECT_EQ(names(look(check_names)), "");
  lines("files systemd # cardea", "files cardea");
  EXPECT_EQ(names(look(check_names)), "nss-not-asked");
  lines("cardea files", "files cardea");
  EXPECT_EQ(names(look(check_names)), "nss-order");
  lines("files [NOTFOUND=return] cardea", "files cardea");
  EXPECT_EQ(names(look(check_names)), "nss-shadowed");
  put("/var/cache/cardea/accounts.db", "not a database");
  lines("files cardea", "files cardea");
  EXPECT_EQ(names(look(check_names)), "nss-database");
}

class ClockAndServer : public Patient {
 protected:
  ClockAndServer() {
    put("/run/systemd/timesync/synchronized", "");
    facts_.servers.push_back({"https://x", {}, 1'800'000'000 + 365 * 86400, 1'800'000'000});
  }
};

TEST_F(ClockAndServer, InOrder) {
  EXPECT_EQ(names(look(check_clock)), "");
  EXPECT_EQ(names(look(check_servers)), "");
}

TEST_F(ClockAndServer, BehindATimeSeen) {
  facts_.servers.clear();
  clock_.set_wall(1'800'000'000 - 86'400 * 3);
  EXPECT_EQ(names(look(check_clock)), "clock-behind");
  EXPECT_EQ(look(check_clock).list()[0].level, Level::warning);
  facts_.settings.max_offline_seconds = 86'400 * 30;
  EXPECT_EQ(look(check_clock).list()[0].level, Level::problem);
  clock_.set_wall(1'800'000'000 - 200);
  EXPECT_EQ(names(look(check_clock)), "");
}

TEST_F(ClockAndServer, OtherThanTheServers) {
  clock_.set_wall(1'800'000'000 + 301);
  EXPECT_EQ(names(look(check_clock)), "clock-skewed");
  facts_.servers[0].its_clock.reset();
  EXPECT_EQ(names(look(check_clock)), "");
  facts_.users[0].contact = fail(Error::clock_skewed, "");
  EXPECT_EQ(names(look(check_clock)), "clock-skewed");
}

TEST_F(ClockAndServer, NotSynchronisedIsANote) {
  std::filesystem::remove(tree_.path() + "/run/systemd/timesync/synchronized");
  const Findings found = look(check_clock);
  ASSERT_EQ(names(found), "clock-not-synchronised");
  EXPECT_EQ(found.list()[0].level, Level::note);
}

TEST_F(ClockAndServer, WhatIsWrongWithTheServer) {
  facts_.servers[0].certificate_ends = clock_.now() + 3 * 86'400;
  Findings found = look(check_servers);
  ASSERT_EQ(names(found), "certificate-ends-soon");
  EXPECT_NE(found.list()[0].what.find("3 days"), std::string::npos);
  facts_.servers[0].failure = fail(Error::server_untrusted, "x: its certificate has expired");
  EXPECT_EQ(names(look(check_servers)), "server-certificate");
  facts_.servers[0].failure = fail(Error::server_unreachable, "connection refused");
  EXPECT_EQ(names(look(check_servers)), "server-silent");
  facts_.servers.clear();
  EXPECT_EQ(names(look(check_servers)), "no-server");
}

TEST_F(ClockAndServer, WhatTheDaemonsContactCameTo) {
  for (const auto& [error, name] : {std::pair{Error::server_unreachable, "server-unreachable"},
                                    {Error::server_untrusted, "server-untrusted"},
                                    {Error::server_refused, "server-refused"},
                                    {Error::clock_skewed, ""}}) {
    facts_.users[0].contact = fail(error, "why");
    EXPECT_EQ(names(look(check_servers)), name);
  }
  facts_.users[0].contact.reset();
  says(R"("server_doubted":false)", R"("server_doubted":true)");
  EXPECT_EQ(names(look(check_servers)), "server-doubted");
  says(R"("server_doubted":false)", R"("server_doubted":false,"retired_at":1800000000)");
  EXPECT_EQ(names(look(check_servers)), "computer-retired");
}

TEST_F(ClockAndServer, AContactThatIsTooOld) {
  facts_.settings.max_offline_seconds = 10 * 86'400;
  clock_.advance(6 * 86'400);
  facts_.servers[0].its_clock = clock_.now();
  EXPECT_EQ(look(check_servers).find("contact-old")->level, Level::warning);
  clock_.advance(5 * 86'400);
  EXPECT_EQ(look(check_servers).find("contact-old")->level, Level::problem);
}

class Files : public Patient {
 protected:
  Files() {
    put("/etc/cardea/recoveryd.conf", "");
    put("/var/lib/cardea/gate", "", 0600);
    put("/var/lib/cardea/users/ana.enrolment", "", 0600);
    folder("/var/lib/cardea", 0700);
    folder("/var/lib/cardea/users", 0700);
    put("/run/cardea/recoveryd.sock", "", 0666);
    folder("/run/cardea", 0755);
  }
};

TEST_F(Files, InOrder) { EXPECT_EQ(names(look(check_files)), ""); }

TEST_F(Files, AModeThatIsTooOpenComesWithTheCommand) {
  const std::pair<std::string, std::string> cases[] = {{"/etc/cardea/recoveryd.conf", "chmod 644"},
                                                       {"/var/lib/cardea/gate", "chmod 600"},
                                                       {"/var/lib/cardea/users/ana.enrolment", "chmod 600"},
                                                       {"/var/lib/cardea", "chmod 700"},
                                                       {"/run/cardea", "chmod 755"}};
  for (const auto& [path, command] : cases) {
    const std::string whole = tree_.path() + path;
    struct stat before {};
    ASSERT_EQ(::stat(whole.c_str(), &before), 0);
    ASSERT_EQ(::chmod(whole.c_str(), 0777), 0);
    const Findings found = look(check_files);
    ASSERT_EQ(names(found), "file-mode") << path;
    EXPECT_NE(found.list()[0].how_to_mend.find(command + " " + path), std::string::npos)
        << found.list()[0].how_to_mend;
    ASSERT_EQ(::chmod(whole.c_str(), before.st_mode & 07777), 0);
  }
}

TEST_F(Files, ASocketThatUsersCantReach) {
  ASSERT_EQ(::chmod((tree_.path() + "/run/cardea/recoveryd.sock").c_str(), 0600), 0);
  EXPECT_EQ(names(look(check_files)), "socket-mode");
}

TEST_F(Files, WhoIsNotRootSaysWhatHeDidNotSee) {
  System user{tree_.path(), ::geteuid(), ::geteuid() + 1, clock_};
  Findings findings;
  check_files({user, facts_}, findings);
  EXPECT_EQ(names(findings), "state-unseen");
  EXPECT_EQ(findings.list()[0].level, Level::note);
}

TEST_F(Files, OfAnotherOwner) {
  System other{tree_.path(), ::geteuid() + 1, ::geteuid() + 1, clock_};
  Findings findings;
  check_files({other, facts_}, findings);
  EXPECT_EQ(names(findings), "file-owner");
}

class Gate : public Patient {
 protected:
  Gate() {
    put("/etc/passwd",
        "ana:x:1000:1000::/h:/bin/sh\nboss:x:1001:1001::/h:/bin/sh\nprimary:x:1002:900::/h:/bin/sh\n");
    group("boss");
    password("boss", "$6$salt$0123456789abcdef");
  }
  void group(const std::string& members) { put("/etc/group", "cardea-breakglass:x:900:" + members + "\n"); }
  void password(const std::string& user, const std::string& hash, const std::string& ends = "") {
    put("/etc/shadow", user + ":" + hash + ":20000:0:99999:7::" + ends + ":\n", 0600);
  }
};

TEST_F(Gate, InOrder) { EXPECT_EQ(names(look(check_gate)), ""); }

TEST_F(Gate, WhoCanBreakTheGlass) {
  password("boss", "!");
  EXPECT_EQ(names(look(check_gate)), "break-glass-nobody");
  EXPECT_EQ(look(check_gate).list()[0].level, Level::problem);
  password("boss", "");
  EXPECT_EQ(names(look(check_gate)), "break-glass-nobody");
  password("boss", "$6$salt$0123456789abcdef", "10");  // the account has ended
  EXPECT_EQ(names(look(check_gate)), "break-glass-nobody");
  group("");
  password("primary", "$6$salt$0123456789abcdef");
  EXPECT_EQ(names(look(check_gate)), "");
  put("/etc/group", "users:x:100:\n");
  EXPECT_EQ(names(look(check_gate)), "break-glass-group-missing");
}

TEST_F(Gate, AnEnrolledUserInTheGroupGoesAroundHisCard) {
  group("ana,boss");
  EXPECT_EQ(names(look(check_gate)), "break-glass-enrolled");
}

TEST_F(Gate, WhatOnlyRootSees) {
  std::filesystem::remove(tree_.path() + "/etc/shadow");
  const Findings found = look(check_gate);
  ASSERT_EQ(names(found), "break-glass-unseen");
  EXPECT_EQ(found.list()[0].level, Level::note);
}

TEST_F(Gate, ProbationAndDamage) {
  facts_.users[0].gate = json(R"({"gate":"card_required","confirm_until":1800000600})");
  const Findings found = look(check_gate);
  ASSERT_EQ(names(found), "probation");
  EXPECT_NE(found.list()[0].what.find("10 min"), std::string::npos);
  facts_.users[0].gate.reset();
  says("\"card_required\"", "\"damaged\"");
  EXPECT_EQ(names(look(check_gate)), "gate-damaged");
  says("\"card_required\"", "\"off\"");
  EXPECT_EQ(names(look(check_gate)), "gate-off");
}

TEST_F(Gate, WhatWasNotRehearsedLately) {
  clock_.advance(31LL * 86'400);
  const Findings found = look(check_gate);
  ASSERT_EQ(names(found), "not-rehearsed");
  EXPECT_NE(found.list()[0].what.find("card login, access-key login, the administrator's break-glass"),
            std::string::npos);
}

using Tpm = Patient;

TEST_F(Tpm, IsANoteOnly) {
  EXPECT_EQ(names(look(check_tpm)), "no-tpm");
  folder("/sys/class/tpm/tpm0");
  EXPECT_EQ(names(look(check_tpm)), "tpm");
  EXPECT_EQ(look(check_tpm).list()[0].level, Level::note);
}

using Table = Patient;

TEST_F(Table, EveryCheckSaysSomethingAndWhatIsToBeMendedSaysHow) {
  Findings findings;
  run_checks({system_, facts_}, findings);
  for (const Check& check : all_checks()) {
    bool told = false;
    for (const Finding& one : findings.list())
      told = told || one.check == check.name;
    EXPECT_TRUE(told) << check.name;
  }
  for (const Finding& one : findings.list()) {
    EXPECT_FALSE(one.what.empty()) << one.name;
    EXPECT_EQ(one.how_to_mend.empty(),
              one.level == Level::ok || (one.level == Level::note && one.how_to_mend.empty()))
        << one.name;
  }
}

TEST_F(Table, NothingThatIsAPipeMakesItWait) {
  folder("/etc");
  ASSERT_EQ(::mkfifo((tree_.path() + "/etc/nsswitch.conf").c_str(), 0600), 0);
  put("/usr/lib/x86_64-linux-gnu/libnss_cardea.so.2", "");
  EXPECT_EQ(names(look(check_names)), "nss-unseen");
}

}  // namespace
}  // namespace cardea::cli::doctor
