// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_view.h"

#include "nss_helper/answer.h"
#include "nss_helper/database_check.h"
#include "tests/unit/nss_helper/samples.h"

namespace cardea::nss {
namespace {

using test::image_of;
using test::sample_list;

Lookup by_name(const DatabaseView& view, const char* name, Record& record) {
  NameKey key;
  EXPECT_TRUE(key.set(name));
  return view.by_name(key, record);
}

std::string passwd_line(const Record& record) {
  struct passwd out {};
  char buffer[1024];
  EXPECT_TRUE(fill_passwd(record, out, buffer, sizeof buffer));
  return std::string(out.pw_name) + ":" + out.pw_passwd + ":" + std::to_string(out.pw_uid) + ":" +
         std::to_string(out.pw_gid) + ":" + out.pw_gecos + ":" + out.pw_dir + ":" + out.pw_shell;
}

TEST(DatabaseView, FindsByNameAndById) {
  const Bytes file = image_of(sample_list());
  DatabaseView view;
  ASSERT_TRUE(view.open(file.data(), file.size()));
  Record record;
  ASSERT_EQ(by_name(view, "alice", record), Lookup::found);
  EXPECT_EQ(passwd_line(record), "alice:*:2000200001:2000200001:Alice Ö:/home/alice:/bin/bash");
  ASSERT_EQ(record.count, 1u);
  EXPECT_EQ(load32(record.groups), test::kPilots);
  ASSERT_EQ(view.by_id(test::kCarol, record), Lookup::found);
  EXPECT_EQ(passwd_line(record),
            "carol@example.org:*:2147352575:2147352575::/home/carol@example.org:/bin/bash");
  ASSERT_EQ(by_name(view, "pilots", record), Lookup::found);
  EXPECT_EQ(record.kind, RecordKind::group);
  EXPECT_EQ(record.id, test::kPilots);
  EXPECT_EQ(by_name(view, "dave", record), Lookup::absent);
  EXPECT_EQ(view.by_id(test::kAlice + 1, record), Lookup::absent);
}

TEST(DatabaseView, AnEmptyDatabaseKnowsNobody) {
  const Bytes file = image_of({});
  DatabaseView view;
  ASSERT_TRUE(view.open(file.data(), file.size()));
  Record record;
  std::uint64_t cursor = 0;
  EXPECT_EQ(by_name(view, "alice", record), Lookup::absent);
  EXPECT_EQ(view.by_id(kFirstId, record), Lookup::absent);
  EXPECT_EQ(view.next(cursor, record), Lookup::absent);
}

// Numbers from a second implementation of the spec page, in another language.
TEST(DatabaseView, TheHashIsThatOfTheSpec) {
  NameKey key;
  ASSERT_TRUE(key.set("alice"));
  EXPECT_EQ(key.hash(0x0123456789abcdef), 0xaf1f02aa91f02004u);
  ASSERT_TRUE(key.set("a-name-of-more-than-thirty-two-characters"));
  EXPECT_EQ(key.hash(0x0123456789abcdef), 0x9273fcfd821a277au);
  EXPECT_EQ(hash_of_id(0x0123456789abcdef, kFirstId), 0x9f792239fd259d30u);
}

TEST(DatabaseView, WalksInTheOrderOfIds) {
  const Bytes file = image_of(sample_list());
  DatabaseView view;
  ASSERT_TRUE(view.open(file.data(), file.size()));
  std::vector<std::uint32_t> ids;
  Record record;
  for (std::uint64_t cursor = 0; view.next(cursor, record) == Lookup::found;)
    ids.push_back(record.id);
  EXPECT_EQ(ids, (std::vector<std::uint32_t>{test::kAlice, test::kPilots, test::kBob, test::kNobodyIn,
                                             test::kCarol}));
}

TEST(DatabaseView, ACursorOfAnotherFileGoesOnWithTheNextHigherId) {
  const Bytes before = image_of(sample_list(), 1);
  AccountList changed = sample_list();
  changed.accounts.erase(changed.accounts.begin());  // alice goes
  changed.accounts.push_back(test::account("dave", test::kAlice + 1));
  const Bytes after = image_of(changed, 2);
  DatabaseView view;
  ASSERT_TRUE(view.open(before.data(), before.size()));
  std::uint64_t cursor = 0;
  Record record;
  ASSERT_EQ(view.next(cursor, record), Lookup::found);
  EXPECT_EQ(record.id, test::kAlice);
  ASSERT_TRUE(view.open(after.data(), after.size()));
  ASSERT_EQ(view.next(cursor, record), Lookup::found);
  EXPECT_EQ(record.name, "dave");
  ASSERT_EQ(view.next(cursor, record), Lookup::found);
  EXPECT_EQ(record.name, "pilots");
}

// Everybody is asked for in a file with one changed byte: the answer is the right one or "damaged".
TEST(DatabaseView, NoChangedByteMakesAWrongAnswer) {
  const Bytes good = image_of(sample_list());
  const std::vector<const char*> names{"alice", "bob", "carol@example.org", "pilots", "empty"};
  std::vector<std::string> texts;
  DatabaseView view;
  Record record;
  ASSERT_TRUE(view.open(good.data(), good.size()));
  for (const char* name : names) {
    ASSERT_EQ(by_name(view, name, record), Lookup::found);
    texts.emplace_back(record.texts);
  }
  Bytes file = good;
  std::size_t refused = 0;
  std::size_t damaged = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      file[at] = static_cast<std::uint8_t>(good[at] ^ (1u << bit));
      if (!view.open(file.data(), file.size())) {
        ++refused;
        continue;
      }
      for (std::size_t i = 0; i < names.size(); ++i) {
        const Lookup lookup = by_name(view, names[i], record);
        ASSERT_NE(lookup, Lookup::absent) << at;
        damaged += lookup == Lookup::damaged ? 1 : 0;
        if (lookup != Lookup::found) continue;
        ASSERT_EQ(record.name, names[i]) << at;
        ASSERT_EQ(std::string(record.texts), texts[i]) << at;
      }
      ASSERT_NE(by_name(view, "dave", record), Lookup::found) << at;
      std::uint64_t cursor = 0;
      while (view.next(cursor, record) == Lookup::found) {
      }
    }
    file[at] = good[at];
  }
  EXPECT_EQ(refused, 8 * (kHeaderChecked + 8));  // the checked part of the header and its check value
  EXPECT_GT(damaged, 1000u);
}

TEST(DatabaseView, ATruncatedFileIsRefusedAndSoIsALongerOne) {
  Bytes file = image_of(sample_list());
  DatabaseView view;
  for (std::size_t size = 0; size < file.size(); ++size)
    ASSERT_FALSE(view.open(file.data(), size)) << size;
  file.resize(file.size() + 32);
  EXPECT_FALSE(view.open(file.data(), file.size()));
}

TEST(DatabaseView, APieceOfAnotherFileOrPlaceDoesNotPass) {
  const Bytes first = image_of(sample_list(), 1);
  const Bytes second = image_of(sample_list(), 2);
  ASSERT_EQ(first.size(), second.size());
  Bytes mixed = first;
  std::copy(second.begin() + kHeaderBytes, second.end(), mixed.begin() + kHeaderBytes);
  EXPECT_EQ(check_database(mixed).error(), Error::corrupted);
}

TEST(DatabaseView, AFileOfAnotherVersionIsRefused) {
  Bytes file = image_of(sample_list());
  file[11] = 2;
  const std::uint64_t check = check_of(0, 0, load64(file.data()), file.data(), kHeaderChecked);
  for (unsigned i = 0; i < 8; ++i)
    file[kHeaderChecked + i] = static_cast<std::uint8_t>(check >> (56 - 8 * i));
  DatabaseView view;
  EXPECT_FALSE(view.open(file.data(), file.size()));
}

// Valid check values do not make an id outside the range, or a gid that is not the uid, an answer.
class ForgedRecord : public ::testing::Test {
 protected:
  ForgedRecord() : file_(image_of({{test::account("alice", kFirstId)}, {}})) {
    DatabaseView view;
    EXPECT_TRUE(view.open(file_.data(), file_.size()));
    Record record;
    EXPECT_EQ(by_name(view, "alice", record), Lookup::found);
    at_ = std::size_t{record.place} * kRecordUnit;
    size_ = record.size;
  }
  void put32(std::size_t offset, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i)
      file_[at_ + offset + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
    const std::uint64_t check = check_of(load64(file_.data() + 16), at_, 0, file_.data() + at_, size_);
    for (unsigned i = 0; i < 8; ++i)
      file_[at_ + i] = static_cast<std::uint8_t>(check >> (56 - 8 * i));
  }
  Lookup ask() {
    DatabaseView view;
    EXPECT_TRUE(view.open(file_.data(), file_.size()));
    Record record;
    return by_name(view, "alice", record);
  }
  Bytes file_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
};

TEST_F(ForgedRecord, RootIsNotAnswered) {
  put32(16, 0);
  put32(20, 0);
  EXPECT_EQ(ask(), Lookup::damaged);
}

TEST_F(ForgedRecord, AnotherPrimaryGroupIsNotAnswered) {
  put32(20, 27);
  EXPECT_EQ(ask(), Lookup::damaged);
  put32(20, kFirstId);
  EXPECT_EQ(ask(), Lookup::found);
}

TEST_F(ForgedRecord, AnIdIsNotAnsweredWithTheNameOfRoot) {
  put32(24, (10u << 16) | 11u);  // the comment begins where the fifth letter of "alice" was
  put32(12, 0x01000004);         // kind, and the length of the name
  for (const auto& [name, wanted] : {std::pair("erin", Lookup::found), std::pair("root", Lookup::damaged)}) {
    std::copy_n(name, 5, file_.begin() + static_cast<std::ptrdiff_t>(at_ + kRecordFixedBytes));
    put32(16, kFirstId);
    DatabaseView view;
    ASSERT_TRUE(view.open(file_.data(), file_.size()));
    Record record;
    std::uint64_t cursor = 0;
    EXPECT_EQ(view.by_id(kFirstId, record), wanted) << name;
    EXPECT_EQ(view.next(cursor, record), wanted) << name;
  }
}

TEST_F(ForgedRecord, LengthsBeyondTheRecordAreNotFollowed) {
  for (const std::size_t offset : {12u, 20u, 24u, 28u}) {
    const Bytes before = file_;
    put32(offset, 0xffffffff);
    EXPECT_EQ(ask(), Lookup::damaged) << offset;
    file_ = before;
  }
  for (const std::uint32_t size : {0u, 31u, 32u, 1u << 23, 0xffffffe0u}) {
    const Bytes before = file_;
    put32(8, size);
    EXPECT_EQ(ask(), Lookup::damaged) << size;
    file_ = before;
  }
}

TEST(DatabaseView, EveryOneOfManyIsFoundAndNobodyElse) {
  const AccountList list = test::many(20'000);
  const Bytes file = image_of(list);
  const auto state = check_database(file);
  ASSERT_TRUE(state.ok()) << state.failure().detail;
  EXPECT_EQ(state->list, list);
  DatabaseView view;
  ASSERT_TRUE(view.open(file.data(), file.size()));
  Record record;
  for (std::uint32_t i = 0; i < list.accounts.size(); ++i) {
    ASSERT_EQ(by_name(view, list.accounts[i].name.c_str(), record), Lookup::found);
    ASSERT_EQ(record.id, list.accounts[i].uid);
    ASSERT_EQ(view.by_id(list.accounts[i].uid + 1, record), Lookup::absent);
    ASSERT_EQ(by_name(view, ("other" + std::to_string(i)).c_str(), record), Lookup::absent);
  }
}

TEST(DatabaseView, MembersComeBackAsTheyWentIn) {
  const auto state = check_database(image_of(sample_list()));
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->list, sample_list());
}

}  // namespace
}  // namespace cardea::nss
