// SPDX-License-Identifier: Apache-2.0
#include "core/records/recovery_key.h"

#include <gtest/gtest.h>

namespace cardea::records {
namespace {

class RecoveryKey : public ::testing::Test {
 protected:
  RecoveryKey() : key_(crypto::P256KeyPair::generate(random_)), export_key_(random_.secret<64>()) {
    whose_.computer.fill(0xc0);
    whose_.user = user_;
    whose_.generation = 3;
  }
  SystemRandom random_;
  UserId user_{9, 8, 7};
  crypto::P256KeyPair key_;
  ExportKey export_key_;
  access_key::ChainContext whose_;
};

TEST_F(RecoveryKey, OpensWithTheSameExportKey) {
  const Bytes seal = seal_recovery_key(key_, user_, export_key_, random_).value();
  const auto opened = open_recovery_key(seal, user_, export_key_, key_.point());
  EXPECT_EQ(opened->scalar(), key_.scalar());
}

TEST_F(RecoveryKey, AnotherUserExportKeyOrPublicKeyIsRefused) {
  const Bytes seal = seal_recovery_key(key_, user_, export_key_, random_).value();
  EXPECT_EQ(open_recovery_key(seal, {}, export_key_, key_.point()).error(), Error::decrypt_failed);
  EXPECT_EQ(open_recovery_key(seal, user_, random_.secret<64>(), key_.point()).error(),
            Error::decrypt_failed);
  const auto other = crypto::P256KeyPair::generate(random_);
  EXPECT_EQ(open_recovery_key(seal, user_, export_key_, other.point()).error(), Error::decrypt_failed);
  EXPECT_EQ(open_recovery_key(seal, user_, export_key_, {}).error(), Error::decrypt_failed);
}

TEST_F(RecoveryKey, EveryFlippedByteIsRefused) {
  const Bytes seal = seal_recovery_key(key_, user_, export_key_, random_).value();
  for (std::size_t i = 0; i < seal.size(); ++i) {
    Bytes changed = seal;
    changed[i] ^= 0x02;
    EXPECT_FALSE(open_recovery_key(changed, user_, export_key_, key_.point()).ok()) << i;
  }
}

TEST_F(RecoveryKey, QuestionIsPrintableText) {
  const std::string question = "Wie hieß der Hund von Tante Zoë?";
  const Bytes seal = seal_question(question, user_, export_key_, random_).value();
  EXPECT_EQ(open_question(seal, user_, export_key_).value().expose_text(), question);
  EXPECT_EQ(open_question(seal, {}, export_key_).error(), Error::decrypt_failed);
  for (const std::string& bad :
       {std::string(), std::string("two\nlines"), std::string("\xff"), std::string(kMaxQuestion + 1, 'x')}) {
    EXPECT_EQ(seal_question(bad, user_, export_key_, random_).error(), Error::invalid_argument);
  }
}

TEST_F(RecoveryKey, AQuestionWithTerminalCodesIsNotShown) {
  const Bytes seal = crypto::seal(export_key_.expose(), "cardea/v1/question",
                                  object_context(user_, "question", {}, 1, 0), as_bytes("\x1b[2J?"), random_)
                         .value();
  EXPECT_EQ(open_question(seal, user_, export_key_).error(), Error::corrupted);
}

TEST_F(RecoveryKey, AQuestionIsNoRecoveryKey) {
  const Bytes question = seal_question(std::string(32, 'x'), user_, export_key_, random_).value();
  EXPECT_EQ(open_recovery_key(question, user_, export_key_, key_.point()).error(), Error::decrypt_failed);
}

TEST_F(RecoveryKey, ChainSeedsOpenForTheirGeneration) {
  const access_key::ChainSeed seed = random_.secret<32>();
  const Bytes seal = seal_chain_seed(seed, whose_, key_.point(), random_).value();
  EXPECT_EQ(open_chain_seed(seal, whose_, key_).value(), seed);
  auto other = whose_;
  other.generation = 4;
  EXPECT_EQ(open_chain_seed(seal, other, key_).error(), Error::decrypt_failed);
  other = whose_;
  other.computer[0] ^= 1;
  EXPECT_EQ(open_chain_seed(seal, other, key_).error(), Error::decrypt_failed);
  other = whose_;
  other.user[0] ^= 1;
  EXPECT_EQ(open_chain_seed(seal, other, key_).error(), Error::decrypt_failed);
  EXPECT_EQ(open_chain_seed(seal, whose_, crypto::P256KeyPair::generate(random_)).error(),
            Error::decrypt_failed);
}

// The card does the Diffie-Hellman; here it is a key in software.
TEST_F(RecoveryKey, AnOfficersSealIsForHisCardOnlyAndForOneGeneration) {
  const access_key::ChainSeed seed = random_.secret<32>();
  const CardId officer{1, 2, 3};
  const Bytes seal = seal_chain_seed_for_officer(seed, whose_, officer, key_.spki(), random_).value();
  const auto opens = [&](const access_key::ChainContext& whose, const CardId& id,
                         const crypto::P256KeyPair& key) {
    return open_chain_seed_as_officer(
        seal, whose, id, [&](ByteView peer) { return key.dh(peer); }, key.point());
  };
  EXPECT_EQ(opens(whose_, officer, key_).value(), seed);
  EXPECT_EQ(opens(whose_, CardId{1, 2, 4}, key_).error(), Error::decrypt_failed);
  EXPECT_EQ(opens(whose_, officer, crypto::P256KeyPair::generate(random_)).error(), Error::decrypt_failed);
  auto other = whose_;
  other.generation = 4;
  EXPECT_EQ(opens(other, officer, key_).error(), Error::decrypt_failed);
  other = whose_;
  other.computer[0] ^= 1;
  EXPECT_EQ(opens(other, officer, key_).error(), Error::decrypt_failed);
  // Neither is in the place of the other.
  EXPECT_EQ(open_chain_seed(seal, whose_, key_).error(), Error::decrypt_failed);
  const auto signing = crypto::Ed25519KeyPair::generate(random_);
  EXPECT_EQ(seal_chain_seed_for_officer(seed, whose_, officer, signing.spki(), random_).error(),
            Error::key_invalid);
}

TEST_F(RecoveryKey, ASealOfAnotherSizeIsNoSeed) {
  const Bytes seal =
      crypto::hpke_seal(key_.point(), "cardea/v1/access-key-seal",
                        object_context(whose_.user, "access-key", whose_.computer, 3, 0), Bytes(31), random_)
          .value();
  EXPECT_EQ(open_chain_seed(seal, whose_, key_).error(), Error::corrupted);
}

}  // namespace
}  // namespace cardea::records
