// SPDX-License-Identifier: Apache-2.0
// What a computer remembers of records, against a server that shows an older state of them.
#include "recoveryd/service/record_history.h"

#include <fstream>

#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

using records::SealedRecord;

class RecordHistoryTest : public ServiceTest {
 protected:
  RecordHistoryTest() {
    context_.record_marks = &marks_;
    owner_ = enrol("alice", worker_.insert("Alice's card", "1234"));
  }
  // Of the right structure; what is in it is not opened here.
  static SealedRecord record(std::uint8_t id, std::uint32_t version, std::uint8_t content) {
    SealedRecord made{{{id}, version}, 1, Bytes(records::kMinSealedRecord, content)};
    made.envelope[0] = 0;
    made.envelope[1] = records::kWrappedKeySize;
    return made;
  }
  void has_seen(const SealedRecord& one) {
    RecordHistory history(context_, owner_);
    history.saw(one);
    history.keep();
  }
  std::optional<Error> shown(const SealedRecord& one) {
    const Status judged = RecordHistory(context_, owner_).check(one);
    return judged.ok() ? std::nullopt : std::optional(judged.error());
  }
  [[nodiscard]] std::string file() const { return directory_->user_file("alice", RecordMarks::kExtension); }

  RecordMarkStore marks_{*directory_};
  login::EnrolmentRecord owner_;
};

TEST_F(RecordHistoryTest, OnlyWhatIsNotOlderIsTaken) {
  EXPECT_EQ(shown(record(1, 1, 10)), std::nullopt);  // nothing is known
  has_seen(record(1, 3, 30));
  EXPECT_EQ(shown(record(1, 3, 30)), std::nullopt);
  EXPECT_EQ(shown(record(1, 4, 40)), std::nullopt);
  EXPECT_EQ(shown(record(1, 2, 20)), Error::replayed);
  EXPECT_EQ(shown(record(1, 3, 31)), Error::replayed);
  EXPECT_EQ(shown(record(2, 1, 10)), std::nullopt);  // another record
}

TEST_F(RecordHistoryTest, ACardThatIsBehindIsNoReasonForAnAlarm) {
  has_seen(record(1, 3, 30));
  const RecordHistory history(context_, owner_);
  EXPECT_TRUE(history.knows_newer(record(1, 2, 20)));
  EXPECT_FALSE(history.knows_newer(record(1, 3, 30)));
  EXPECT_FALSE(history.knows_newer(record(2, 1, 10)));
}

TEST_F(RecordHistoryTest, AReWrappedRecordIsTheSame) {
  has_seen(record(1, 3, 30));
  SealedRecord wrapped = record(1, 3, 30);
  wrapped.epoch = 2;
  std::fill_n(wrapped.envelope.begin() + 2, records::kWrappedKeySize, 99);
  EXPECT_EQ(shown(wrapped), std::nullopt);
}

TEST_F(RecordHistoryTest, ATombstoneComesAfterItsRecord) {
  has_seen(record(1, 3, 30));
  const RecordHistory history(context_, owner_);
  EXPECT_TRUE(history.check_tombstone({{1}, 4}).ok());
  EXPECT_EQ(history.check_tombstone({{1}, 3}).error(), Error::replayed);
  EXPECT_TRUE(history.check_tombstone({{2}, 1}).ok());
}

TEST_F(RecordHistoryTest, WhatTheOwnerTakesCountsFromThenOn) {
  has_seen(record(1, 3, 30));
  has_seen(record(1, 2, 20));  // with --take-older
  EXPECT_EQ(shown(record(1, 2, 20)), std::nullopt);
  EXPECT_EQ(shown(record(1, 1, 10)), Error::replayed);
}

TEST_F(RecordHistoryTest, NothingIsRememberedOfWhatWasNotKept) {
  RecordHistory history(context_, owner_);
  history.saw(record(1, 3, 30));
  EXPECT_EQ(shown(record(1, 2, 20)), std::nullopt);
}

TEST_F(RecordHistoryTest, AnotherUserOfThisNameBeginsAnew) {
  has_seen(record(1, 3, 30));
  owner_.user_id.fill(0x22);
  EXPECT_EQ(shown(record(1, 1, 10)), std::nullopt);
  has_seen(record(2, 1, 10));
  EXPECT_EQ(marks_.load("alice", owner_.user_id)->marks.size(), 1u);
}

TEST_F(RecordHistoryTest, ADamagedFileRefusesNobodyAndIsBegunAnew) {
  has_seen(record(1, 3, 30));
  std::ofstream(file(), std::ios::app) << "x";
  EXPECT_EQ(shown(record(1, 1, 10)), std::nullopt);
  has_seen(record(1, 1, 10));
  EXPECT_EQ(shown(record(1, 1, 11)), Error::replayed);
}

TEST_F(RecordHistoryTest, AsManyAsAServerKeepsFitIntoTheFile) {
  RecordMarks marks;
  marks.user = owner_.user_id;
  for (std::uint32_t i = 0; i < kMaxRecordMarks + 1; ++i) {
    RecordMark mark;
    mark.name.version = 1;
    mark.name.id[0] = static_cast<std::uint8_t>(i);
    mark.name.id[1] = static_cast<std::uint8_t>(i >> 8);
    marks.set(mark);
  }
  EXPECT_EQ(marks.marks.size(), kMaxRecordMarks);
  Status damaged;
  ASSERT_TRUE(marks_
                  .update(
                      "alice", marks.user, [&](RecordMarks& file) { file = marks; }, damaged)
                  .ok());
  EXPECT_EQ(marks_.load("alice", marks.user)->marks, marks.marks);
}

TEST_F(RecordHistoryTest, AFileIsReadInOneWayOnly) {
  RecordMarks marks;
  marks.set({{{7}, 2}, {}});
  marks.set({{{5}, 1}, {}});
  marks.set({{{7}, 3}, {}});
  const SecretBytes written = encode(marks);
  ASSERT_EQ(RecordMarks::decode(written.expose())->marks, marks.marks);
  ASSERT_EQ(marks.marks.size(), 2u);
  EXPECT_EQ(marks.find({7})->name.version, 3u);
  for (std::size_t size = 0; size < written.size(); ++size)
    EXPECT_FALSE(RecordMarks::decode(written.expose().first(size)).ok()) << size;
  std::swap(marks.marks[0], marks.marks[1]);
  EXPECT_EQ(RecordMarks::decode(encode(marks).expose()).error(), Error::corrupted);
  marks.marks[1] = marks.marks[0];
  EXPECT_EQ(RecordMarks::decode(encode(marks).expose()).error(), Error::corrupted);
  Bytes many = to_bytes(encode(RecordMarks{}).expose());
  many[17] = 0xff;
  EXPECT_EQ(RecordMarks::decode(many).error(), Error::corrupted);
}

}  // namespace
}  // namespace cardea::recoveryd
