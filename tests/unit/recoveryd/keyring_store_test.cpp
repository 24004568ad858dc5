// SPDX-License-Identifier: Apache-2.0
// The file of sealed copies: docs/spec/keyring.md, “File”.
#include "recoveryd/state/keyring_store.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "core/base/secure_file.h"
#include "recoveryd/state/state_file.h"
#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

using records::KeyringHolderKind;

KeyringFile example() {
  KeyringFile file;
  file.user.fill(7);
  records::CardId card{};
  card.fill(9);
  file.holders.push_back({{KeyringHolderKind::card, card, 0, Bytes(91, 1)}, Bytes(115, 2)});
  file.holders.push_back({{KeyringHolderKind::access_key, {}, 3, Bytes(65, 4)}, {}});
  file.holders.push_back({{KeyringHolderKind::recovery, {}, 0, Bytes(65, 4)}, Bytes(115, 5)});
  return file;
}

TEST(KeyringFileFormat, ComesBackAsItWas) {
  const auto decoded = decode_keyring_file(encode(example()).expose());
  ASSERT_TRUE(decoded.ok());
  EXPECT_TRUE(decoded->has_secret());
  EXPECT_TRUE(encode(*decoded) == encode(example()));
  EXPECT_EQ(decoded->holders[1].recipient.generation, 3u);
  EXPECT_TRUE(decoded->holders[1].envelope.empty());
}

TEST(KeyringFileFormat, EveryShorterAndLongerBodyIsRefused) {
  const SecretBytes body = encode(example());
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_FALSE(decode_keyring_file(body.expose().first(size)).ok()) << size;
  Bytes longer = to_bytes(body.expose());
  longer.push_back(0);
  EXPECT_EQ(decode_keyring_file(longer).error(), Error::corrupted);
}

TEST(KeyringFileFormat, AHolderThatItsKindDoesNotHaveIsRefused) {
  const auto refused = [](auto change) {
    KeyringFile file = example();
    change(file);
    const auto decoded = decode_keyring_file(encode(file).expose());
    return !decoded.ok() && decoded.error() == Error::corrupted;
  };
  EXPECT_TRUE(refused([](KeyringFile& f) { f.holders[0].recipient.generation = 1; }));
  EXPECT_TRUE(refused([](KeyringFile& f) { f.holders[0].recipient.card = {}; }));
  EXPECT_TRUE(refused([](KeyringFile& f) { f.holders[1].recipient.generation = 0; }));
  EXPECT_TRUE(refused([](KeyringFile& f) { f.holders[1].recipient.card.fill(1); }));
  EXPECT_TRUE(refused([](KeyringFile& f) { f.holders[2].recipient.generation = 1; }));
  EXPECT_TRUE(refused([](KeyringFile& f) { f.holders[0].recipient.public_key.clear(); }));
  EXPECT_TRUE(refused([](KeyringFile& f) { f.holders[0].recipient.public_key.resize(601); }));
  EXPECT_TRUE(refused([](KeyringFile& f) { f.holders[0].envelope.resize(1025); }));
  for (const int kind : {0, 4, 255})
    EXPECT_TRUE(
        refused([&](KeyringFile& f) { f.holders[0].recipient.kind = static_cast<KeyringHolderKind>(kind); }));
}

TEST(KeyringFileFormat, MoreHoldersThanThereMayBeAndANewerVersionAreRefused) {
  KeyringFile file = example();
  file.holders.resize(kMaxKeyringHolders + 1, file.holders[0]);
  EXPECT_EQ(decode_keyring_file(encode(file).expose()).error(), Error::corrupted);
  Bytes newer = to_bytes(encode(example()).expose());
  newer[0] = 2;
  EXPECT_EQ(decode_keyring_file(newer).error(), Error::unknown_format);
}

class KeyringStoreTest : public ::testing::Test {
 protected:
  KeyringStoreTest()
      : directory_(StateDirectory::open(temp_.path() + "/state").value()), store_(directory_) {}
  Status add_all() {
    return store_.update("alice", example().user, [](KeyringFile& file) -> Status {
      file.holders = example().holders;
      return {};
    });
  }
  [[nodiscard]] std::string path() const { return directory_.user_file("alice", "keyring"); }

  test::TempDir temp_;
  StateDirectory directory_;
  KeyringStore store_;
};

TEST_F(KeyringStoreTest, IsEmptyAtFirstAndKeepsWhatWasAdded) {
  EXPECT_FALSE(store_.load("alice", example().user)->has_secret());
  ASSERT_TRUE(add_all().ok());
  EXPECT_TRUE(store_.load("alice", example().user)->has_secret());
  EXPECT_TRUE(read_secret_file(path()).ok()) << "nobody else can read it";
}

TEST_F(KeyringStoreTest, OfAnotherUserOfThisNameItIsEmpty) {
  ASSERT_TRUE(add_all().ok());
  records::UserId other{};
  EXPECT_TRUE(store_.load("alice", other)->holders.empty());
}

TEST_F(KeyringStoreTest, ADamagedFileIsNeverAnEmptyOne) {
  ASSERT_TRUE(add_all().ok());
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(40);
  file.put('\x7f');
  file.close();
  EXPECT_EQ(store_.load("alice", example().user).error(), Error::corrupted);
  EXPECT_EQ(add_all().error(), Error::corrupted);
}

TEST_F(KeyringStoreTest, ARefusedOrEmptyChangeWritesNothing) {
  EXPECT_EQ(store_
                .update("alice", example().user,
                        [](KeyringFile& file) -> Status {
                          file.holders = example().holders;
                          return Error::already_exists;
                        })
                .error(),
            Error::already_exists);
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_TRUE(store_.update("alice", example().user, [](KeyringFile&) -> Status { return {}; }).ok());
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(KeyringStoreTest, TooManyHoldersAreRefusedAndTheOldOnesStay) {
  ASSERT_TRUE(add_all().ok());
  EXPECT_EQ(store_
                .update("alice", example().user,
                        [](KeyringFile& file) -> Status {
                          file.holders.resize(kMaxKeyringHolders + 1, file.holders[0]);
                          return {};
                        })
                .error(),
            Error::limit_exceeded);
  EXPECT_EQ(store_.load("alice", example().user)->holders.size(), 3u);
}

TEST_F(KeyringStoreTest, ANameThatIsNoAccountNameReachesNoFile) {
  EXPECT_FALSE(store_.load("../alice", example().user).ok());
}

}  // namespace
}  // namespace cardea::recoveryd
