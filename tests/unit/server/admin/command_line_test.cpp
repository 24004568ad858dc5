// SPDX-License-Identifier: Apache-2.0
// The table of `cardea admin` against its command line, its manual page and the shells.
#include "server/admin/command_line.h"

#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

#include "build_paths.h"
#include "server/admin/outcome.h"

namespace cardea::server::admin {
namespace {

Result<Invocation> parse(std::vector<std::string> words) { return parse_command_line(words); }

TEST(AdminVerbs, AreThoseOfTheInterfacePage) {
  std::set<std::string> paths;
  for (const VerbSpec& verb : all_verbs())
    EXPECT_TRUE(paths.insert(path_of(verb)).second) << path_of(verb);
  for (const char* path : {"accounts list", "accounts show", "policy list", "policy get", "policy set"})
    EXPECT_TRUE(paths.contains(path)) << path;
}

TEST(AdminVerbs, NoOptionTakesASecret) {
  for (const VerbSpec& verb : all_verbs()) {
    for (const OptionSpec& option : verb.options) {
      for (const char* word : {"password", "secret", "passphrase", "seed"})
        EXPECT_EQ(std::string(option.name).find(word), std::string::npos) << path_of(verb);
    }
  }
}

TEST(AdminVerbs, EachIsInTheManualWithItsOptions) {
  std::ifstream file(CARDEA_SOURCE_DIR "/packaging/man/cardea-server-admin.8");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (std::size_t at = text.find("\\-"); at != std::string::npos; at = text.find("\\-"))
    text.erase(at, 1);
  for (const VerbSpec& verb : all_verbs()) {
    EXPECT_NE(text.find(path_of(verb)), std::string::npos) << path_of(verb);
    for (const OptionSpec& option : verb.options)
      EXPECT_NE(text.find(option.name), std::string::npos) << path_of(verb) << " " << option.name;
  }
  for (const char* option : {"--config", "--answers", "--json", "--help"})
    EXPECT_NE(text.find(option), std::string::npos) << option;
}

TEST(AdminCommandLine, WordsAndOptionsMayBeInAnyOrder) {
  const auto line = parse({"--json", "policy", "set", "--config=/a.conf", "relocation", "auto"});
  ASSERT_TRUE(line.ok()) << line.failure().detail;
  EXPECT_EQ(path_of(*line->verb), "policy set");
  EXPECT_TRUE(line->json);
  EXPECT_EQ(line->config, "/a.conf");
  EXPECT_EQ(line->value("NAME"), "relocation");
  EXPECT_EQ(line->value("VALUE"), "auto");
  EXPECT_EQ(parse({"accounts", "list", "--limit", "5"})->value("--limit"), "5");
  EXPECT_TRUE(parse({"policy", "set", "--help"})->help);
  EXPECT_TRUE(parse({"--help"})->help);
}

TEST(AdminCommandLine, WhatIsWrongIsRefused) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"policy"},
                                             {"polcy", "list"},
                                             {"policy", "policy"},
                                             {"policy", "set", "relocation"},
                                             {"policy", "get", "a", "b"},
                                             {"policy", "list", "--limit", "5"},
                                             {"accounts", "list", "--limit"},
                                             {"accounts", "list", "--limit", "5", "--limit", "6"},
                                             {"accounts", "show", "a\nb"},
                                             {"accounts", "show", "\xff"},
                                             {"--json=yes", "policy", "list"}}) {
    const auto line = parse(words);
    ASSERT_FALSE(line.ok());
    EXPECT_EQ(line.error(), Error::invalid_argument);
  }
}

TEST(AdminCommandLine, TheShellsAreToldWhatMayCome) {
  const auto words = [](std::vector<std::string> typed) { return completion_words(typed); };
  for (const VerbSpec& verb : all_verbs()) {
    const std::string first = verb.noun[0] == '\0' ? verb.verb : verb.noun;
    EXPECT_NE(words({}).find(first + "\n"), std::string::npos);
    if (verb.noun[0] != '\0') {
      EXPECT_NE(words({verb.noun}).find(std::string(verb.verb) + "\n"), std::string::npos);
    }
  }
  EXPECT_NE(words({"accounts", "list"}).find("--limit\n"), std::string::npos);
  EXPECT_EQ(words({"accounts", "list"}).find("policy"), std::string::npos);
}

TEST(AdminOutcome, SaysWhatHappenedAndWhatToDo) {
  EXPECT_EQ(failure_text(fail(Error::not_found, "There is no account “x”")),
            "There is no account “x”. Check the name.");
  EXPECT_EQ(failure_text(fail(Error::permission_denied)),
            "That is not permitted to you. Run it as root or as the server's user.");
  EXPECT_EQ(exit_code(Error::decrypt_failed), 5);
  EXPECT_EQ(exit_code(Error::io_failed), 3);
  EXPECT_EQ(exit_code(Error::internal), 1);
  EXPECT_EQ(in_columns({{"a", "é", "x"}, {"long", "b", "y"}}), "a     é  x\nlong  b  y\n");
}

}  // namespace
}  // namespace cardea::server::admin
