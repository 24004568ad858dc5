// SPDX-License-Identifier: Apache-2.0
// Each copy of the keyring secret opens with what it was made for, and only there.
#include "core/records/keyring.h"

#include <gtest/gtest.h>

namespace cardea::records {
namespace {

class Keyring : public ::testing::Test {
 protected:
  Keyring() {
    owner_.user.fill(0x11);
    owner_.computer.fill(0xc0);
    card_.fill(0xca);
  }
  using Open = std::function<Result<KeyringSecret>(ByteView, const KeyringOwner&)>;
  struct Case {
    KeyringRecipient recipient;
    Open open;
  };
  std::vector<Case> all() {
    std::vector<Case> cases;
    cases.push_back(
        {{KeyringHolderKind::card, card_, 0, wrap_.spki()}, [this](ByteView e, const KeyringOwner& o) {
           return open_keyring_with_card(
               e, o, card_, [this](ByteView p) { return wrap_.dh(p); }, wrap_.point());
         }});
    const auto point = keyring_key(owner_, 7, local_).value().point();
    cases.push_back(
        {{KeyringHolderKind::access_key, {}, 7, to_bytes(point)}, [this](ByteView e, const KeyringOwner& o) {
           return open_keyring_with_access_key(e, o, 7, local_);
         }});
    cases.push_back(
        {{KeyringHolderKind::recovery, {}, 0, to_bytes(recovery_.point())},
         [this](ByteView e, const KeyringOwner& o) { return open_keyring_with_recovery(e, o, recovery_); }});
    return cases;
  }
  Bytes seal(const KeyringRecipient& recipient) {
    return seal_keyring(secret_, owner_, recipient, random_).value();
  }

  SystemRandom random_;
  KeyringOwner owner_;
  CardId card_{};
  KeyringSecret secret_ = random_.secret<32>();
  access_key::LocalSecret local_ = random_.secret<47>();
  crypto::P256KeyPair wrap_ = crypto::P256KeyPair::generate(random_);
  crypto::P256KeyPair recovery_ = crypto::P256KeyPair::generate(random_);
};

TEST_F(Keyring, OpensWithEachKindAndForItsOwnerOnly) {
  for (const Case& kind : all()) {
    const Bytes envelope = seal(kind.recipient);
    EXPECT_LE(envelope.size(), kMaxKeyringEnvelope);
    const auto opened = kind.open(envelope, owner_);
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(*opened == secret_);
    KeyringOwner other = owner_;
    other.user[3] ^= 1;
    EXPECT_EQ(kind.open(envelope, other).error(), Error::decrypt_failed);
    other = owner_;
    other.computer[31] ^= 1;
    EXPECT_EQ(kind.open(envelope, other).error(), Error::decrypt_failed);
  }
}

TEST_F(Keyring, OneKindDoesNotOpenAsAnother) {
  // The same key for all, so that labels and contexts alone keep them apart.
  const auto all_kinds = all();
  for (const Case& made : all_kinds) {
    for (const Case& tried : all_kinds) {
      if (made.recipient.kind == tried.recipient.kind) continue;
      EXPECT_EQ(tried.open(seal(made.recipient), owner_).error(), Error::decrypt_failed);
    }
  }
  const Bytes as_recovery = seal({KeyringHolderKind::recovery, {}, 0, to_bytes(wrap_.point())});
  const auto dh = [this](ByteView p) { return wrap_.dh(p); };
  EXPECT_EQ(open_keyring_with_card(as_recovery, owner_, card_, dh, wrap_.point()).error(),
            Error::decrypt_failed);
}

TEST_F(Keyring, AnotherCardOrGenerationDoesNotOpen) {
  const auto dh = [this](ByteView p) { return wrap_.dh(p); };
  const Bytes envelope = seal({KeyringHolderKind::card, card_, 0, wrap_.spki()});
  CardId other = card_;
  other[0] ^= 1;
  EXPECT_EQ(open_keyring_with_card(envelope, owner_, other, dh, wrap_.point()).error(),
            Error::decrypt_failed);
  const auto point = keyring_key(owner_, 7, local_).value().point();
  const Bytes for_seven = seal({KeyringHolderKind::access_key, {}, 7, to_bytes(point)});
  EXPECT_EQ(open_keyring_with_access_key(for_seven, owner_, 8, local_).error(), Error::decrypt_failed);
  const auto another = random_.secret<47>();
  EXPECT_EQ(open_keyring_with_access_key(for_seven, owner_, 7, another).error(), Error::decrypt_failed);
}

TEST_F(Keyring, EveryChangedByteAndEveryShorterEnvelopeIsRefused) {
  for (const Case& kind : all()) {
    const Bytes envelope = seal(kind.recipient);
    for (std::size_t i = 0; i < envelope.size(); ++i) {
      Bytes changed = envelope;
      changed[i] ^= 0x80;
      EXPECT_FALSE(kind.open(changed, owner_).ok()) << i;
      EXPECT_FALSE(kind.open(ByteView(envelope).first(i), owner_).ok()) << i;
    }
    Bytes longer = envelope;
    longer.push_back(0);
    EXPECT_FALSE(kind.open(longer, owner_).ok());
  }
}

TEST_F(Keyring, IsNotSealedToWhatIsNoKey) {
  EXPECT_FALSE(
      seal_keyring(secret_, owner_, {KeyringHolderKind::recovery, {}, 0, Bytes(65, 4)}, random_).ok());
  EXPECT_FALSE(seal_keyring(secret_, owner_, {KeyringHolderKind::card, card_, 0, {}}, random_).ok());
  EXPECT_EQ(
      seal_keyring(secret_, owner_, {KeyringHolderKind::access_key, {}, 0, to_bytes(wrap_.point())}, random_)
          .error(),
      Error::invalid_argument);
}

TEST_F(Keyring, AnEnvelopeOfSomethingElseIsNoSecret) {
  const Bytes context = object_context(owner_.user, "keyring-recovery", owner_.computer, 1, 0);
  const Bytes envelope =
      crypto::hpke_seal(recovery_.point(), "cardea/v1/keyring-recovery", context, Bytes(31, 1), random_)
          .value();
  EXPECT_EQ(open_keyring_with_recovery(envelope, owner_, recovery_).error(), Error::corrupted);
}

TEST_F(Keyring, TextIsSafeInAnyCString) {
  for (int i = 0; i < 200; ++i) {
    const SecretBytes text = keyring_text(random_.secret<32>());
    ASSERT_EQ(text.size(), 43u);
    EXPECT_EQ(text.expose_text().find_first_not_of(
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string_view::npos);
  }
}

TEST_F(Keyring, KeyOfAGenerationDependsOnAllOfIt) {
  const auto point = keyring_key(owner_, 1, local_).value().point();
  EXPECT_EQ(keyring_key(owner_, 1, local_).value().point(), point);
  EXPECT_NE(keyring_key(owner_, 2, local_).value().point(), point);
  KeyringOwner other = owner_;
  other.computer[0] ^= 1;
  EXPECT_NE(keyring_key(other, 1, local_).value().point(), point);
}

}  // namespace
}  // namespace cardea::records
