// SPDX-License-Identifier: Apache-2.0
// A checkpoint key is followed from the one that is known along signatures, and in no other way.
#include "core/api/checkpoint_key.h"

#include <gtest/gtest.h>

#include "core/crypto/signature.h"

namespace cardea::api {
namespace {

using crypto::Ed25519KeyPair;

class CheckpointKey : public testing::Test {
 protected:
  CheckpointKey() {
    for (int i = 0; i < 4; ++i)
      keys.push_back(Ed25519KeyPair::generate(random));
    for (std::uint32_t number = 2; number <= 4; ++number)
      handovers.push_back(handover(number, keys[number - 1].spki(), keys[number - 2]));
  }
  static KeyHandover handover(std::uint32_t number, const Bytes& key, const Ed25519KeyPair& by) {
    return {number, key, to_bytes(by.sign(checkpoint_key_proof(number, key)))};
  }
  [[nodiscard]] bool leads(std::size_t from, std::size_t to) const {
    return follow_checkpoint_key(keys[from].spki(), keys[to].spki(), handovers).ok();
  }
  SystemRandom random;
  std::vector<Ed25519KeyPair> keys;
  std::vector<KeyHandover> handovers;
};

TEST_F(CheckpointKey, EveryFormerKeyLeadsToTheLast) {
  for (std::size_t from = 0; from < keys.size(); ++from)
    EXPECT_TRUE(leads(from, 3)) << from;
  EXPECT_TRUE(follow_checkpoint_key(keys[0].spki(), keys[0].spki(), {}).ok());
}

TEST_F(CheckpointKey, AnOlderKeyIsNotBelievedAnyMore) {
  for (std::size_t to = 0; to < 3; ++to)
    EXPECT_FALSE(leads(3, to)) << to;
  handovers.clear();
  EXPECT_FALSE(leads(1, 0));
  // Not even when the old key, which somebody else has now, signs itself.
  handovers = {handover(2, keys[1].spki(), keys[0]), handover(3, keys[0].spki(), keys[0])};
  EXPECT_FALSE(leads(1, 0));
}

TEST_F(CheckpointKey, AForgedHandoverIsRefused) {
  const Ed25519KeyPair thief = Ed25519KeyPair::generate(random);
  const auto refused = [&](std::vector<KeyHandover> shown) {
    return follow_checkpoint_key(keys[0].spki(), thief.spki(), shown).error() == Error::signature_invalid;
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({handover(2, thief.spki(), thief)}));
  EXPECT_TRUE(refused({{2, thief.spki(), handovers[0].signature}}));
  EXPECT_TRUE(refused({handovers[0], handover(3, thief.spki(), keys[0])}));
  // The signature of another number, or of another purpose.
  EXPECT_TRUE(refused({{2, thief.spki(), handover(3, thief.spki(), keys[0]).signature}}));
  EXPECT_TRUE(refused({{2, thief.spki(), to_bytes(keys[0].sign(thief.spki()))}}));
  KeyHandover cut = handover(2, thief.spki(), keys[0]);
  cut.signature.pop_back();
  EXPECT_TRUE(refused({cut}));
}

TEST_F(CheckpointKey, AHandoverThatIsMissingIsNoticed) {
  auto all = handovers;
  handovers = {all[1], all[2]};
  EXPECT_FALSE(leads(0, 3));
  handovers = {all[0], all[2]};
  EXPECT_FALSE(leads(0, 3));
  handovers = {all[0], all[1]};
  EXPECT_FALSE(leads(0, 3));
  handovers = {all[1], all[0], all[2]};
  EXPECT_FALSE(leads(0, 3));
}

TEST_F(CheckpointKey, ThereIsALimit) {
  handovers.resize(kMaxKeyHandovers + 1);
  EXPECT_FALSE(leads(0, 3));
}

}  // namespace
}  // namespace cardea::api
