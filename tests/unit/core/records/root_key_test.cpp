// SPDX-License-Identifier: Apache-2.0
// The way from the newest root key to the older ones.
#include "core/records/root_key.h"

#include <gtest/gtest.h>

namespace cardea::records {
namespace {

constexpr UserId kUser{1, 2, 3};
constexpr UserId kOther{1, 2, 4};

struct Epochs {
  std::vector<UserKey> keys;  // of epochs 1, 2, ...
  std::vector<EpochSeal> seals;
};

Epochs make_epochs(std::uint32_t count) {
  SystemRandom random;
  Epochs epochs;
  epochs.keys.push_back(UserKey::generate(random));
  while (epochs.keys.size() < count) {
    UserKey next = epochs.keys.back().next_epoch(random).value();
    epochs.seals.push_back(seal_epoch(epochs.keys.back(), next, kUser, random).value());
    epochs.keys.push_back(std::move(next));
  }
  return epochs;
}

TEST(RootKey, EpochsCountFromOneAndShareNothing) {
  const Epochs epochs = make_epochs(3);
  EXPECT_EQ(epochs.keys[0].epoch(), 1u);
  EXPECT_EQ(epochs.keys[2].epoch(), 3u);
  EXPECT_FALSE(epochs.keys[0].secret() == epochs.keys[1].secret());
}

TEST(RootKey, TheNewestOpensAllOlderOnes) {
  Epochs epochs = make_epochs(6);
  std::reverse(epochs.seals.begin(), epochs.seals.end());
  for (std::uint32_t wanted = 1; wanted <= 6; ++wanted) {
    EXPECT_EQ(open_chain(epochs.keys[5], kUser, epochs.seals, wanted).value(), epochs.keys[wanted - 1]);
  }
}

TEST(RootKey, AMissingSealIsSaid) {
  Epochs epochs = make_epochs(4);
  epochs.seals.erase(epochs.seals.begin() + 1);
  EXPECT_TRUE(open_chain(epochs.keys[3], kUser, epochs.seals, 3).ok());
  EXPECT_EQ(open_chain(epochs.keys[3], kUser, epochs.seals, 2).error(), Error::holder_missing);
  EXPECT_EQ(open_chain(epochs.keys[3], kUser, epochs.seals, 5).error(), Error::holder_missing);
  EXPECT_EQ(open_chain(epochs.keys[3], kUser, epochs.seals, 0).error(), Error::holder_missing);
}

TEST(RootKey, SealsOpenForTheirUserAndEpochOnly) {
  Epochs epochs = make_epochs(4);
  EXPECT_EQ(open_epoch(epochs.seals[2], epochs.keys[3], kOther).error(), Error::decrypt_failed);
  EXPECT_EQ(open_epoch(epochs.seals[1], epochs.keys[3], kUser).error(), Error::decrypt_failed);
  EpochSeal renamed = epochs.seals[1];
  renamed.epoch = 3;
  EXPECT_EQ(open_epoch(renamed, epochs.keys[3], kUser).error(), Error::decrypt_failed);
  const UserKey same_key_of_another_epoch(epochs.keys[3].secret().clone(), 3);
  EXPECT_EQ(open_epoch(epochs.seals[2], same_key_of_another_epoch, kUser).error(), Error::decrypt_failed);
}

TEST(RootKey, EveryFlippedByteIsRefused) {
  const Epochs epochs = make_epochs(2);
  for (std::size_t i = 0; i < epochs.seals[0].envelope.size(); ++i) {
    EpochSeal seal = epochs.seals[0];
    seal.envelope[i] ^= 0x40;
    EXPECT_FALSE(open_epoch(seal, epochs.keys[1], kUser).ok()) << i;
  }
}

TEST(RootKey, OnlyNeighbouringEpochsAreSealed) {
  SystemRandom random;
  const Epochs epochs = make_epochs(3);
  EXPECT_EQ(seal_epoch(epochs.keys[0], epochs.keys[2], kUser, random).error(), Error::invalid_argument);
  EXPECT_EQ(seal_epoch(epochs.keys[1], epochs.keys[0], kUser, random).error(), Error::invalid_argument);
}

TEST(RootKey, AnEndlessChainIsNotWalked) {
  const UserKey newest(SecretKey32(), kMaxEpochSteps + 2);
  EXPECT_EQ(open_chain(newest, kUser, {}, 1).error(), Error::limit_exceeded);
  SystemRandom random;
  EXPECT_EQ(UserKey(SecretKey32(), 0xffffffff).next_epoch(random).error(), Error::limit_exceeded);
}

TEST(RootKey, OnlyThirtyTwoBytesAreAKey) {
  EXPECT_EQ(UserKey::from_opened(SecretBytes(31), 1).error(), Error::corrupted);
  EXPECT_EQ(UserKey::from_opened(SecretBytes(33), 1).error(), Error::corrupted);
  EXPECT_EQ(UserKey::from_opened(SecretBytes(32), 0).error(), Error::corrupted);
}

}  // namespace
}  // namespace cardea::records
