// SPDX-License-Identifier: Apache-2.0
// Records go onto the card in entries and come back; what a pulled card leaves behind is told from them.
#include "core/records/card_contents.h"

#include <gtest/gtest.h>

namespace cardea::records {
namespace {

using Slots = std::vector<std::uint8_t>;

class CardContentsTest : public ::testing::Test {
 protected:
  CardContentsTest() : key_(UserKey::generate(random_)) {}
  SealedRecord sealed(std::uint8_t id, std::uint32_t version, std::size_t body = 100) {
    return seal_record(key_, user_, {{id}, version}, Bytes(body, 'x'), random_).value();
  }
  // Puts a record into slots from `slot` on.
  void put(std::uint8_t slot, const SealedRecord& record) {
    const auto entries = split_record(record).value();
    for (const CardEntry& entry : entries) {
      objects_.push_back({slot++, encode_card_entry(entry).value()});
    }
  }
  SystemRandom random_;
  UserId user_{1};
  UserKey key_;
  std::vector<StoredObject> objects_;
};

TEST_F(CardContentsTest, LabelsHaveOneLength) {
  for (std::uint8_t slot = 0; slot < kSlotCount; ++slot) {
    EXPECT_EQ(slot_label(slot).size(), 8u);
    EXPECT_EQ(slot_of_label(slot_label(slot)), slot);
  }
  EXPECT_EQ(slot_label(0), "cardea00");
  EXPECT_EQ(slot_label(31), "cardea31");
  for (const char* label :
       {"cardea32", "cardea99", "cardea1", "cardea001", "Cardea01", "cardea0x", "", "cardea/0"}) {
    EXPECT_FALSE(slot_of_label(label)) << label;
  }
}

TEST_F(CardContentsTest, AnEmptyCard) {
  const CardContents contents = sort_card_objects({});
  EXPECT_TRUE(contents.records.empty());
  EXPECT_EQ(contents.free.size(), 31u);
  EXPECT_EQ(contents.free.front(), 1);
  EXPECT_EQ(contents.free.back(), 31);
}

TEST_F(CardContentsTest, RecordsOfAllSizesComeBack) {
  const SealedRecord small = sealed(1, 1);
  const SealedRecord large = sealed(2, 9, kMaxRecordBody);
  ASSERT_EQ(split_record(large)->size(), kMaxParts);
  put(3, small);
  put(10, large);
  std::reverse(objects_.begin(), objects_.end());
  const CardContents contents = sort_card_objects(objects_);
  ASSERT_EQ(contents.records.size(), 2u);
  EXPECT_EQ(contents.records[0].sealed, small);
  EXPECT_EQ(contents.records[0].slots, Slots({3}));
  EXPECT_EQ(contents.records[1].sealed, large);
  EXPECT_EQ(contents.records[1].sealed.name, (RecordName{{2}, 9}));
  EXPECT_EQ(contents.records[1].slots, Slots({10, 11, 12, 13, 14}));
  EXPECT_TRUE(contents.waste.empty());
  EXPECT_EQ(contents.free.size(), 31u - 6);
}

TEST_F(CardContentsTest, EveryObjectStaysInItsLimit) {
  const auto entries = split_record(sealed(1, 1, kMaxRecordBody)).value();
  for (const CardEntry& entry : entries) {
    EXPECT_LE(encode_card_entry(entry)->size(), kMaxCardObject);
    EXPECT_EQ(decode_card_entry(encode_card_entry(entry).value()).value(), entry);
  }
}

TEST_F(CardContentsTest, EveryHalfWrittenEntryIsCorruptedAndHurtsNothingElse) {
  put(1, sealed(1, 1));
  put(2, sealed(2, 1));
  const Bytes whole = objects_[1].bytes;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(decode_card_entry(ByteView(whole).first(size)).error(), Error::corrupted);
    objects_[1].bytes.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const CardContents contents = sort_card_objects(objects_);
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_EQ(contents.records[0].slots, Slots({1}));
    EXPECT_EQ(contents.waste, Slots({2}));
  }
}

TEST_F(CardContentsTest, EveryFlippedByteIsCorrupted) {
  put(1, sealed(1, 1));
  for (std::size_t i = 0; i < objects_[0].bytes.size(); ++i) {
    Bytes changed = objects_[0].bytes;
    changed[i] ^= 0x08;
    EXPECT_EQ(decode_card_entry(changed).error(), Error::corrupted) << i;
  }
}

TEST_F(CardContentsTest, AMissingPartMakesTheOthersWaste) {
  put(1, sealed(1, 1, 20'000));
  ASSERT_EQ(objects_.size(), 4u);
  for (std::size_t missing = 0; missing < 4; ++missing) {
    auto objects = objects_;
    objects.erase(objects.begin() + static_cast<std::ptrdiff_t>(missing));
    const CardContents contents = sort_card_objects(objects);
    EXPECT_TRUE(contents.records.empty());
    EXPECT_EQ(contents.waste.size(), 3u);
    EXPECT_EQ(contents.free.size(), 28u);
  }
}

TEST_F(CardContentsTest, TheNewerOfTwoVersionsCounts) {
  put(1, sealed(1, 4));
  put(5, sealed(1, 5));
  put(9, sealed(1, 3));
  const CardContents contents = sort_card_objects(objects_);
  ASSERT_EQ(contents.records.size(), 1u);
  EXPECT_EQ(contents.records[0].sealed.name.version, 5u);
  EXPECT_EQ(contents.waste, Slots({1, 9}));
}

TEST_F(CardContentsTest, ANewerVersionThatIsNotWholeDoesNotHideTheOlder) {
  put(1, sealed(1, 4));
  put(5, sealed(1, 5, 8'000));
  objects_.pop_back();
  const CardContents contents = sort_card_objects(objects_);
  ASSERT_EQ(contents.records.size(), 1u);
  EXPECT_EQ(contents.records[0].sealed.name.version, 4u);
  EXPECT_EQ(contents.waste, Slots({5}));
}

TEST_F(CardContentsTest, TheRewrappedOfTwoCounts) {
  const SealedRecord before = sealed(1, 4);
  const UserKey next = key_.next_epoch(random_).value();
  const SealedRecord after = rewrap_record(key_, next, user_, before, random_).value();
  put(1, after);
  put(2, before);
  const CardContents contents = sort_card_objects(objects_);
  ASSERT_EQ(contents.records.size(), 1u);
  EXPECT_EQ(contents.records[0].sealed, after);
  EXPECT_EQ(contents.waste, Slots({2}));
}

TEST_F(CardContentsTest, PartsOfTwoWritingsDoNotMix) {
  const SealedRecord first = sealed(1, 4, 8'000);
  const SealedRecord second = sealed(1, 4, 8'000);
  put(1, first);
  put(3, second);
  objects_.erase(objects_.begin() + 1, objects_.begin() + 3);  // part 0 of one, part 1 of the other
  const CardContents contents = sort_card_objects(objects_);
  EXPECT_TRUE(contents.records.empty());
  EXPECT_EQ(contents.waste, Slots({1, 4}));
}

TEST_F(CardContentsTest, ATornDirectoryListsAnObjectTwice) {
  put(1, sealed(1, 1));
  objects_.push_back(objects_[0]);
  objects_.push_back({2, objects_[0].bytes});
  const CardContents contents = sort_card_objects(objects_);
  ASSERT_EQ(contents.records.size(), 1u);
  EXPECT_EQ(contents.records[0].slots, Slots({1}));
  EXPECT_EQ(contents.waste, Slots({2}));
}

TEST_F(CardContentsTest, ObjectsOfALaterVersionAreNotOursToDestroy) {
  put(1, sealed(1, 1));
  auto fields = decode_frame(FrameKind::entry, objects_[0].bytes, 2).value();
  fields.push_back({3, {1}});
  objects_.push_back({7, encode_frame(FrameKind::entry, fields).value()});
  const CardContents contents = sort_card_objects(objects_);
  EXPECT_EQ(contents.unreadable, Slots({7}));
  EXPECT_TRUE(contents.waste.empty());
  EXPECT_EQ(contents.records.size(), 1u);
}

TEST_F(CardContentsTest, ExtensionsOfAnEntryAreKept) {
  CardEntry entry = split_record(sealed(1, 1)).value().front();
  entry.extensions = {{0x8001, {0, 0, 0, 9}}};
  EXPECT_EQ(decode_card_entry(encode_card_entry(entry).value()).value(), entry);
}

TEST_F(CardContentsTest, EntriesThatContradictThemselvesAreRefused) {
  const CardEntry good = split_record(sealed(1, 1, 8'000)).value().front();
  const auto refused = [&good](auto change) {
    CardEntry entry = good;
    change(entry);
    return encode_card_entry(entry).error() == Error::invalid_argument;
  };
  EXPECT_TRUE(refused([](CardEntry& e) { e.part = 2; }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.part = 1; }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.writing.parts = 3; }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.writing.parts = 0; }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.writing.size = 0xffffffff; }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.writing.size = 0; }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.writing.epoch = 0; }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.writing.name.version = 0; }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.bytes.pop_back(); }));
  EXPECT_TRUE(refused([](CardEntry& e) { e.extensions = {{3, {}}}; }));
}

TEST_F(CardContentsTest, WholeEntriesThatAreNoRecordAreWaste) {
  // Frame, parts and tag are in order around bytes that are no sealed record.
  const Bytes bytes(500, 0x55);
  CardEntry entry;
  entry.writing = {{{1}, 1}, 1, writing_tag(bytes), 1, 500};
  entry.bytes = bytes;
  objects_.push_back({1, encode_card_entry(entry).value()});
  // The tag belongs to another writing.
  entry = split_record(sealed(2, 1)).value().front();
  entry.writing.tag[0] ^= 1;
  objects_.push_back({2, encode_card_entry(entry).value()});
  const CardContents contents = sort_card_objects(objects_);
  EXPECT_TRUE(contents.records.empty());
  EXPECT_EQ(contents.waste, Slots({1, 2}));
}

TEST_F(CardContentsTest, OtherSlotsAreIgnored) {
  put(1, sealed(1, 1));
  objects_.push_back({0, objects_[0].bytes});
  objects_.push_back({32, objects_[0].bytes});
  const CardContents contents = sort_card_objects(objects_);
  EXPECT_EQ(contents.records.size(), 1u);
  EXPECT_TRUE(contents.waste.empty());
}

}  // namespace
}  // namespace cardea::records
