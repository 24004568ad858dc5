// SPDX-License-Identifier: Apache-2.0
#include "core/base/linux/journal_sink.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "tests/support/fake_journal.h"
#include "tests/support/temp_dir.h"

namespace cardea {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Fields = test::JournalFields;
using test::FakeJournal;

std::string name_of(int fd) {
  struct stat found {};
  EXPECT_EQ(::fstat(fd, &found), 0);
  return std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
}

class Journal : public testing::Test {
 protected:
  Journal() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw std::runtime_error("socketpair");
    error_.reset(ends[0]);
    stream_.reset(ends[1]);
    sink_ = JournalSink::open(name_of(error_.get()).c_str(), error_.get(), path_);
    log_.set_sink(sink_.get());
  }
  // What has come by the stream that stands for stderr.
  std::string by_stream() {
    std::string buffer(1024 * 1024, '\0');
    const ssize_t size = ::recv(stream_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    buffer.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return buffer;
  }

  test::TempDir dir_;
  std::string path_ = dir_.file("socket");
  UniqueFd error_, stream_;
  std::unique_ptr<JournalSink> sink_;
  Log log_{"program"};
};

constexpr LogEvent kEvent{"something happened", "00112233445566778899aabbccddeeff"};

TEST_F(Journal, HasTheLineAndEachFieldOfItsOwn) {
  FakeJournal journal(path_);
  log_.notice(kEvent, {{"user", "maria"}, {"remote_host", ""}, {"uid", std::int64_t{1001}}});
  EXPECT_EQ(journal.next(), (Fields{{"MESSAGE", "something happened user=maria remote_host=\"\" uid=1001"},
                                    {"PRIORITY", "5"},
                                    {"SYSLOG_IDENTIFIER", "program"},
                                    {"SYSLOG_FACILITY", "3"},
                                    {"MESSAGE_ID", "00112233445566778899aabbccddeeff"},
                                    {"CARDEA_USER", "maria"},
                                    {"CARDEA_REMOTE_HOST", ""},
                                    {"CARDEA_UID", "1001"}}));
  EXPECT_EQ(by_stream(), "");
}

TEST_F(Journal, HasNoIdOfAnEventThatHasNone) {
  FakeJournal journal(path_);
  log_.error("plain");
  EXPECT_EQ(journal.next(), (Fields{{"MESSAGE", "plain"},
                                    {"PRIORITY", "3"},
                                    {"SYSLOG_IDENTIFIER", "program"},
                                    {"SYSLOG_FACILITY", "3"}}));
}

TEST_F(Journal, GetsNoLineBelowTheLevel) {
  FakeJournal journal(path_);
  log_.debug("hidden");
  EXPECT_TRUE(journal.next().empty());
}

TEST_F(Journal, AValueCanNotBecomeAnotherField) {
  FakeJournal journal(path_);
  using namespace std::string_literals;
  const std::string evil = "x\nCARDEA_USER=root\nMESSAGE_ID\n\x04\0\0\0\0\0\0\0fake\nPRIORITY=0\n"s;
  log_.notice("tried", {{"service", evil}});
  const Fields fields = journal.next();
  EXPECT_EQ(fields.size(), 5U);
  EXPECT_EQ(fields.at("CARDEA_SERVICE"), evil);
  EXPECT_EQ(fields.at("PRIORITY"), "5");
  EXPECT_THAT(fields.at("MESSAGE"), StartsWith("tried service=\"x\\x0aCARDEA_USER=root\\x0a"));
}

TEST_F(Journal, CutsWhatIsTooLongBetweenTwoCharacters) {
  FakeJournal journal(path_);
  const std::string fits(kMaxJournalValue, 'a');
  std::string umlauts;
  while (umlauts.size() <= kMaxJournalValue)
    umlauts += "ä";
  log_.notice("long", {{"fits", fits}, {"umlauts", umlauts}, {"huge", std::string(1 << 20, 'h')}});
  const Fields fields = journal.next();
  EXPECT_EQ(fields.at("CARDEA_FITS"), fits);
  // 1,021 bytes are left beside the mark: 510 whole letters.
  EXPECT_EQ(fields.at("CARDEA_UMLAUTS"), umlauts.substr(0, 1020) + "…");
  EXPECT_EQ(fields.at("CARDEA_HUGE"), std::string(kMaxJournalValue - 3, 'h') + "…");
  EXPECT_EQ(fields.at("MESSAGE").size(), kMaxJournalLine);
  EXPECT_THAT(fields.at("MESSAGE"), StartsWith("long fits=aaa"));
}

TEST_F(Journal, WithoutSocketTheLineGoesByTheStream) {
  log_.warning(kEvent, {{"user", "a\nb"}});
  EXPECT_EQ(by_stream(), "<4>something happened user=\"a\\x0ab\"\n");
  FakeJournal started_late(path_);
  log_.notice("again");
  EXPECT_EQ(started_late.next().at("MESSAGE"), "again");
}

TEST_F(Journal, StartedAnewIsFound) {
  {
    FakeJournal first(path_);
    log_.notice("one");
    EXPECT_EQ(first.next().at("MESSAGE"), "one");
  }
  log_.notice("two");
  EXPECT_EQ(by_stream(), "<5>two\n");
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  FakeJournal second(path_);
  log_.notice("three");
  EXPECT_EQ(second.next().at("MESSAGE"), "three");
}

TEST_F(Journal, ThatHangsIsNotWaitedForAndTheLossIsTold) {
  FakeJournal journal(path_);
  constexpr int kLines = 2'000;  // more than queue and stream hold
  for (int i = 0; i < kLines; ++i)
    log_.notice("line", {{"text", std::string(1000, 'x')}});
  int queued = 0;
  while (!journal.next().empty())
    ++queued;
  const std::string stream = by_stream();
  const auto streamed = static_cast<int>(std::count(stream.begin(), stream.end(), '\n'));
  EXPECT_GT(queued, 0);
  EXPECT_GT(streamed, 0);
  EXPECT_EQ(stream.back(), '\n');
  const std::string lost = std::to_string(kLines - queued - streamed);
  EXPECT_NE(lost, "0");
  log_.notice("after");
  EXPECT_EQ(journal.next().at("MESSAGE"), "after");
  const Fields told = journal.next();
  EXPECT_EQ(told.at("MESSAGE"), "lines lost while the journal took none count=" + lost);
  EXPECT_EQ(told.at("PRIORITY"), "4");
  EXPECT_EQ(told.at("CARDEA_COUNT"), lost);
  log_.notice("told once");
  EXPECT_EQ(journal.next().at("MESSAGE"), "told once");
  EXPECT_TRUE(journal.next().empty());
}

TEST_F(Journal, WithNeitherSocketNorStreamTheLineGoesToStderr) {
  stream_.reset();
  testing::internal::CaptureStderr();
  log_.notice(kEvent, {{"user", "maria"}});
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("something happened user=maria\n"));
}

TEST_F(Journal, IsNotBelievedWithoutTheFileThatItNames) {
  const std::string good = name_of(error_.get());
  const auto opens = [&](const char* text) {
    return JournalSink::open(text, error_.get(), path_) != nullptr;
  };
  EXPECT_TRUE(opens(good.c_str()));
  EXPECT_FALSE(opens(nullptr));
  const std::string other = name_of(stream_.get());
  for (const std::string& text :
       {std::string(), std::string(":"), other, good + ":", good + " ", "0" + good + "1", "-" + good})
    EXPECT_FALSE(opens(text.c_str())) << text;
  error_.reset();
  EXPECT_FALSE(opens(good.c_str()));
}

TEST_F(Journal, ATooLongPathIsNone) {
  EXPECT_EQ(JournalSink::open(name_of(error_.get()).c_str(), error_.get(), std::string(108, 'p')), nullptr);
}

}  // namespace
}  // namespace cardea
