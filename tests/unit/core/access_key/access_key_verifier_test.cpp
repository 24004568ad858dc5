// SPDX-License-Identifier: Apache-2.0
// Which keys open, once, and which never do.
#include "core/access_key/access_key_verifier.h"

#include <gtest/gtest.h>

namespace cardea::access_key {
namespace {

class Verifier : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kGeneration = 7;
  Verifier() {
    who_.computer.fill(0x11);
    who_.user.fill(0x22);
    seed_.expose_mutable()[0] = 1;
  }
  [[nodiscard]] ChainContext context(std::uint32_t generation = kGeneration) const {
    return {who_.computer, who_.user, generation};
  }
  [[nodiscard]] AccessKey key(std::uint32_t index, std::uint32_t generation = kGeneration) const {
    return chain_key(seed_, context(generation), index).value();
  }
  [[nodiscard]] AccessKeyVerifier fresh(std::uint32_t generation = kGeneration) const {
    return make_generation(seed_, context(generation)).verifier;
  }
  // As after the use of key number `index`.
  [[nodiscard]] AccessKeyVerifier used(std::uint16_t index) const {
    AccessKeyVerifier verifier = fresh();
    verifier.last_used = index;
    verifier.check_last = check_value(key(index), context());
    return verifier;
  }
  ComputerAndUser who_;
  ChainSeed seed_;
};

TEST_F(Verifier, EveryKeyOpensInOrder) {
  AccessKeyVerifier verifier = fresh();
  const AccessKey root = key(0);
  for (std::uint16_t i = 1; i <= kChainLength; ++i) {
    const AccessKey current = key(i);
    auto match = verify(verifier, who_, current);
    ASSERT_TRUE(match.ok()) << i;
    ASSERT_EQ(match->index, i);
    ASSERT_EQ(match->root, root);
    ASSERT_EQ(match->verifier.last_used, i);
    ASSERT_EQ(match->verifier.generation, kGeneration);
    ASSERT_EQ(match->verifier.check_root, verifier.check_root);
    verifier = match->verifier;
  }
  EXPECT_EQ(verify(verifier, who_, key(kChainLength)).error(), Error::access_key_exhausted);
}

TEST_F(Verifier, UsedKeysAreDead) {
  const AccessKeyVerifier verifier = verify(fresh(), who_, key(40)).value().verifier;
  for (std::uint16_t i = 0; i <= 40; ++i) {
    EXPECT_EQ(verify(verifier, who_, key(i)).error(), Error::access_key_wrong) << i;
  }
  EXPECT_TRUE(verify(verifier, who_, key(41)).ok());
}

TEST_F(Verifier, TheRootItselfIsNoKey) {
  EXPECT_EQ(verify(fresh(), who_, key(0)).error(), Error::access_key_wrong);
}

TEST_F(Verifier, WindowEndsAfterSixtyFour) {
  EXPECT_EQ(verify(fresh(), who_, key(kWindow)).value().index, kWindow);
  EXPECT_EQ(verify(fresh(), who_, key(kWindow + 1)).error(), Error::access_key_wrong);
  const AccessKeyVerifier verifier = used(500);
  EXPECT_EQ(verify(verifier, who_, key(564)).value().index, 564);
  EXPECT_EQ(verify(verifier, who_, key(565)).error(), Error::access_key_wrong);
}

TEST_F(Verifier, WindowStopsAtTheChainsEnd) {
  EXPECT_EQ(verify(used(990), who_, key(1000)).value().index, 1000);
  EXPECT_EQ(verify(used(999), who_, key(1000)).value().index, 1000);
}

TEST_F(Verifier, KeyOfAnotherComputerUserOrGenerationDoesNotOpen) {
  const AccessKeyVerifier verifier = fresh();
  EXPECT_EQ(verify(verifier, who_, key(1, kGeneration + 1)).error(), Error::access_key_wrong);
  ChainContext other = context();
  other.computer[31] ^= 1;
  EXPECT_EQ(verify(verifier, who_, chain_key(seed_, other, 1).value()).error(), Error::access_key_wrong);
  other = context();
  other.user[0] ^= 1;
  EXPECT_EQ(verify(verifier, who_, chain_key(seed_, other, 1).value()).error(), Error::access_key_wrong);
}

TEST_F(Verifier, VerifierOfAnotherComputerOrUserIsNotOpenedByItsOwnKey) {
  ComputerAndUser other = who_;
  other.computer[0] ^= 0x80;
  EXPECT_EQ(verify(fresh(), other, key(1)).error(), Error::access_key_wrong);
  other = who_;
  other.user[15] ^= 1;
  EXPECT_EQ(verify(fresh(), other, key(1)).error(), Error::access_key_wrong);
}

TEST_F(Verifier, EveryFlippedBitOfAKeyIsWrong) {
  for (std::size_t bit = 0; bit < kAccessKeySize * 8; ++bit) {
    AccessKey wrong = key(3);
    wrong.expose_mutable()[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    ASSERT_EQ(verify(fresh(), who_, wrong).error(), Error::access_key_wrong) << bit;
  }
}

TEST_F(Verifier, DamagedStateIsNotOpened) {
  AccessKeyVerifier verifier = used(5);
  verifier.check_root[0] ^= 1;
  EXPECT_EQ(verify(verifier, who_, key(6)).error(), Error::corrupted);
  verifier = fresh();
  verifier.last_used = kChainLength + 1;
  EXPECT_EQ(verify(verifier, who_, key(1)).error(), Error::corrupted);
  EXPECT_EQ(verify(AccessKeyVerifier{}, who_, key(1)).error(), Error::corrupted);
}

TEST_F(Verifier, BothGenerationsOpenBetweenPrepareAndCommit) {
  const AccessKeyVerifier old_one = used(3);
  const AccessKeyVerifier new_one = fresh(kGeneration + 1);
  auto match = verify_either(old_one, new_one, who_, key(4));
  ASSERT_TRUE(match.ok());
  EXPECT_EQ(match->verifier.generation, kGeneration);
  match = verify_either(old_one, new_one, who_, key(1, kGeneration + 1));
  ASSERT_TRUE(match.ok());
  EXPECT_EQ(match->verifier.generation, kGeneration + 1);
  EXPECT_EQ(verify_either(old_one, new_one, who_, key(3)).error(), Error::access_key_wrong);
}

TEST_F(Verifier, EitherOneMayBeMissing) {
  EXPECT_TRUE(verify_either(fresh(), std::nullopt, who_, key(1)).ok());
  EXPECT_TRUE(verify_either(std::nullopt, fresh(), who_, key(1)).ok());
  EXPECT_EQ(verify_either(std::nullopt, std::nullopt, who_, key(1)).error(), Error::access_key_wrong);
}

TEST_F(Verifier, AnExhaustedGenerationDoesNotHideThePendingOne) {
  const AccessKeyVerifier exhausted = used(kChainLength);
  EXPECT_TRUE(verify_either(exhausted, fresh(kGeneration + 1), who_, key(1, kGeneration + 1)).ok());
  EXPECT_EQ(verify_either(exhausted, fresh(kGeneration + 1), who_, key(1000)).error(),
            Error::access_key_exhausted);
}

TEST_F(Verifier, ANewGenerationHasWhatTheServerNeeds) {
  const NewGeneration made = make_generation(seed_, context());
  EXPECT_EQ(made.root, key(0));
  EXPECT_EQ(made.verifier.check_root, check_value(key(0), context()));
  EXPECT_EQ(made.verifier.check_last, made.verifier.check_root);
  EXPECT_EQ(made.verifier.last_used, 0);
  const Bytes message{1, 2, 3};
  const auto login = crypto::PublicKey::from_spki(made.login_public).value();
  EXPECT_TRUE(login.verify(message, login_key_pair(made.root).sign(message)).ok());
}

}  // namespace
}  // namespace cardea::access_key
