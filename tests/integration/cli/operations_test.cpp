// SPDX-License-Identifier: Apache-2.0
// What every verb asks of the daemon, how scripts answer, and what comes out.
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "build_paths.h"
#include "tests/integration/cli/utility.h"
#include "tests/support/fake_daemon.h"

namespace cardea::test {
namespace {

using wire::AnswerKind;
using wire::Route;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Words with_socket(const FakeDaemon& daemon, Words words) {
  words.insert(words.begin(), {"--socket", daemon.socket_path()});
  return words;
}

wire::Ask ask_for(const char* purpose, Route route, std::uint8_t flags = 0, std::uint16_t id = 1) {
  wire::Ask ask;
  ask.ask_id = id;
  ask.route = route;
  ask.flags = flags;
  ask.purpose = purpose;
  ask.prompt = "Please: ";
  return ask;
}

struct Asked {
  std::string verb;
  Pairs arguments;
  std::uint32_t flags = 0, timeout_ms = 0;
};

// Runs the utility against a daemon that says “Done.”; what the daemon was asked.
Asked asked_by(Words words) {
  Asked asked;
  Ran ran;
  {
    FakeDaemon daemon(Scripts{[&](Conversation& c) {
      const wire::BeginOperation begin = c.begin_operation();
      asked.verb = begin.verb;
      asked.flags = begin.flags;
      asked.timeout_ms = begin.timeout_ms;
      for (std::size_t i = 0; i < begin.argument_count; ++i) {
        asked.arguments.emplace_back(begin.arguments[i].name, begin.arguments[i].value);
      }
      c.result(Error{}, "Done.", "{}");
    }});
    ran = run_cardea(with_socket(daemon, std::move(words)));
  }
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "Done.\n");
  EXPECT_EQ(ran.err, "");
  return asked;
}

struct VerbCase {
  Words words;
  const char* verb;
  Pairs arguments;
};

TEST(Operations, EveryVerbAndItsArguments) {
  const std::vector<VerbCase> cases = {
      {{"status"}, "status", {}},
      {{"status", "--user", "ana"}, "status", {{"user", "ana"}}},
      {{"register", "--server", "https://c.example", "--account", "ana", "--name", "laptop", "--user", "ana"},
       "register",
       {{"server", "https://c.example"}, {"account", "ana"}, {"name", "laptop"}, {"user", "ana"}}},
      {{"gate", "on", "--user", "ana"}, "gate.on", {{"user", "ana"}}},
      {{"gate", "on", "--confirm-within", "2h"}, "gate.on", {{"confirm-within", "7200"}}},
      {{"gate", "on", "--confirm"}, "gate.confirm", {}},
      {{"gate", "off"}, "gate.off", {}},
      {{"gate", "status"}, "gate.status", {}},
      {{"card", "show"}, "card.show", {}},
      {{"card", "enrol", "--key", "rsa2048", "--user", "ana"},
       "card.enrol",
       {{"key", "rsa2048"}, {"user", "ana"}}},
      {{"card", "replace", "--reason", "stolen"}, "card.replace", {{"reason", "stolen"}}},
      {{"card", "replace", "--with", "access-key"}, "card.replace", {{"with", "access-key"}}},
      {{"card", "suspend", "--card", "ab12"}, "card.suspend", {{"card", "ab12"}}},
      {{"card", "resume"}, "card.resume", {}},
      {{"card", "change-pin"}, "card.change-pin", {}},
      {{"card", "unblock"}, "card.unblock", {}},
      {{"access-key", "rotate"}, "access-key.rotate", {}},
      {{"access-key", "check"}, "access-key.check", {}},
      {{"sheet", "check"}, "sheet.check", {}},
      {{"records", "list", "--set", "Paris"}, "records.list", {{"set", "Paris"}}},
      {{"records", "get", "Mail"}, "records.get", {{"name", "Mail"}}},
      {{"records", "put", "Mail", "--url", "https://m"}, "records.put", {{"name", "Mail"}}},
      {{"records", "remove", "Mail"}, "records.remove", {{"name", "Mail"}}},
      {{"records", "sync"}, "records.sync", {}},
      {{"portal", "allow"}, "portal.allow", {}},
      {{"portal", "allow", "7Q4KX-2M9AB"}, "portal.allow", {{"code", "7Q4KX-2M9AB"}}},
      {{"server", "show"}, "server.show", {}},
      {{"server", "days", "on"}, "server.days", {{"state", "on"}}},
      {{"server", "move", "south", "--yes"}, "server.move", {{"region", "south"}, {"yes", "yes"}}},
      {{"server", "move", "--no"}, "server.move", {{"no", "yes"}}},
      {{"guest", "remove", "ana"}, "guest.remove", {{"user", "ana"}}},
  };
  for (const VerbCase& one : cases) {
    const Asked asked = asked_by(one.words);
    EXPECT_EQ(asked.verb, one.verb);
    EXPECT_EQ(asked.arguments, one.arguments) << one.verb;
    EXPECT_EQ(asked.flags, 0u);
    EXPECT_EQ(asked.timeout_ms, 300'000u);
  }
}

// The daemon's answer has an end: the utility asks for page after page.
FakeDaemon::Script guests_page(std::string after, std::string message, std::string json) {
  return [=](Conversation& c) {
    const wire::BeginOperation begin = c.begin_operation();
    EXPECT_EQ(begin.verb, "guest.list");
    const std::string said = begin.argument_count == 0 ? "" : std::string(begin.arguments[0].value);
    EXPECT_EQ(said, after);
    c.result(Error{}, message, json);
  };
}

TEST(Guests, AllPagesAreOneAnswer) {
  const Scripts pages{
      guests_page("", "ana\nben", R"({"guests":[{"user":"ana"},{"user":"ben"}],"next":"ben"})"),
      guests_page("ben", "carl", R"({"guests":[{"user":"carl"}],"next":"carl"})"),
      guests_page("carl", "Nobody.", R"({"guests":[]})")};
  {
    FakeDaemon daemon(pages);
    const Ran ran = run_cardea(with_socket(daemon, {"guest", "list"}));
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, "ana\nben\ncarl\n");
  }
  FakeDaemon daemon(pages);
  const Ran ran = run_cardea(with_socket(daemon, {"guest", "list", "--json"}));
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, R"({"guests":[{"user":"ana"},{"user":"ben"},{"user":"carl"}]})"
                     "\n");
}

TEST(Guests, PagesThatGoNowhereAndRefusalsEndIt) {
  for (const char* json : {R"({"guests":[],"next":"ana"})", R"({"guests":[],"next":7})"}) {
    FakeDaemon daemon(
        Scripts{guests_page("", "", R"({"guests":[],"next":"ana"})"), guests_page("ana", "", json)});
    const Ran ran = run_cardea(with_socket(daemon, {"guest", "list", "--json"}));
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.out.find("frame-malformed"), std::string::npos) << ran.out;
  }
  for (const char* json : {"{}", R"({"guests":{}})"}) {
    FakeDaemon daemon(Scripts{guests_page("", "", json)});
    EXPECT_EQ(run_cardea(with_socket(daemon, {"guest", "list"})).code, 1) << json;
  }
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    c.result(Error::permission_denied, "only root may do this", "{}");
  }});
  const Ran ran = run_cardea(with_socket(daemon, {"guest", "list"}));
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "");
}

TEST(Operations, OptionsForAllVerbsMayStandAnywhere) {
  EXPECT_EQ(asked_by({"--timeout", "7", "card", "show"}).timeout_ms, 7'000u);
  EXPECT_EQ(asked_by({"card", "show", "--timeout", "8"}).timeout_ms, 8'000u);
}

// A daemon that asks for three secrets and two plain answers, and what it got.
struct Collected {
  Answered pin, again, puk, question, key;
};
FakeDaemon::Script asks_for_everything(Collected& got) {
  return [&](Conversation& c) {
    (void)c.begin_operation();
    c.say(wire::SayLevel::information, "Making keys on the card …");
    got.pin = c.ask(ask_for("pin", Route::private_channel, 0, 1));
    got.again = c.ask(ask_for("pin", Route::private_channel, 0, 2));
    got.puk = c.ask(ask_for("puk", Route::private_channel, wire::kAskTwice, 3));
    got.question = c.ask(ask_for("question", Route::daemon, wire::kEcho, 4));
    got.key = c.ask(ask_for("pin-or-access-key", Route::by_form, 0, 5));
    c.result(Error{}, "Registered.", R"({"account":"ana","n":[1,2]})");
  };
}

constexpr const char* kScript =
    "# answers\npin=31415926\npuk=27182818\npin=16180339\nquestion=Erster "
    "Hund?\naccess-key=AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF\n";

TEST(Scripts_, AnswerByPurposeInOrder) {
  Collected got;
  std::string sent;
  Ran ran;
  {
    FakeDaemon daemon(Scripts{asks_for_everything(got)});
    ran = run_cardea(with_socket(daemon, {"card", "enrol", "--answers", "-"}), kScript);
    sent = daemon.finish();
  }
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(got.pin.secret, "31415926");
  EXPECT_EQ(got.again.secret, "16180339");
  EXPECT_EQ(got.puk.secret, "27182818");
  EXPECT_EQ(got.question.text, "Erster Hund?");
  EXPECT_EQ(got.key.text, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF");
  EXPECT_EQ(ran.out, "Making keys on the card …\nRegistered.\n");
  for (const char* secret : {"31415926", "16180339", "27182818"}) {
    EXPECT_EQ(sent.find(secret), std::string::npos);
    EXPECT_EQ((ran.out + ran.err).find(secret), std::string::npos);
  }
}

TEST(Scripts_, JsonIsOneValidObjectAndTalkGoesToStderr) {
  Collected got;
  FakeDaemon daemon(Scripts{asks_for_everything(got)});
  const TempDir directory;
  std::ofstream(directory.file("answers")) << kScript;
  ASSERT_EQ(chmod(directory.file("answers").c_str(), 0600), 0);
  const Ran ran =
      run_cardea(with_socket(daemon, {"card", "enrol", "--json", "--answers", directory.file("answers")}));
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "{\"account\":\"ana\",\"n\":[1,2]}\n");
  EXPECT_EQ(ran.err, "Making keys on the card …\n");
  const Ran checked =
      run_program({"python3", "-c", "import json,sys; assert json.load(sys.stdin)['n'] == [1, 2]"}, ran.out);
  EXPECT_EQ(checked.code, 0) << checked.err;
}

TEST(Scripts_, RevealedSecretsStandInTheJson) {
  const FakeDaemon::Script reveals = [](Conversation& c) {
    (void)c.begin_operation();
    EXPECT_EQ(c.reveal("sheet-code", "Your recovery sheet", "7Q4KX\"\\ €"), AnswerKind::empty);
    EXPECT_EQ(c.reveal("sheet-code", "", "", 5), AnswerKind::refused);  // the worker had nothing
    c.result(Error{}, "Done.", R"({"account":"ana"})");
  };
  {
    FakeDaemon daemon(Scripts{reveals});
    const Ran ran =
        run_cardea(with_socket(daemon, {"register", "--server", "https://x", "--account", "ana", "--json"}));
    const Ran checked = run_program(
        {"python3", "-c",
         "import json,sys; assert json.load(sys.stdin) == {'account': 'ana', 'sheet-code': '7Q4KX\"\\\\ €'}"},
        ran.out);
    EXPECT_EQ(checked.code, 0) << checked.err << ran.out;
  }
  FakeDaemon daemon(Scripts{reveals});
  const Ran ran = run_cardea(with_socket(daemon, {"register", "--server", "https://x", "--account", "ana"}));
  EXPECT_EQ(ran.out, "Your recovery sheet\n7Q4KX\"\\ €\nDone.\n");
}

TEST(Scripts_, MissingAnswerEndsTheOperation) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    EXPECT_EQ(c.ask(ask_for("puk", Route::private_channel)).kind, AnswerKind::refused);
    c.wait_for_end();
  }});
  const Ran ran = run_cardea(with_socket(daemon, {"card", "unblock", "--answers", "-"}), "pin=1\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err, "cardea: There is no answer left for “puk”. Add a line “puk=…” to the answers.\n");
}

// Nobody at a terminal can skip the sheet; a script says so in a line of its own.
TEST(Scripts_, TheSheetIsNotAskedBackOnlyWhenTheScriptSaysSo) {
  const Words words = {"register", "--server", "https://x", "--account", "ana", "--answers", "-"};
  const auto arguments_with = [&](const std::string& answers) {
    std::size_t count = 0;
    bool skips = false;
    FakeDaemon daemon(Scripts{[&](Conversation& c) {
      const wire::BeginOperation begin = c.begin_operation();
      count = begin.argument_count;
      for (std::size_t i = 0; i < count; ++i)
        skips = skips || (begin.arguments[i].name == "sheet-confirm" && begin.arguments[i].value == "no");
      c.result(Error{}, "Done.", "{}");
    }});
    EXPECT_EQ(run_cardea(with_socket(daemon, words), answers).code, 0);
    return std::pair(count, skips);
  };
  EXPECT_EQ(arguments_with("pin=1\n"), std::pair(std::size_t{2}, false));
  EXPECT_EQ(arguments_with("pin=1\nsheet-confirm=no-check\n"), std::pair(std::size_t{3}, true));
  FakeDaemon daemon(Scripts{});
  const Ran ran = run_cardea(with_socket(daemon, words), "sheet-confirm=yes\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.err.find("“sheet-confirm” is “no-check”"), std::string::npos) << ran.err;
}

TEST(Scripts_, BadAnswersAreAUsageErrorBeforeTheDaemonIsAsked) {
  FakeDaemon daemon(Scripts{});
  const Ran ran = run_cardea(with_socket(daemon, {"card", "unblock", "--answers", "-", "--json"}), "pin 1\n");
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "cardea: line 1 of the answers is not name=value. See “cardea --help”.\n");
  EXPECT_EQ(run_cardea(with_socket(daemon, {"status", "--answers", "/nonexistent"})).code, 2);
}

TEST(Scripts_, WithoutTerminalAndAnswersNothingIsAsked) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    EXPECT_EQ(c.ask(ask_for("pin", Route::private_channel)).kind, AnswerKind::refused);
    c.wait_for_end();
  }});
  const Ran ran = run_cardea(with_socket(daemon, {"card", "change-pin"}), "1234\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err, "cardea: There is no terminal to ask on. Give the answers with --answers.\n");
}

TEST(Failures, ExitCodeTextAndJson) {
  struct Case {
    Error error;
    const char* said;
    int code;
    const char* err;
  };
  const Case cases[] = {
      {Error::not_enrolled, "", 1,
       "cardea: This user is not enrolled on this computer. Run “cardea register”.\n"},
      {Error::server_unreachable, "", 3,
       "cardea: The server can't be reached. Check the network, then try again.\n"},
      {Error::card_absent, "", 4, "cardea: There is no card in the reader. Insert your card.\n"},
      {Error::pin_wrong, "Wrong PIN. 2 tries left.", 5, "cardea: Wrong PIN. 2 tries left. Try again.\n"},
      {Error::throttled, "Too many wrong access keys. Try again in 30 s.", 6,
       "cardea: Too many wrong access keys. Try again in 30 s. Wait, then try again.\n"},
      {Error::internal, "\x1b[31mred", 1, "cardea: ?[31mred. Please report this.\n"},
  };
  for (const Case& one : cases) {
    FakeDaemon daemon(Scripts{[&](Conversation& c) {
      (void)c.begin_operation();
      c.result(one.error, one.said, R"({"wait":30})");
    }});
    const Ran ran = run_cardea(with_socket(daemon, {"status", "--json"}));
    EXPECT_EQ(ran.code, one.code);
    EXPECT_EQ(ran.err, one.err);
    const Ran checked =
        run_program({"python3", "-c", "import json,sys; print(json.load(sys.stdin)['error'])"}, ran.out);
    EXPECT_EQ(checked.out, std::string(error_name(one.error)) + "\n");
  }
}

TEST(Failures, NoDaemonIsThree) {
  const TempDir nowhere;
  const Ran ran = run_cardea({"status", "--socket", nowhere.file("no.sock")});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.err,
            "cardea: The card service is not running. Start it: “systemctl start cardea-recoveryd”.\n");
  EXPECT_EQ(ran.out, "");
}

TEST(Failures, DaemonThatDiesIsThree) {
  FakeDaemon daemon(Scripts{[](Conversation& c) { (void)c.begin_operation(); }});
  EXPECT_EQ(run_cardea(with_socket(daemon, {"status"})).code, 3);
}

TEST(Failures, DaemonThatHangsEndsAtTheDeadline) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    c.wait_for_end();
  }});
  const Ran ran = run_cardea(with_socket(daemon, {"status", "--timeout", "1"}));
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err, "cardea: That took too long. Try again.\n");
}

TEST(Failures, StrangersSocketIsThree) {
  FakeDaemon daemon(Scripts{[](Conversation& c) { EXPECT_TRUE(c.receive().empty()); }});
  ASSERT_EQ(chmod(daemon.directory().c_str(), 0777), 0);
  const Ran ran = run_cardea(with_socket(daemon, {"status"}));
  EXPECT_EQ(ran.code, 3);
}

TEST(Failures, WrongUsageIsTwo) {
  EXPECT_EQ(run_cardea({"card"}).code, 2);
  EXPECT_EQ(run_cardea({"gate", "on", "--confirm", "--confirm-within", "60"}).code, 2);
  EXPECT_EQ(run_cardea({"gate", "rehearse", "--user", "ana"}).code, 2);  // whose break-glass?
  EXPECT_EQ(run_cardea({"--version"}).code, 0);
  EXPECT_EQ(run_cardea({"card", "replace", "--help"}).code, 0);
}

TEST(Failures, FullDiskUnderStdoutIsNoSuccess) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    c.result(Error{}, "Done.", "{}");
  }});
  const Ran ran = run_program({"sh", "-c", std::string("exec \"$0\" --socket \"$1\" status >/dev/full"),
                               CARDEA_BINARY_DIR "/cli/cardea", daemon.socket_path()});
  EXPECT_EQ(ran.code, 1);
}

TEST(Configuration, SocketIsTakenFromTheNamedFile) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin_operation();
    c.result(Error{}, "Done.", "{}");
  }});
  const TempDir directory;
  std::ofstream(directory.file("recoveryd.conf")) << "[recoveryd]\nsocket = " << daemon.socket_path() << "\n";
  EXPECT_EQ(run_cardea({"status", "--config", directory.file("recoveryd.conf")}).code, 0);
  EXPECT_EQ(run_cardea({"status", "--config", directory.file("none.conf")}).code, 1);
}

// The record is put together by the utility and reaches the worker only.
TEST(Records, AreMadeHereAndPassTheDaemonUnseen) {
  std::string record, sent;
  Ran ran;
  {
    FakeDaemon daemon(Scripts{[&](Conversation& c) {
      (void)c.begin_operation();
      record = c.ask(ask_for("record", Route::private_channel)).secret;
      c.result(Error{}, "Stored.", "{}");
    }});
    ran = run_cardea(with_socket(daemon, {"records", "put", "Mail", "--url", "https://m.example", "--login",
                                          "ana", "--set", "Paris", "--answers", "-"}),
                     "secret=pass\"word\\€\n");
    sent = daemon.finish();
  }
  EXPECT_EQ(ran.code, 0) << ran.err;
  const Ran checked = run_program({"python3", "-c",
                                   "import json,sys; assert json.load(sys.stdin) == {'kind': 'web', 'title': "
                                   "'Mail', 'url': 'https://m.example', "
                                   "'user': 'ana', 'set': 'Paris', 'secret': 'pass\"word\\\\€'}"},
                                  record);
  EXPECT_EQ(checked.code, 0) << checked.err << record;
  EXPECT_EQ(sent.find("m.example"), std::string::npos);
  EXPECT_EQ((ran.out + ran.err + sent).find("pass\"word"), std::string::npos);
}

// docs/spec/records.md, “Record body”: at the limit it reaches the worker, one byte more reaches nobody.
TEST(Records, AsLongAsTheyMayBeAndNotLonger) {
  const std::string frame = R"({"kind":"web","title":"Mail","secret":""})";
  const auto put = [&](std::size_t size, std::string& arrived) {
    FakeDaemon daemon(Scripts{[&](Conversation& c) {
      (void)c.begin_operation();
      wire::Ask ask = ask_for("record", Route::private_channel);
      ask.max_length = wire::kMaxSecretBytes;
      const auto reply = c.ask(ask);
      arrived = reply.secret;
      if (reply.kind == AnswerKind::in_private_channel)
        c.result(Error{}, "Stored.", "{}");
      else
        c.wait_for_end();
    }});
    return run_cardea(with_socket(daemon, {"records", "put", "Mail", "--answers", "-"}),
                      "secret=" + std::string(size - frame.size(), 's') + "\n");
  };
  std::string arrived;
  EXPECT_EQ(put(wire::kMaxSecretBytes, arrived).code, 0);
  EXPECT_EQ(arrived.size(), wire::kMaxSecretBytes);
  const Ran refused = put(wire::kMaxSecretBytes + 1, arrived);
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(arrived, "");
  EXPECT_EQ(refused.err,
            "cardea: The record is too long: with its other fields it may have 24576 bytes. Nothing was "
            "stored.\n");
}

TEST(Records, MayComeWholeFromAScript) {
  std::string record;
  {
    FakeDaemon daemon(Scripts{[&](Conversation& c) {
      (void)c.begin_operation();
      record = c.ask(ask_for("record", Route::private_channel)).secret;
      c.result(Error{}, "Stored.", "{}");
    }});
    EXPECT_EQ(run_cardea(with_socket(daemon, {"records", "put", "Mail", "--answers", "-"}),
                         "record={\"title\":\"Mail\"}\n")
                  .code,
              0);
  }
  EXPECT_EQ(record, "{\"title\":\"Mail\"}");
}

TEST(Completion, BashOffersVerbsAndOptions) {
  const Ran script = run_cardea({"completion", "bash"});
  ASSERT_EQ(script.code, 0);
  const auto complete = [&](const std::string& line) {
    const Ran ran =
        run_program({"bash", "-c",
                     "source /dev/stdin; COMP_WORDS=(" + line +
                         "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _cardea; echo \"${COMPREPLY[*]}\""},
                    script.out);
    EXPECT_EQ(ran.err, "");
    return ran.out;
  };
  EXPECT_EQ(complete("cardea ga"), "gate\n");
  EXPECT_EQ(complete("cardea --json gate ''"),
            "on off status rehearse --help --socket --config --answers --timeout --json\n");
  EXPECT_EQ(complete("cardea --socket /s card replace --r"), "--reason\n");
  EXPECT_EQ(complete("cardea records get --u"), "--user\n");
}

}  // namespace
}  // namespace cardea::test
