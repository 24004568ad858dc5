// SPDX-License-Identifier: Apache-2.0
// What a region refuses of what another one sends.
#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "tests/unit/server/relocation_world.h"

namespace cardea::server {
namespace {

class RelocationBundle : public testing::Test, public RelocationWorld {
 protected:
  void SetUp() override {
    const UserId user = make_user("anna");
    bundle.source = "north";
    bundle.destination = "south";
    bundle.user = user;
    bundle.made = clock.now();
    bundle.opaque_public = to_bytes(north.secrets.opaque().public_key());
    bundle.rows = *north.store.user_rows(user);
    bundle.audit = north.store.get_user(user)->audit;
    const OprfKeys keys = oprf_keys_of(north.store, north.secrets, user).value();
    bundle.oprf_keys = *seal_oprf_keys(keys, bundle, south.keys.seal().point(), random);
  }
  UserTable& table(const std::string& name) {
    for (UserTable& one : bundle.rows) {
      if (one.name == name) return one;
    }
    throw std::logic_error(name);
  }
  Cell& cell(const std::string& in, const std::string& column, std::size_t row = 0) {
    UserTable& one = table(in);
    for (std::size_t i = 0; i < one.columns.size(); ++i) {
      if (one.columns[i].name == column) return one.rows.at(row).at(i);
    }
    throw std::logic_error(column);
  }
  // What the south's inbox says of it.
  Result<RegionPeer::Receipt> import(const Bytes& bytes, std::string_view source = "north") {
    const Digest move = move_id(source, bundle.user, bundle.epoch);
    std::uint32_t parts = 0;
    for (std::size_t at = 0; at < bytes.size(); at += kBundlePart) {
      const ByteView part = ByteView(bytes).subspan(at, std::min(kBundlePart, bytes.size() - at));
      EXPECT_TRUE(south.inbox.put_part(source, move, parts++, part, clock.now()).ok());
    }
    return south.inbox.import(source, move, crypto::sha256({bytes}), parts, clock.now());
  }
  Result<RegionPeer::Receipt> import() { return import(*encode(bundle, north.keys.sign())); }
  void expect_refused(Error error) {
    const auto receipt = import();
    ASSERT_FALSE(receipt.ok());
    EXPECT_EQ(receipt.error(), error) << receipt.failure().detail;
    EXPECT_EQ(south.store.get_user(bundle.user).error(), Error::not_found);
    EXPECT_EQ(south.store.home(bundle.user).error(), Error::not_found);
  }
  Bundle bundle;
};

TEST_F(RelocationBundle, ComesBackAsItWas) {
  const Bytes bytes = *encode(bundle, north.keys.sign());
  const auto back = open_bundle(bytes, north.keys.public_key().sign_spki);
  ASSERT_TRUE(back.ok()) << back.failure().detail;
  EXPECT_EQ(back->rows, bundle.rows);
  EXPECT_EQ(back->user, bundle.user);
  EXPECT_EQ(back->audit.head, bundle.audit.head);
  EXPECT_EQ(*encode(*back, north.keys.sign()), bytes);
  EXPECT_TRUE(check_rows(*back).ok());
  EXPECT_TRUE(import(bytes).ok());
}

TEST_F(RelocationBundle, EveryChangedByteIsRefused) {
  Bundle small = bundle;
  for (UserTable& one : small.rows) {
    if (one.name == "records") one.rows.clear();
  }
  Bytes bytes = *encode(small, north.keys.sign());
  const Bytes key = north.keys.public_key().sign_spki;
  ASSERT_TRUE(open_bundle(bytes, key).ok());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 0x01;
    EXPECT_FALSE(open_bundle(bytes, key).ok()) << i;
    bytes[i] ^= 0x01;
  }
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    EXPECT_FALSE(decode_bundle(ByteView(bytes).first(size)).ok()) << size;
  bytes.push_back(0);
  EXPECT_FALSE(decode_bundle(bytes).ok());
}

TEST_F(RelocationBundle, OfAnotherSourceOrForAnotherRegionIsRefused) {
  EXPECT_EQ(import(*encode(bundle, south.keys.sign())).error(), Error::signature_invalid);
  EXPECT_EQ(south.inbox.import("west", Digest{}, Digest{}, 1, clock.now()).error(), Error::peer_not_trusted);
  EXPECT_EQ(south.inbox.put_part("west", Digest{}, 0, Bytes(1), clock.now()).error(),
            Error::peer_not_trusted);
  bundle.destination = "west";
  expect_refused(Error::peer_not_trusted);
}

TEST_F(RelocationBundle, AnotherRegionDoesNotWriteOverItsParts) {
  south.policy.others["west"] = {"https://west.example", north.keys.public_key()};
  const Bytes bytes = *encode(bundle, north.keys.sign());
  ASSERT_TRUE(import(bytes).ok());
  const Digest move = move_id("north", bundle.user, bundle.epoch);
  ASSERT_TRUE(south.inbox.put_part("west", move, 0, Bytes(1), clock.now()).ok());
  const auto parts = static_cast<std::uint32_t>((bytes.size() + kBundlePart - 1) / kBundlePart);
  EXPECT_TRUE(south.inbox.import("north", move, crypto::sha256({bytes}), parts, clock.now()).ok());
}

TEST_F(RelocationBundle, AVersionThatIsNotKnownIsRefused) {
  Bytes bytes = *encode(bundle, north.keys.sign());
  bytes[0] = 2;
  EXPECT_EQ(decode_bundle(bytes).error(), Error::unknown_format);
}

TEST_F(RelocationBundle, ATableOrColumnThatThisRegionDoesNotHaveIsRefused) {
  bundle.rows.push_back({"surprises", {{CellKind::number, "number"}}, {}});
  expect_refused(Error::unknown_format);
  bundle.rows.pop_back();
  table("holders").columns[0].name = "kind; DROP TABLE users";
  EXPECT_FALSE(decode_bundle(*encode(bundle, north.keys.sign())).ok());
  table("holders").columns[0].name = "who";
  expect_refused(Error::unknown_format);
}

TEST_F(RelocationBundle, ARowOfSomebodyElseIsRefused) {
  cell("records", "user_id", 1).bytes[0] ^= 1;
  expect_refused(Error::corrupted);
}

TEST_F(RelocationBundle, AChainThatCanNotBeComputedIsRefused) {
  const Cell kind = cell("audit", "kind", 1);
  cell("audit", "kind", 1).bytes.push_back('!');
  expect_refused(Error::corrupted);
  cell("audit", "kind", 1) = kind;
  const auto last = table("audit").rows.back();
  table("audit").rows.pop_back();
  expect_refused(Error::corrupted);
  table("audit").rows.push_back(last);
  ++bundle.audit.length;
  expect_refused(Error::corrupted);
  --bundle.audit.length;
  EXPECT_TRUE(import().ok());
}

TEST_F(RelocationBundle, AKeyUnderAnotherIdIsRefused) {
  const Bytes spki = cell("cards", "auth_spki").bytes;
  cell("cards", "auth_spki").bytes[5] ^= 1;
  expect_refused(Error::corrupted);
  cell("cards", "auth_spki").bytes = spki;
  cell("computers", "device_spki").bytes[5] ^= 1;
  expect_refused(Error::corrupted);
}

// Its id is the hash of its key, which is not secret: an officer's card would be here as revoked.
TEST_F(RelocationBundle, ACardThatHasNotSaidThatItIsHisIsRefused) {
  const Cell proof = cell("cards", "proof");
  cell("cards", "proof").bytes[5] ^= 1;
  expect_refused(Error::corrupted);
  cell("cards", "proof") = proof;
  const UserId berta = make_user("berta");
  const Card other = north.store.cards(berta)->front();
  cell("cards", "card_id").bytes = to_bytes(other.id.view());
  cell("cards", "auth_spki").bytes = other.auth_spki;
  cell("cards", "wrap_spki").bytes = other.wrap_spki;
  cell("cards", "proof").bytes = other.proof;
  expect_refused(Error::corrupted);
}

TEST_F(RelocationBundle, GuessesAtSomebodyElseAreRefused) {
  ASSERT_EQ(table("guesses").rows.size(), 1u);
  auto foreign = table("guesses").rows.front();
  table("guesses").rows.push_back(foreign);
  cell("guesses", "subject", 1).bytes = to_bytes(as_bytes("account:berta"));
  cell("guesses", "count", 1).number = 1000;
  expect_refused(Error::corrupted);
  table("guesses").rows.pop_back();
  EXPECT_TRUE(import().ok());
}

TEST_F(RelocationBundle, WhatIsNotAnAccountsNameIsRefused) {
  cell("users", "account_key").bytes = to_bytes(as_bytes("berta"));
  expect_refused(Error::corrupted);
  for (const char* name : {"#anna", "", "an na"}) {
    for (const char* column : {"account", "account_key"})
      cell("users", column).bytes = to_bytes(as_bytes(name));
    table("guesses").rows.clear();
    expect_refused(Error::corrupted);
  }
}

TEST_F(RelocationBundle, AnEventInAnotherSpellingIsRefused) {
  Bytes& details = cell("audit", "details").bytes;
  details.insert(details.begin() + 1, ' ');
  expect_refused(Error::corrupted);
}

TEST_F(RelocationBundle, KeysThatAreSealedToSomebodyElseAreRefused) {
  const OprfKeys keys = oprf_keys_of(north.store, north.secrets, bundle.user).value();
  bundle.oprf_keys = *seal_oprf_keys(keys, bundle, north.keys.seal().point(), random);
  expect_refused(Error::decrypt_failed);
}

TEST_F(RelocationBundle, OneOfAnotherEpochDoesNotOpenTheKeys) {
  bundle.epoch = 2;
  expect_refused(Error::decrypt_failed);
}

TEST_F(RelocationBundle, MoreRowsThanBytesAskForNoMemory) {
  ByteBuilder body;
  body.lp("north").lp("south").raw(bundle.user.view()).u32(1).u64(0).lp("").lp("").u8(0).u64(0);
  body.raw(Digest{}).u16(1).lp("records").u16(1).u8(1).lp("user_id").u32(0xffffffff);
  const Bytes bytes = ByteBuilder().u8(1).lp32(body.view()).raw(Bytes(64)).take();
  EXPECT_EQ(decode_bundle(bytes).error(), Error::corrupted);
}

// 4 MiB of bytes that say “null” would be 170 MB of values, and 160 MiB of them more than a server has.
TEST_F(RelocationBundle, MoreValuesThanAUserCanHaveAskForNoMemory) {
  const auto of_values = [&](const std::vector<std::size_t>& tables) {
    ByteBuilder body;
    body.lp("north").lp("south").raw(bundle.user.view()).u32(1).u64(0).lp("").lp("").u8(0).u64(0);
    body.raw(Digest{}).u16(static_cast<std::uint16_t>(tables.size()));
    for (std::size_t i = 0; i < tables.size(); ++i) {
      body.lp("t" + std::to_string(i)).u16(64);
      for (int column = 0; column < 64; ++column)
        body.u8(3).lp("c");
      body.u32(static_cast<std::uint32_t>(tables[i] / 64)).raw(Bytes(tables[i]));
    }
    return ByteBuilder().u8(1).lp32(body.view()).raw(Bytes(64)).take();
  };
  EXPECT_TRUE(decode_bundle(of_values({kMaxCells / 2, kMaxCells / 2})).ok());
  EXPECT_EQ(decode_bundle(of_values({kMaxCells + 64})).error(), Error::limit_exceeded);
  EXPECT_EQ(decode_bundle(of_values({64, kMaxCells})).error(), Error::limit_exceeded);
}

// Nor is one made that the destination would not read.
TEST_F(RelocationBundle, AUserOfMoreValuesIsNotSent) {
  Bundle large = bundle;
  Cell null;
  null.null = true;
  const std::vector<UserColumn> columns(64, {CellKind::number, "c"});
  large.rows = {{"t", columns, {}}};
  large.rows[0].rows.assign(kMaxCells / 64 + 1, std::vector<Cell>(64, null));
  EXPECT_EQ(encode(large, north.keys.sign()).error(), Error::limit_exceeded);
}

// What one region leaves here takes no room from another.
TEST_F(RelocationBundle, ARegionThatFillsItsRoomStopsNobodyElse) {
  south.policy.others["west"] = {"https://west.example", north.keys.public_key()};
  for (std::uint8_t i = 0; i < 16; ++i)
    ASSERT_TRUE(south.inbox.put_part("west", Digest{i}, 0, Bytes(1), clock.now()).ok());
  EXPECT_EQ(south.inbox.put_part("west", Digest{16}, 0, Bytes(1), clock.now()).error(), Error::timeout);
  EXPECT_TRUE(import().ok());
}

TEST_F(RelocationBundle, TheReceiptIsSignedForThisBundle) {
  const Bytes bytes = *encode(bundle, north.keys.sign());
  const auto receipt = import(bytes);
  ASSERT_TRUE(receipt.ok());
  const auto key = *crypto::PublicKey::from_spki(south.keys.public_key().sign_spki);
  const Digest hash = crypto::sha256({bytes});
  EXPECT_TRUE(key.verify(receipt_proof(bundle, hash, receipt->checkpoint_spki), receipt->signature).ok());
  EXPECT_FALSE(
      key.verify(receipt_proof(bundle, Digest{}, receipt->checkpoint_spki), receipt->signature).ok());
  // Asked again it says the same, and nobody may be changed before the activation.
  EXPECT_EQ(import(bytes)->signature, receipt->signature);
  EXPECT_EQ(south.store.home(bundle.user)->state, HomeState::arriving);
  EXPECT_FALSE(write(south, bundle.user));
}

}  // namespace
}  // namespace cardea::server
