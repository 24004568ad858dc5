// SPDX-License-Identifier: Apache-2.0
// A computer for the doctor: a temporary tree, a clock, and the facts as a healthy daemon would give them.
// Each test breaks one thing.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor/checks.h"
#include "tests/support/temp_dir.h"

namespace cardea::cli::doctor {

class Patient : public ::testing::Test {
 protected:
  Patient() {
    facts_.config_path = "/etc/cardea/recoveryd.conf";
    facts_.daemon_answers = true;
    facts_.users.push_back({"ana", json(kStatus), json(kGate), {}, false, {}});
  }

  static constexpr const char* kStatus =
      R"({"reader_service":"ready","gate":"card_required","cards":[{"reader":"R","label":"Ana","serial":"1","pin":"ok",)"
      R"("cardea_keys":true,"card_id":"aa","state":"active"}],"enrolment":{"account":"ana@x","servers":["https://x"],)"
      R"("cards":[{"card_id":"aa","label":"Ana","state":"active"}],"access_key_generation":1,"access_keys_used":0,)"
      R"("wrong_access_keys":0,"server_last_heard":1800000000,"latest_time_seen":1800000000,"server_doubted":false}})";
  static constexpr const char* kGate =
      R"({"gate":"card_required","confirm_until":0,"rehearsals":{"card":1799999000,"access_key":1799999000,"break_glass":1799999000}})";

  static api::Json json(const std::string& text) {
    auto parsed = api::Json::parse(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return std::move(parsed).value();
  }
  // The daemon says this instead, in the place of that.
  void says(const std::string& that, const std::string& instead) {
    std::string text = kStatus;
    const std::size_t at = text.find(that);
    ASSERT_NE(at, std::string::npos) << that;
    facts_.users[0].status = json(text.replace(at, that.size(), instead));
  }

  void put(const std::string& path, const std::string& text, mode_t mode = 0644) {
    const std::filesystem::path file = tree_.path() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
  }
  void folder(const std::string& path, mode_t mode = 0755) {
    std::filesystem::create_directories(tree_.path() + path);
    ASSERT_EQ(::chmod((tree_.path() + path).c_str(), mode), 0);
  }

  // What one check finds.
  Findings look(void (*check)(const Case&, Findings&)) {
    Findings findings;
    findings.begin("test");
    check({system_, facts_}, findings);
    return findings;
  }
  // The names of what it finds, with blanks between; “” when there is nothing.
  static std::string names(const Findings& findings) {
    std::string text;
    for (const Finding& one : findings.list())
      text += (text.empty() ? "" : " ") + one.name;
    return text;
  }

  test::TempDir tree_;
  FakeClock clock_{1'800'000'000};
  System system_{tree_.path(), ::geteuid(), ::geteuid(), clock_};
  Facts facts_;
};

}  // namespace cardea::cli::doctor
