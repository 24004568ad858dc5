// SPDX-License-Identifier: Apache-2.0
// The tables of the utility: exit codes over all errors, verbs against manual page and completions.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "build_paths.h"
#include "cli/cmd_completion.h"
#include "cli/command_line.h"
#include "cli/daemon_address.h"
#include "cli/exit_codes.h"
#include "core/wire/local_messages.h"
#include "tests/support/all_errors.h"

namespace cardea::cli {
namespace {

std::string path_of(const VerbSpec& spec) {
  return spec.noun[0] == '\0' ? spec.verb : std::string(spec.noun) + " " + spec.verb;
}

TEST(ExitCodes, EveryErrorHasARowWithWhatHappened) {
  const std::string unknown = error_text(static_cast<Error>(9999), "");
  const auto errors = test::all_errors();
  EXPECT_GE(errors.size(), 72u);
  for (const Error error : errors) {
    const std::string text = error_text(error, "");
    EXPECT_NE(text, unknown) << error_name(error);
    EXPECT_TRUE(text.ends_with('.')) << text;
    EXPECT_EQ(text.find(".."), std::string::npos) << text;
    EXPECT_NE(exit_code(error), ExitCode::done) << error_name(error);
    EXPECT_NE(exit_code(error), ExitCode::usage) << error_name(error);
  }
}

TEST(ExitCodes, AreThoseOfTheInterfacePage) {
  std::map<ExitCode, std::set<Error>> by_code;
  for (const Error error : test::all_errors())
    by_code[exit_code(error)].insert(error);
  using enum Error;
  EXPECT_EQ(
      by_code[ExitCode::unreachable],
      (std::set<Error>{peer_closed, service_unreachable, peer_not_trusted, worker_down, server_unreachable}));
  EXPECT_EQ(by_code[ExitCode::card],
            (std::set<Error>{card_absent, card_foreign, card_blank, card_removed, card_busy, card_full,
                             card_unsupported, card_fault, reader_service_down, pin_not_initialized,
                             card_revoked}));
  EXPECT_EQ(by_code[ExitCode::identity],
            (std::set<Error>{decrypt_failed, signature_invalid, identity_not_accepted, access_key_mistyped,
                             access_key_wrong, access_key_exhausted, pin_wrong, pin_length}));
  EXPECT_EQ(by_code[ExitCode::locked],
            (std::set<Error>{pin_locked, pin_last_try, throttled, account_closed, rate_limited}));
}

TEST(ExitCodes, UnknownNumbersAreFailures) {
  EXPECT_EQ(exit_code(static_cast<Error>(9999)), ExitCode::refused);
  EXPECT_EQ(exit_code(Error{}), ExitCode::refused);
}

TEST(ErrorText, SaysWhatHappenedAndWhatToDo) {
  EXPECT_EQ(error_text(Error::card_absent, ""), "There is no card in the reader. Insert your card.");
  EXPECT_EQ(error_text(Error::pin_wrong, "Wrong PIN. 2 tries left."), "Wrong PIN. 2 tries left. Try again.");
  EXPECT_EQ(error_text(Error::rehearsal_missing, "Not yet rehearsed. Run “cardea gate rehearse” first."),
            "Not yet rehearsed. Run “cardea gate rehearse” first.");
  EXPECT_EQ(error_text(Error::cancelled, "Nobody answered"), "Nobody answered.");
}

TEST(Verbs, OperationsAreNounDotVerb) {
  std::set<std::string> paths;
  for (const VerbSpec& spec : all_verbs()) {
    EXPECT_TRUE(paths.insert(path_of(spec)).second) << path_of(spec);
    if (spec.operation == nullptr) continue;
    std::string expected = path_of(spec);
    std::replace(expected.begin(), expected.end(), ' ', '.');
    EXPECT_EQ(spec.operation, expected);
  }
}

TEST(Verbs, EveryContractVerbIsThere) {
  std::set<std::string> paths;
  for (const VerbSpec& spec : all_verbs())
    paths.insert(path_of(spec));
  for (const char* path :
       {"status",        "register",        "gate on",      "gate off",          "gate status",
        "gate rehearse", "card show",       "card enrol",   "card replace",      "card suspend",
        "card resume",   "card change-pin", "card unblock", "access-key rotate", "access-key check",
        "records list",  "records get",     "records put",  "records remove",    "records sync",
        "sheet check",   "guest list",      "guest remove"}) {
    EXPECT_TRUE(paths.contains(path)) << path;
  }
}

// Secrets are never options: nothing that a process list or a shell history could show.
TEST(Verbs, NoOptionTakesASecret) {
  for (const VerbSpec& spec : all_verbs()) {
    for (const OptionSpec& option : spec.options) {
      const std::string name = option.name;
      for (const char* word : {"pin", "puk", "password", "secret", "passphrase", "code"}) {
        EXPECT_EQ(name.find(word), std::string::npos) << path_of(spec) << " " << name;
      }
    }
  }
}

TEST(Manual, ListsEveryVerbAndOption) {
  std::ifstream file(CARDEA_SOURCE_DIR "/cli/cardea.1");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(text.empty());
  for (std::size_t at = text.find("\\-"); at != std::string::npos; at = text.find("\\-"))
    text.erase(at, 1);
  for (const VerbSpec& spec : all_verbs()) {
    EXPECT_NE(text.find(path_of(spec)), std::string::npos) << path_of(spec);
    for (const OptionSpec& option : spec.options) {
      EXPECT_NE(text.find(option.name), std::string::npos) << path_of(spec) << " " << option.name;
    }
  }
  for (const char* option :
       {"--socket", "--config", "--answers", "--timeout", "--json", "--version", "--help"}) {
    EXPECT_NE(text.find(option), std::string::npos) << option;
  }
}

TEST(Manual, ListsNoVerbThatIsNotThere) {
  std::ifstream file(CARDEA_SOURCE_DIR "/cli/cardea.1");
  std::set<std::string> nouns;
  for (const VerbSpec& spec : all_verbs())
    nouns.insert(spec.noun);
  std::set<std::string> paths;
  for (const VerbSpec& spec : all_verbs())
    paths.insert(path_of(spec));
  std::string line;
  bool entry = false;
  int entries = 0;
  while (std::getline(file, line)) {
    const bool heads = entry && line.starts_with(".B");
    entry = line == ".TP";
    if (!heads) continue;
    std::string rest = line.substr(line.find(' ') + 1);
    std::erase(rest, '"');
    std::erase(rest, '\\');
    const std::string first = rest.substr(0, rest.find(' '));
    if (!nouns.contains(first) || first.empty()) continue;
    const std::string verb = rest.substr(first.size() + 1);
    EXPECT_TRUE(paths.contains(first + " " + verb.substr(0, verb.find(' ')))) << line;
    ++entries;
  }
  EXPECT_EQ(entries, std::count_if(all_verbs().begin(), all_verbs().end(),
                                   [](const VerbSpec& spec) { return spec.noun[0] != '\0'; }));
}

TEST(Completion, KnowsEveryVerbAndOptionInEveryShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(shell);
    for (const VerbSpec& spec : all_verbs()) {
      EXPECT_NE(script.find(spec.verb), std::string::npos) << shell << " " << path_of(spec);
      for (const OptionSpec& option : spec.options) {
        if (option.name[0] != '-') continue;
        const std::string name =
            std::string_view(shell) == "fish" ? "-l '" + std::string(option.name + 2) + "'" : option.name;
        EXPECT_NE(script.find(name), std::string::npos) << shell << " " << path_of(spec) << " " << name;
      }
    }
  }
  EXPECT_EQ(completion_script("csh"), "");
}

ParsedLine parse(std::vector<std::string> words) {
  words.insert(words.begin(), "cardea");
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(CommandLine, OptionsBecomeArguments) {
  const auto line =
      parse({"gate", "on", "--confirm-within", "10m", "--user", "ana", "--json", "--timeout", "20"});
  ASSERT_TRUE(line.invocation.has_value());
  EXPECT_STREQ(line.invocation->verb->operation, "gate.on");
  EXPECT_EQ(line.invocation->arguments, (Pairs{{"confirm-within", "600"}, {"user", "ana"}}));
  EXPECT_TRUE(line.invocation->global.json);
  EXPECT_EQ(line.invocation->global.timeout_s, 20u);
}

TEST(CommandLine, TimesHaveUnits) {
  for (const auto& [typed, seconds] :
       Pairs{{"90", "90"}, {"90s", "90"}, {"10m", "600"}, {"10min", "600"}, {"2h", "7200"}}) {
    const auto line = parse({"gate", "on", "--confirm-within", typed});
    ASSERT_TRUE(line.invocation.has_value()) << typed;
    EXPECT_EQ(line.invocation->arguments, (Pairs{{"confirm-within", seconds}}));
  }
  for (const char* typed : {"", "0", "m", "min", "10mins", "10 min", "-1", "1.5h", "1000001", "10minmin"})
    EXPECT_FALSE(parse({"gate", "on", "--confirm-within", typed}).invocation.has_value()) << typed;
}

TEST(CommandLine, PathsAreMadeAbsolute) {
  const auto line = parse({"recover", "--server", "https://x", "--account", "ana", "--ca-file", "ca.pem"});
  ASSERT_TRUE(line.invocation.has_value());
  EXPECT_TRUE(line.invocation->option("--ca-file").starts_with('/'));
  EXPECT_TRUE(line.invocation->option("--ca-file").ends_with("/ca.pem"));
}

TEST(CommandLine, RecordsMayBeCalledLikeVerbs) {
  const auto line = parse({"records", "get", "status"});
  ASSERT_TRUE(line.invocation.has_value());
  EXPECT_EQ(line.invocation->arguments, (Pairs{{"name", "status"}}));
}

TEST(CommandLine, WrongUsageIsTwo) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"gate"},
                                             {"frobnicate"},
                                             {"gate", "open"},
                                             {"status", "extra"},
                                             {"status", "--pin", "1234"},
                                             {"register", "--server", "https://x"},
                                             {"card", "replace", "--with", "magic"},
                                             {"gate", "on", "--confirm-within", "0"},
                                             {"gate", "on", "--confirm-within", "soon"},
                                             {"status", "--timeout", "0"},
                                             {"status", "--timeout", "301"},
                                             {"status", "--user", std::string(wire::kMaxFieldBytes + 1, 'x')},
                                             {"status", "--user", "a\nb"},
                                             {"status", "--user", "\xff"},
                                             {"records", "get"},
                                             {"completion", "csh"}}) {
    testing::internal::CaptureStderr();
    const auto line = parse(words);
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_FALSE(line.invocation.has_value());
    EXPECT_EQ(line.exit_code, 2);
    EXPECT_TRUE(said.starts_with("cardea: ")) << said;
  }
}

TEST(DaemonAddress, ComesFromTheOptionOrTheConfiguration) {
  EXPECT_EQ(socket_from_config("[recoveryd]\nsocket = /a/b.sock\n"), "/a/b.sock");
  EXPECT_EQ(socket_from_config("# socket = /no\n[card]\nsocket=/no\n[recoveryd]\r\n socket\t=\t/yes \r\n"),
            "/yes");
  EXPECT_EQ(socket_from_config("[recoveryd]\nsockets = /no\n"), "");
  EXPECT_EQ(socket_from_config(""), "");
  GlobalOptions options;
  options.socket = "/given.sock";
  EXPECT_EQ(*daemon_socket(options), "/given.sock");
  options.socket = "";
  options.config = "/nonexistent/recoveryd.conf";
  EXPECT_EQ(daemon_socket(options).error(), Error::config_invalid);
}

}  // namespace
}  // namespace cardea::cli
