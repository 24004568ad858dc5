// SPDX-License-Identifier: Apache-2.0
// A pairing's code fits the browser that made it and no other keys, whoever exchanges them; its answer opens
// in that browser only.
#include "core/records/pairing.h"

#include <gtest/gtest.h>

#include "tests/support/pairing_browser.h"

namespace cardea::records {
namespace {

constexpr std::string_view kAuthority = "cardea.example";

class Pairing : public ::testing::Test {
 protected:
  Pairing() : browser_(std::string(kAuthority), random_), key_(UserKey::generate(random_)) {}
  [[nodiscard]] PairingCode code() const {
    return parse_pairing_code(as_bytes(browser_.typed_code())).value();
  }
  [[nodiscard]] PairedBrowser paired() const {
    return check_pairing(code(), browser_.offer(), kAuthority).value();
  }
  [[nodiscard]] Error refusal_of(const PairingOffer& offer, std::string_view authority = kAuthority) const {
    const auto checked = check_pairing(code(), offer, authority);
    return checked.ok() ? Error::internal : checked.error();
  }
  SystemRandom random_;
  test::PairingBrowser browser_;
  UserKey key_;
  UserId user_{9};
};

TEST_F(Pairing, CodeBelongsToTheBrowserThatMadeIt) {
  EXPECT_EQ(to_hex(pairing_id(code())), browser_.id());
  EXPECT_EQ(paired().session_spki, browser_.session_key().spki());
}

TEST_F(Pairing, MistypedCodeNamesItsGroup) {
  std::string typed = browser_.typed_code();
  typed[13] = typed[13] == '2' ? '3' : '2';
  const auto parsed = parse_pairing_code(as_bytes(typed));
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(access_key::mistyped_group(parsed.failure()), 3);
}

// A server, or somebody before it, that puts itself between the two.
TEST_F(Pairing, ExchangedKeysAreRefused) {
  const test::PairingBrowser other(std::string(kAuthority), random_);
  PairingOffer mixed = browser_.offer();
  mixed.session_spki = other.offer().session_spki;
  EXPECT_EQ(refusal_of(mixed), Error::decrypt_failed);
  mixed = browser_.offer();
  mixed.seal_key = other.offer().seal_key;
  EXPECT_EQ(refusal_of(mixed), Error::decrypt_failed);
  EXPECT_EQ(refusal_of(other.offer()), Error::decrypt_failed);
}

// Who has seen the code can make a cover that it opens; the keys still are not those it was made of.
TEST_F(Pairing, ExchangedKeysAreRefusedThoughTheCodeWasSeen) {
  const test::PairingBrowser other(std::string(kAuthority), random_);
  PairingOffer made = other.offer();
  const Bytes keys = ByteBuilder().lp(kAuthority).lp(made.session_spki).lp(made.seal_key).take();
  made.cover =
      crypto::seal(code().expose(), "cardea/v1/pairing-cover", keys, random_.array<32>(), random_).value();
  EXPECT_EQ(refusal_of(made), Error::decrypt_failed);
}

TEST_F(Pairing, PageOfAnotherSiteIsRefused) {
  EXPECT_EQ(refusal_of(browser_.offer(), "cardea.example.evil"), Error::decrypt_failed);
  EXPECT_EQ(refusal_of(browser_.offer(), ""), Error::decrypt_failed);
  EXPECT_EQ(refusal_of(browser_.offer(), std::string(301, 'a')), Error::invalid_argument);
}

TEST_F(Pairing, PageOfAnotherServerOfTheListIsTaken) {
  const auto page =
      check_pairing_at({"a.example", std::string(kAuthority), "b.example"}, code(), browser_.offer());
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->authority, kAuthority);
  EXPECT_EQ(page->browser.context, paired().context);
  EXPECT_EQ(check_pairing_at({"a.example", "b.example"}, code(), browser_.offer()).error(),
            Error::decrypt_failed);
  EXPECT_EQ(check_pairing_at({}, code(), browser_.offer()).error(), Error::decrypt_failed);
}

TEST_F(Pairing, EveryChangedByteIsRefused) {
  const PairingOffer offer = browser_.offer();
  for (std::size_t i = 0; i < offer.cover.size(); ++i) {
    PairingOffer changed = offer;
    changed.cover[i] ^= 1;
    EXPECT_NE(refusal_of(changed), Error::internal) << i;
  }
  PairingOffer odd = offer;
  odd.seal_key.clear();
  EXPECT_EQ(refusal_of(odd), Error::key_invalid);
  odd = offer;
  odd.session_spki = crypto::P256KeyPair::generate(random_).spki();
  EXPECT_EQ(refusal_of(odd), Error::key_invalid);
}

TEST_F(Pairing, AnswerOpensInItsBrowserOnly) {
  PairingGrant grant{
      .session = {1, 2}, .expires_at = 1'795'392'000, .account = "anna", .card_label = "Anna’s"};
  const Bytes sealed = seal_pairing_answer(paired(), user_, grant, {}, random_).value();
  const auto opened = browser_.open(sealed).value();
  EXPECT_EQ(opened.user, to_bytes(user_));
  EXPECT_EQ(opened.session, to_bytes(grant.session));
  EXPECT_EQ(opened.expires_at, grant.expires_at);
  EXPECT_EQ(opened.account, "anna");
  EXPECT_FALSE(opened.with_records);
  EXPECT_FALSE(test::PairingBrowser(std::string(kAuthority), random_).open(sealed).ok());
}

TEST_F(Pairing, RecordsKeysGoOutAndNotTheRootKey) {
  const UserKey newer = key_.next_epoch(random_).value();
  PairingGrant grant{.account = "anna", .card_label = "", .with_records = true};
  grant.on_card.push_back({{{7}, 3}, 2});
  const Bytes sealed = seal_pairing_answer(paired(), user_, grant, {&newer, &key_}, random_).value();
  const auto opened = browser_.open(sealed).value();
  ASSERT_EQ(opened.keys.size(), 2u);
  EXPECT_EQ(opened.keys[0].epoch, 2u);
  EXPECT_EQ(opened.keys[0].key, to_bytes(records_key(newer, user_).expose()));
  EXPECT_EQ(opened.keys[1].key, to_bytes(records_key(key_, user_).expose()));
  EXPECT_NE(opened.keys[1].key, to_bytes(key_.secret().expose()));
  ASSERT_EQ(opened.on_card.size(), 1u);
  EXPECT_EQ(opened.on_card[0].name, (RecordName{{7}, 3}));
}

TEST_F(Pairing, LimitsOfTheAnswer) {
  const PairedBrowser browser = paired();
  const auto refusal = [&](const PairingGrant& grant, const std::vector<const UserKey*>& keys) {
    const auto sealed = seal_pairing_answer(browser, user_, grant, keys, random_);
    return sealed.ok() ? Error::internal : sealed.error();
  };
  const UserKey newer = key_.next_epoch(random_).value();
  PairingGrant grant{.with_records = true};
  EXPECT_EQ(refusal(grant, {}), Error::invalid_argument);
  EXPECT_EQ(refusal(grant, {&key_, &newer}), Error::invalid_argument);  // not the newest first
  EXPECT_EQ(refusal(grant, {&key_, &key_}), Error::invalid_argument);
  grant.on_card.resize(kMaxPairingRecords + 1);
  EXPECT_EQ(refusal(grant, {&key_}), Error::invalid_argument);
  std::vector<UserKey> many;
  std::vector<const UserKey*> all;
  for (std::uint32_t epoch = kMaxPairingKeys; epoch > 0; --epoch)
    many.emplace_back(random_.secret<32>(), epoch);
  for (const UserKey& key : many)
    all.push_back(&key);
  grant.on_card.resize(kMaxPairingRecords);
  grant.account = grant.card_label = std::string(256, 'a');
  EXPECT_LE(seal_pairing_answer(browser, user_, grant, all, random_).value().size(), kMaxPairingAnswer);
}

}  // namespace
}  // namespace cardea::records
