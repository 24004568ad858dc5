// SPDX-License-Identifier: Apache-2.0
#include "cli/answers.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/console.h"
#include "tests/support/temp_dir.h"

namespace cardea::cli {
namespace {

Result<Answers> parse(std::string_view text) {
  text::Voice voice;
  return Answers::parse(SecretBytes(text), voice);
}

Answers parsed(std::string_view text) { return std::move(parse(text)).value(); }

Result<Answers> read(const std::string& file_name) {
  text::Voice voice;
  return Answers::read(file_name, voice);
}

std::string next(Answers& answers, std::string_view name) {
  const auto value = answers.take(name);
  return value.has_value() ? std::string(value->expose_text()) : "(none)";
}

TEST(Answers, AreTakenInOrderAndOnce) {
  Answers answers = parsed("pin=1\nnew-pin=a=b\npin=2\r\n\n# pin=3\npin=\n");
  EXPECT_EQ(next(answers, "pin"), "1");
  EXPECT_EQ(next(answers, "pin"), "2");
  EXPECT_EQ(next(answers, "pin"), "");
  EXPECT_EQ(next(answers, "pin"), "(none)");
  EXPECT_EQ(next(answers, "new-pin"), "a=b");
  EXPECT_EQ(next(answers, "puk"), "(none)");
}

TEST(Answers, KeepBlanksAndUnicodeAndNeedNoLastLineFeed) {
  Answers answers = parsed("answer= Rübe ");
  EXPECT_EQ(next(answers, "answer"), " Rübe ");
}

TEST(Answers, LinesThatAreNoAnswersAreNamed) {
  for (const char* bad : {"pin=1\npin\n", "x=1\n=2\n", "\nPIN=1\n", "a=1\np n=1\n"}) {
    const auto result = parse(bad);
    ASSERT_FALSE(result.ok()) << bad;
    EXPECT_EQ(result.failure().detail, "line 2 of the answers is not name=value");
  }
}

TEST(Answers, FilesOfOthersEyesAreRefused) {
  const test::TempDir directory;
  const std::string path = directory.file("answers");
  std::ofstream(path) << "pin=1234\n";
  for (const mode_t mode : {mode_t{0640}, mode_t{0604}, mode_t{0620}}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_EQ(read(path).error(), Error::unsafe_file);
  }
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  auto answers = read(path);
  ASSERT_TRUE(answers.ok());
  EXPECT_EQ(next(*answers, "pin"), "1234");
  EXPECT_EQ(read(directory.file("none")).error(), Error::not_found);
}

TEST(Answers, HaveALimit) {
  const test::TempDir directory;
  const std::string path = directory.file("answers");
  std::ofstream(path) << "pin=" << std::string(kMaxAnswersSize, 'x');
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(read(path).error(), Error::limit_exceeded);
}

class ScriptConsoleTest : public testing::Test {
 protected:
  client::Reply ask(ScriptConsole& console, const char* purpose, std::uint8_t flags = 0,
                    client::Turn turn = client::Turn::first) {
    wire::Ask ask;
    ask.purpose = purpose;
    ask.flags = flags;
    return console.ask(ask, turn, buffer);
  }
  Output output{false};
  char memory[wire::kMaxAnswerBytes];
  client::SecretBuffer buffer{memory};
};

TEST_F(ScriptConsoleTest, RepetitionGetsTheSameAnswer) {
  ScriptConsole console(output, parsed("new-pin=8888\n"));
  EXPECT_EQ(ask(console, "new-pin"), client::Reply::answered);
  buffer.clear();
  EXPECT_EQ(ask(console, "new-pin", 0, client::Turn::repeat), client::Reply::answered);
  EXPECT_EQ(buffer.expose(), "8888");
  EXPECT_EQ(ask(console, "new-pin"), client::Reply::failed);  // but a new question needs a new line
}

TEST_F(ScriptConsoleTest, PinOrAccessKeyMayBeGivenAsEither) {
  ScriptConsole console(output, parsed("access-key=K\npin=P\npin-or-access-key=E\n"));
  const char* const expected[] = {"E", "P", "K"};
  for (const char* text : expected) {
    EXPECT_EQ(ask(console, "pin-or-access-key"), client::Reply::answered);
    EXPECT_EQ(buffer.expose(), text);
  }
  EXPECT_EQ(ask(console, "pin-or-access-key"), client::Reply::failed);
}

TEST_F(ScriptConsoleTest, MissingAnswerIsNamed) {
  ScriptConsole console(output, parsed(""));
  EXPECT_EQ(ask(console, "confirm", wire::kMayBeEmpty), client::Reply::answered);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(ask(console, "puk"), client::Reply::failed);
  EXPECT_EQ(console.problem(), "There is no answer left for “puk”. Add a line “puk=…” to the answers.");
}

}  // namespace
}  // namespace cardea::cli
