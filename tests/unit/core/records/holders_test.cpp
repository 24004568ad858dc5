// SPDX-License-Identifier: Apache-2.0
// Each holder opens with what it was made for, and only there.
#include "core/records/holders.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "core/base/unique_handle.h"

namespace cardea::records {
namespace {

struct RsaCard {
  Bytes spki;
  SecretBytes pkcs8;
};

RsaCard make_rsa_card() {
  const UniqueHandle<EVP_PKEY, EVP_PKEY_free> key(EVP_RSA_gen(2048));
  unsigned char* der = nullptr;
  RsaCard card;
  int size = i2d_PUBKEY(key.get(), &der);
  card.spki.assign(der, der + size);
  OPENSSL_free(der);
  const UniqueHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(EVP_PKEY2PKCS8(key.get()));
  der = nullptr;
  size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  card.pkcs8 = SecretBytes(ByteView(der, static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  return card;
}

class Holders : public ::testing::Test {
 protected:
  Holders()
      : key_(UserKey::generate(random_).next_epoch(random_).value()),
        card_key_(crypto::P256KeyPair::generate(random_)),
        export_b_(random_.secret<64>()),
        share_(random_.secret<32>()),
        sheet_(make_sheet_code(random_)),
        local_(random_.secret<47>()) {
    card_.fill(0xca);
    computer_.fill(0xc0);
  }
  [[nodiscard]] crypto::DhFunction dh() const {
    return [this](ByteView point) { return card_key_.dh(point); };
  }
  // One of each kind, with the way to open it.
  struct Case {
    Holder holder;
    std::function<Result<UserKey>(const Holder&, const UserId&)> open;
  };
  std::vector<Case> all() {
    std::vector<Case> cases;
    const auto with_card = [this](const Holder& h, const UserId& u) {
      return open_with_card(h, u, dh(), card_key_.point());
    };
    cases.push_back({seal_for_card(key_, user_, card_, card_key_.spki(), random_).value(), with_card});
    cases.push_back({seal_for_officer(key_, user_, card_, card_key_.spki(), random_).value(), with_card});
    cases.push_back(
        {seal_for_recovery(key_, user_, computer_, export_b_, share_, random_).value(),
         [this](const Holder& h, const UserId& u) { return open_with_recovery(h, u, export_b_, share_); }});
    cases.push_back({seal_for_sheet(key_, user_, sheet_, random_).value(),
                     [this](const Holder& h, const UserId& u) { return open_with_sheet(h, u, sheet_); }});
    cases.push_back(
        {seal_for_computer(key_, user_, computer_, 9, local_, random_).value(),
         [this](const Holder& h, const UserId& u) { return open_with_computer(h, u, 9, local_); }});
    return cases;
  }
  SystemRandom random_;
  UserId user_{4, 2};
  UserKey key_;
  crypto::P256KeyPair card_key_;
  ExportKey export_b_;
  access_key::DeviceShare share_;
  SheetCode sheet_;
  access_key::LocalSecret local_;
  CardId card_{};
  ComputerId computer_{};
};

TEST_F(Holders, EachKindOpens) {
  const auto cases = all();
  EXPECT_EQ(cases.size(), 5u);
  for (const Case& c : cases) {
    EXPECT_TRUE(check_holder(c.holder).ok());
    EXPECT_EQ(c.holder.epoch, 2u);
    EXPECT_EQ(c.open(c.holder, user_).value(), key_) << holder_kind_name(c.holder.kind);
  }
}

TEST_F(Holders, AnotherUserEpochRefOrKindDoesNotOpen) {
  UserId other_user = user_;
  other_user[0] ^= 1;
  for (const Case& c : all()) {
    const std::string name = holder_kind_name(c.holder.kind);
    EXPECT_EQ(c.open(c.holder, other_user).error(), Error::decrypt_failed) << name;
    Holder moved = c.holder;
    moved.epoch = 3;
    EXPECT_EQ(c.open(moved, user_).error(), Error::decrypt_failed) << name;
    moved = c.holder;
    if (moved.kind != HolderKind::sheet) {
      moved.ref[0] = moved.ref[0] == '0' ? '1' : '0';
      EXPECT_EQ(c.open(moved, user_).error(), Error::decrypt_failed) << name;
    }
    for (const Case& other : all()) {
      if (other.holder.kind == c.holder.kind) continue;
      moved = c.holder;
      moved.kind = other.holder.kind;
      EXPECT_FALSE(c.open(moved, user_).ok()) << name;
      EXPECT_FALSE(other.open(moved, user_).ok()) << name;
    }
  }
}

TEST_F(Holders, EveryFlippedByteIsRefused) {
  for (const Case& c : all()) {
    for (std::size_t i = 0; i < c.holder.envelope.size(); ++i) {
      Holder changed = c.holder;
      changed.envelope[i] ^= 0x10;
      EXPECT_FALSE(c.open(changed, user_).ok()) << holder_kind_name(c.holder.kind) << " " << i;
    }
  }
}

TEST_F(Holders, OtherSecretsDoNotOpen) {
  const auto cases = all();
  const auto other_card = crypto::P256KeyPair::generate(random_);
  const crypto::DhFunction other_dh = [&](ByteView point) { return other_card.dh(point); };
  EXPECT_EQ(open_with_card(cases[0].holder, user_, other_dh, other_card.point()).error(),
            Error::decrypt_failed);
  EXPECT_EQ(open_with_recovery(cases[2].holder, user_, export_b_, random_.secret<32>()).error(),
            Error::decrypt_failed);
  EXPECT_EQ(open_with_recovery(cases[2].holder, user_, random_.secret<64>(), share_).error(),
            Error::decrypt_failed);
  EXPECT_EQ(open_with_sheet(cases[3].holder, user_, make_sheet_code(random_)).error(), Error::decrypt_failed);
  EXPECT_EQ(open_with_computer(cases[4].holder, user_, 8, local_).error(), Error::decrypt_failed);
  EXPECT_EQ(open_with_computer(cases[4].holder, user_, 9, random_.secret<47>()).error(),
            Error::decrypt_failed);
}

TEST_F(Holders, RsaCards) {
  const RsaCard card = make_rsa_card();
  const Holder holder = seal_for_card(key_, user_, card_, card.spki, random_).value();
  EXPECT_TRUE(check_holder(holder).ok());
  const crypto::RsaDecryptFunction decrypt = [&](ByteView ciphertext) {
    return crypto::rsa_oaep_decrypt(card.pkcs8.expose(), crypto::OaepHash::sha1, {}, ciphertext);
  };
  EXPECT_EQ(open_with_card(holder, user_, decrypt).value(), key_);
  Holder moved = holder;
  moved.epoch = 1;
  EXPECT_EQ(open_with_card(moved, user_, decrypt).error(), Error::decrypt_failed);
  EXPECT_EQ(open_with_card(seal_for_sheet(key_, user_, sheet_, random_).value(), user_, decrypt).error(),
            Error::decrypt_failed);
}

TEST_F(Holders, TheCardsOwnErrorsComeThrough) {
  const Holder holder = seal_for_card(key_, user_, card_, card_key_.spki(), random_).value();
  const crypto::DhFunction pulled = [](ByteView) -> Result<SecretBytes> { return Error::card_removed; };
  EXPECT_EQ(open_with_card(holder, user_, pulled, card_key_.point()).error(), Error::card_removed);
}

TEST_F(Holders, OnlyWrapKeysAreSealedTo) {
  const Bytes ed25519 = crypto::Ed25519KeyPair::generate(random_).spki();
  EXPECT_EQ(seal_for_card(key_, user_, card_, ed25519, random_).error(), Error::key_invalid);
  EXPECT_EQ(seal_for_card(key_, user_, card_, Bytes{1, 2, 3}, random_).error(), Error::key_invalid);
}

TEST_F(Holders, HoldersFromOutsideAreChecked) {
  const Holder good = seal_for_sheet(key_, user_, sheet_, random_).value();
  const auto refused = [](Holder holder) { return check_holder(holder).error() == Error::corrupted; };
  EXPECT_TRUE(refused({HolderKind::sheet, "Sheet", 1, good.envelope}));
  EXPECT_TRUE(refused({HolderKind::sheet, "sheet", 0, good.envelope}));
  EXPECT_TRUE(refused({HolderKind::sheet, "sheet", 1, {}}));
  EXPECT_TRUE(refused({HolderKind::sheet, "sheet", 1, Bytes(kMaxHolderEnvelope + 1)}));
  EXPECT_TRUE(refused({HolderKind::card, "sheet", 1, good.envelope}));
  EXPECT_TRUE(refused({HolderKind::card, std::string(64, 'A'), 1, good.envelope}));
  EXPECT_TRUE(refused({HolderKind::card, std::string(62, 'a'), 1, good.envelope}));
  EXPECT_TRUE(refused({static_cast<HolderKind>(6), std::string(64, 'a'), 1, good.envelope}));
}

TEST_F(Holders, KindNamesBothWays) {
  for (const auto kind : {HolderKind::card, HolderKind::recovery, HolderKind::sheet, HolderKind::computer,
                          HolderKind::officer}) {
    EXPECT_EQ(parse_holder_kind(holder_kind_name(kind)).value(), kind);
  }
  EXPECT_EQ(parse_holder_kind("Card").error(), Error::unknown_format);
}

}  // namespace
}  // namespace cardea::records
