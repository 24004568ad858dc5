// SPDX-License-Identifier: Apache-2.0
// What of an account's events is told at a computer, to whom, and how often.
#include "recoveryd/service/notice_service.h"

#include <fstream>

#include "core/wire/local_messages.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

using api::Json;

class NoticeServiceTest : public ServiceTest {
 protected:
  NoticeServiceTest() {
    context_.notices = &notices_;
    record_ = enrol("alice", worker_.insert("Alice's card", "1234"));
    record_.audit_length = 10;
  }
  [[nodiscard]] std::string here() const { return api::ComputerId(device_->computer_id).text(); }
  upstream::AuditEvent event(std::uint64_t sequence, const std::string& kind, Json::Object details) const {
    details.emplace_back("from", "192.0.2.0/24");
    return {sequence, clock_.now(), kind, Json(std::move(details)), {}};
  }
  void take(const std::vector<upstream::AuditEvent>& events) {
    std::vector<Notice> news;
    for (const upstream::AuditEvent& one : events) {
      if (auto notice = notice_of(one, api::ComputerId(device_->computer_id))) news.push_back(*notice);
    }
    NoticeService(context_).take(record_, std::move(news), events.back().sequence);
  }
  // The lines that a login says.
  std::vector<std::string> told(bool by_card = true) {
    {
      Conversation client = client_of(ordinary_uid());
      NoticeService(context_).tell(client, record_, by_card);
    }
    std::vector<std::string> lines;
    std::vector<std::uint8_t> packet(wire::kMaxPacketBytes);
    for (;;) {
      const auto size = ::recv(client_end_.get(), packet.data(), packet.size(), 0);
      if (size <= 0) return lines;
      wire::Say said;
      if (wire::decode(wire::Packet(packet).first(static_cast<std::size_t>(size)), said))
        lines.emplace_back(said.line);
    }
  }
  std::string status() { return NoticeService(context_).standing(record_, text::Voice()).message; }

  NoticeStore notices_{*directory_};
  login::EnrolmentRecord record_;
};

TEST_F(NoticeServiceTest, ALoginSaysItOnceAndStatusGoesOnShowingIt) {
  take({event(11, "access-key-issued", {{"computer", here()}}),
        event(12, "session-opened", {{"level", "password"}}),
        event(13, "access-key-issued", {{"computer", std::string(64, 'a')}})});
  const auto lines = told();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[0].find("an access key of this computer was given out"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("192.0.2.0/24"), std::string::npos);
  EXPECT_NE(lines[1].find("another computer of yours"), std::string::npos);
  EXPECT_TRUE(told().empty());
  EXPECT_NE(status().find("given out"), std::string::npos);
}

TEST_F(NoticeServiceTest, WhatWasDoneHereIsNotNews) {
  take({event(11, "computer-added", {{"computer", here()}}),
        event(12, "card-replaced", {{"computer", here()}})});
  EXPECT_TRUE(told().empty());
  take({event(13, "computer-added", {{"computer", std::string(64, 'b')}})});
  EXPECT_EQ(told().size(), 1u);
}

TEST_F(NoticeServiceTest, TheFirstLookTellsNothingOfThePast) {
  record_.audit_length = 0;
  take({event(1, "officer-issued", {{"officer", "olaf"}})});
  EXPECT_TRUE(told().empty());
  record_.audit_length = 1;
  take({event(2, "officer-issued", {{"officer", "olaf"}})});
  EXPECT_EQ(told().size(), 1u);
}

// After a crash between the notices and the record, the same events are met again.
TEST_F(NoticeServiceTest, EventsThatAreMetTwiceAreToldOnce) {
  const std::vector<upstream::AuditEvent> events = {event(11, "browser-allowed", {})};
  take(events);
  EXPECT_EQ(told().size(), 1u);
  take(events);
  EXPECT_TRUE(told().empty());
}

TEST_F(NoticeServiceTest, OfManyTheNewestAreKeptAndFiveAreSaid) {
  std::vector<upstream::AuditEvent> events;
  for (std::uint64_t i = 0; i < 30; ++i)
    events.push_back(event(11 + i, "history-read", {{"officer", "olaf"}}));
  take(events);
  EXPECT_EQ(notices_.load("alice", record_.user_id)->notices.size(), kMaxNotices);
  EXPECT_EQ(notices_.load("alice", record_.user_id)->notices.back().sequence, 40u);
  const auto lines = told();
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_NE(lines[5].find("15 more"), std::string::npos) << lines[5];
  EXPECT_TRUE(told().empty());
}

// Who made an access key with a stolen password wants it forgotten.
TEST_F(NoticeServiceTest, NoiseOfOneKindPushesOutNoOther) {
  std::vector<upstream::AuditEvent> events = {event(11, "access-key-issued", {{"computer", here()}})};
  for (std::uint64_t i = 0; i < 300; ++i)
    events.push_back(event(12 + i, i % 2 == 0 ? "card-state" : "session-opened", {{"state", "suspended"}}));
  take(events);
  const auto kept = notices_.load("alice", record_.user_id)->notices;
  EXPECT_EQ(kept.size(), kMaxNotices);
  EXPECT_EQ(kept.front().kind, "access-key-issued");
  EXPECT_EQ(kept.back().sequence, 310u);
  EXPECT_NE(told().at(0).find("an access key of this computer"), std::string::npos);
}

TEST_F(NoticeServiceTest, WhatWasToldGoesFirst) {
  take({event(11, "card-state", {{"state", "suspended"}})});
  ASSERT_EQ(told().size(), 1u);
  std::vector<upstream::AuditEvent> events;
  for (std::uint64_t i = 0; i < kMaxNotices; ++i)
    events.push_back(event(12 + i, "access-key-issued", {}));
  take(events);
  EXPECT_EQ(notices_.load("alice", record_.user_id)->notices.front().sequence, 12u);
}

// Somebody with a stolen access key hears it, too; the owner hears it at his card's next login.
TEST_F(NoticeServiceTest, WhatAnAccessKeysLoginHearsIsSaidAgainToTheCard) {
  take({event(11, "access-key-issued", {{"computer", here()}})});
  EXPECT_EQ(told(false).size(), 1u);
  EXPECT_EQ(told(false).size(), 1u);
  EXPECT_EQ(told(true).size(), 1u);
  EXPECT_TRUE(told(true).empty());
}

TEST_F(NoticeServiceTest, AMoveIsToldWhenItIsDone) {
  take({event(11, "moved-out", {{"to", "south"}}), event(12, "move-failed", {{"to", "south"}})});
  EXPECT_TRUE(told().empty());
  auto arrived = event(13, "moved-in", {});
  arrived.details = Json(Json::Object{{"from", "cafe"}, {"epoch", 2}});  // which looks like a network
  take({arrived});
  const auto lines = told();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("UTC: your account moved to another region; it was in cafe."), std::string::npos)
      << lines[0];
}

TEST_F(NoticeServiceTest, AServersWordIsNotPutOnTheTerminal) {
  auto hostile = event(11, "officer-issued", {{"officer", "olaf\x1b[2J"}});
  hostile.details = Json(Json::Object{{"officer", "olaf\x1b[2J"}, {"from", "\x1b]0;x\a"}});
  take({hostile});
  for (const std::string& line : told())
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST_F(NoticeServiceTest, OldOnesGo) {
  take({event(11, "sheet-used", {{"for", "suspend"}})});
  clock_.advance(31 * 86'400);
  take({event(12, "sheet-used", {{"for", "reopen"}})});
  EXPECT_EQ(notices_.load("alice", record_.user_id)->notices.size(), 1u);
}

TEST_F(NoticeServiceTest, AnotherUserOfTheNameAndAGuestHearNothing) {
  take({event(11, "browser-allowed", {})});
  record_.user_id.fill(0x77);
  EXPECT_EQ(status(), "");
  record_.user_id.fill(0x11);
  EXPECT_NE(status(), "");
  record_.guest_until = clock_.now() + 1000;
  EXPECT_TRUE(told().empty());
}

TEST_F(NoticeServiceTest, ADamagedFileKeepsNobodyOutAndIsBegunAnew) {
  take({event(11, "browser-allowed", {})});
  std::ofstream(directory_->user_file("alice", "notices")) << "no notices";
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(status(), "");
  take({event(12, "browser-allowed", {})});
  EXPECT_EQ(told().size(), 1u);
}

TEST(NoticeFile, EveryTruncatedFileIsRefused) {
  NoticeFile file;
  file.notices = {{7, 1000, "card-state", "active", "192.0.2.0/24", true}};
  const SecretBytes bytes = encode(file);
  ASSERT_EQ(NoticeFile::decode(bytes.expose())->notices, file.notices);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(NoticeFile::decode(bytes.expose().first(size)).ok()) << size;
}

}  // namespace
}  // namespace cardea::recoveryd
