// SPDX-License-Identifier: Apache-2.0
// Whom and what the doctor asks.
#include "cli/doctor/gather.h"

#include "tests/unit/cli/doctor/patient.h"

namespace cardea::cli::doctor {
namespace {

class Gather : public Patient {
 protected:
  Gather() {
    sources_.ask = [this](const std::string& operation, const std::string& user) -> Result<std::string> {
      asked_.push_back(operation + " " + user);
      if (refuses_.has_value()) return *refuses_;
      if (operation == "access-key.check") return contact_;
      return std::string(operation == "status" ? kStatus : kGate);
    };
    sources_.look_at_server = [this](const std::string& url, const std::string&) {
      asked_.push_back(url);
      return ServerFacts{url, {}, 0, {}};
    };
    put("/etc/cardea/recoveryd.conf", "[policy]\nmax_offline = 7\n");
  }
  Facts gather() {
    asked_.clear();
    return gather_facts(system_, wanted_, sources_);
  }
  Wanted wanted_{"/etc/cardea/recoveryd.conf", "", "", "root"};
  Sources sources_;
  std::vector<std::string> asked_;
  std::optional<Failure> refuses_;
  Result<std::string> contact_ = std::string("{}");
};

using Asked = std::vector<std::string>;

TEST_F(Gather, RootAsksForEverybodyWhoIsEnrolled) {
  put("/var/lib/cardea/users/ana.enrolment", "", 0600);
  put("/var/lib/cardea/users/ben.enrolment", "", 0600);
  put("/var/lib/cardea/users/ben.tries", "", 0600);
  const Facts facts = gather();
  EXPECT_EQ(asked_, (Asked{"status ana", "gate.status ana", "access-key.check ana", "status ben",
                           "gate.status ben", "access-key.check ben", "https://x"}));
  EXPECT_TRUE(facts.daemon_answers);
  EXPECT_EQ(facts.settings.max_offline_seconds, 7);
  EXPECT_FALSE(facts.users[0].contact.has_value());
}

TEST_F(Gather, AUserAsksForHimself) {
  put("/var/lib/cardea/users/ben.enrolment", "", 0600);
  wanted_.own_name = "ana";
  const System user{tree_.path(), ::geteuid(), ::geteuid() + 1, clock_};
  asked_.clear();
  (void)gather_facts(user, wanted_, sources_);
  EXPECT_EQ(asked_[0], "status ana");
  wanted_.user = "eve";
  (void)gather();
  EXPECT_EQ(asked_[0], "status eve");
}

TEST_F(Gather, ADaemonThatIsDownIsAskedOnce) {
  put("/var/lib/cardea/users/ana.enrolment", "", 0600);
  put("/var/lib/cardea/users/ben.enrolment", "", 0600);
  refuses_ = fail(Error::service_unreachable, "not running");
  const Facts facts = gather();
  EXPECT_EQ(asked_, (Asked{"status ana"}));
  EXPECT_FALSE(facts.daemon_answers);
}

TEST_F(Gather, ARefusalIsNotSilence) {
  refuses_ = fail(Error::corrupted, "damaged");
  const Facts facts = gather();
  EXPECT_TRUE(facts.daemon_answers);
  EXPECT_EQ(facts.users[0].refused, "damaged");
}

TEST_F(Gather, WhatTheContactCameTo) {
  contact_ = fail(Error::server_untrusted, "why");
  const Facts facts = gather();
  ASSERT_TRUE(facts.users[0].contact.has_value());
  EXPECT_EQ(facts.users[0].contact->error, Error::server_untrusted);
}

TEST_F(Gather, ABadConfigurationIsKeptWithItsLine) {
  put("/etc/cardea/recoveryd.conf", "[policy]\nmax_ofline = 7\n");
  const Facts facts = gather();
  ASSERT_TRUE(facts.config_failure.has_value());
  EXPECT_NE(facts.config_failure->detail.find("recoveryd.conf:2"), std::string::npos);
}

}  // namespace
}  // namespace cardea::cli::doctor
