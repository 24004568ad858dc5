// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/settings.h"

#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/file_rights.h"
#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

class SettingsTest : public ::testing::Test {
 protected:
  Result<Settings> load(const std::string& text, unsigned mode = 0644) {
    const std::string path = directory_.file("recoveryd.conf");
    std::ofstream(path, std::ios::trunc) << text;
    test::give_rights(path, mode);
    return load_settings(path);
  }
  test::TempDir directory_;
};

TEST_F(SettingsTest, DefaultsAndValues) {
  const auto settings = load("[recoveryd]\nsocket = " + test::absolute_path("tmp/x/s") +
                             "\n[card]\nmodules = opensc /opt/vendor.so\n[policy]\ngate = "
                             "card_required\nmax_offline = 86400\n");
  ASSERT_TRUE(settings.ok()) << settings.failure().detail;
  EXPECT_EQ(settings->socket, test::absolute_path("tmp/x/s"));
  EXPECT_EQ(settings->card_modules, (std::vector<std::string>{"opensc", "/opt/vendor.so"}));
  EXPECT_TRUE(settings->force_card_required);
  EXPECT_EQ(settings->max_offline_seconds, 86400);
}

TEST_F(SettingsTest, WhatTheFileDoesNotSayIsWhereThisSystemHasIt) {
  const auto settings = load("[recoveryd]\n");
  ASSERT_TRUE(settings.ok()) << settings.failure().detail;
  EXPECT_EQ(settings->state_dir, default_paths().state_dir);
  const auto said = load("[recoveryd]\nsocket = " + settings->socket +
                         "\nstate_dir = " + settings->state_dir + "\nworker = " + settings->worker +
                         "\n[policy]\nofficers_file = " + settings->officers_file + "\n");
  ASSERT_TRUE(said.ok()) << said.failure().detail;
  EXPECT_EQ(said->socket, default_paths().socket);
}

TEST_F(SettingsTest, ARemovedCardHasNoEffectUnlessTheFileSaysSo) {
  EXPECT_EQ(load("[recoveryd]\n")->removal, RemovalPolicy::ignore);
  EXPECT_EQ(load("[policy]\nremoval = ignore\n")->removal, RemovalPolicy::ignore);
  EXPECT_EQ(load("[policy]\nremoval = lock\n")->removal, RemovalPolicy::lock);
  const auto settings = load("[policy]\nremoval = logout\nremoval_grace = 0\nremoval_command = " +
                             test::absolute_path("sbin/away") + "\nunbound_services = su\n");
  ASSERT_TRUE(settings.ok()) << settings.failure().detail;
  EXPECT_EQ(settings->removal, RemovalPolicy::logout);
  EXPECT_EQ(settings->removal_grace_seconds, 0);
  EXPECT_EQ(settings->removal_command, test::absolute_path("sbin/away"));
  EXPECT_EQ(settings->unbound_services, std::vector<std::string>{"su"});
}

TEST_F(SettingsTest, GuestsAreLetInOnlyWhereTheFileSaysSo) {
  EXPECT_FALSE(load("[recoveryd]\n")->guests);
  const auto settings = load("[server]\nurls = https://server.example\n[policy]\nguests = on\nguest_home = " +
                             test::absolute_path("home/guests") + "\n");
  ASSERT_TRUE(settings.ok()) << settings.failure().detail;
  EXPECT_TRUE(settings->guests);
  EXPECT_EQ(settings->guest_home, test::absolute_path("home/guests"));
  EXPECT_EQ(settings->guest_shell, "/bin/bash");
}

TEST_F(SettingsTest, AnUnknownKeyAWrongTypeAndAPlainHttpServerAreRefusedWithFileAndLine) {
  for (const auto& [text, line] : std::initializer_list<std::pair<const char*, const char*>>{
           {"[recoveryd]\nsokcet = /tmp/s\n", "recoveryd.conf:2"},
           {"[policy]\n\ngate = maybe\n", "recoveryd.conf:3"},
           {"[policy]\nmax_offline = soon\n", "recoveryd.conf:2"},
           {"[server]\nurls = http://server.example\n", "recoveryd.conf:2"},
           {"[policy]\nguests = on\n", "recoveryd.conf:2"},  // without a server
           {"[policy]\nguests = maybe\n", "recoveryd.conf:2"},
           {"[policy]\nremoval = explode\n", "recoveryd.conf:2"},
           {"[policy]\nremoval_grace = 61\n", "recoveryd.conf:2"},
           {"[policy]\nremoval_command = away\n", "recoveryd.conf:2"},
           {"[policy]\nguest_home = guests\n", "recoveryd.conf:2"},
           {"[policy]\nguest_home = /home/\n", "recoveryd.conf:2"},
           {"[nonsense]\nx = y\n", "recoveryd.conf:"}}) {
    const auto settings = load(text);
    ASSERT_FALSE(settings.ok()) << text;
    EXPECT_EQ(settings.error(), Error::config_invalid) << text;
    EXPECT_NE(settings.failure().detail.find(line), std::string::npos) << settings.failure().detail;
  }
}

TEST_F(SettingsTest, AFileOthersMayChangeIsRefused) {
  EXPECT_EQ(load("[recoveryd]\n", 0664).error(), Error::unsafe_file);
  EXPECT_EQ(load_settings(directory_.file("missing")).error(), Error::not_found);
}

}  // namespace
}  // namespace cardea::recoveryd
