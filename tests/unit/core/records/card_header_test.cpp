// SPDX-License-Identifier: Apache-2.0
// A header is read whole or not at all, and what a later version added survives.
#include "core/records/card_header.h"

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "core/crypto/hash.h"

namespace cardea::records {
namespace {

CardHeader full_header() {
  CardHeader header;
  header.user.fill(0x75);
  header.account = "ada@example.org";
  header.servers = {"https://one.example", "https://two.example:8443"};
  header.epoch = 3;
  header.card_holder = Bytes(115, 0xab);
  header.audit = AuditHead{17, {}, 3};
  header.audit->head.fill(0x11);
  header.personal_data = R"({"name":"Ada Lovelace"})";
  return header;
}

// Any fields in a frame with the right checksum.
Bytes frame(const std::vector<CardField>& fields, std::uint8_t version = 1) {
  ByteBuilder payload;
  for (const CardField& field : fields)
    payload.u16(field.type).lp(field.value);
  ByteBuilder out;
  out.raw("CRDH").u8(version).lp32(payload.view());
  const auto digest = crypto::sha256({out.view()});
  return out.raw(ByteView(digest).first(16)).take();
}

std::vector<CardField> fields_of(const CardHeader& header) {
  return decode_frame(FrameKind::header, encode_card_header(header).value(), 7).value();
}

Error error_of(ByteView object) {
  const auto header = decode_card_header(object);
  return header.ok() ? Error::internal : header.error();
}

TEST(CardHeader, RoundTrips) {
  const CardHeader header = full_header();
  EXPECT_EQ(decode_card_header(encode_card_header(header).value()).value(), header);
  CardHeader small = header;
  small.servers.clear();
  small.audit.reset();
  small.personal_data.clear();
  EXPECT_EQ(decode_card_header(encode_card_header(small).value()).value(), small);
}

TEST(CardHeader, TheLargestOneFits) {
  CardHeader header = full_header();
  header.servers.assign(kMaxServers, std::string(kMaxServerUrl, 'u'));
  header.card_holder = Bytes(kMaxCardHolder, 1);
  header.personal_data = std::string(kMaxPersonalData, 'p');
  header.extensions = {{0x8001, Bytes(1000, 2)}, {0xffff, Bytes(1040, 3)}};
  EXPECT_EQ(decode_card_header(encode_card_header(header).value()).value(), header);
  header.extensions[0].value.push_back(0);
  EXPECT_EQ(encode_card_header(header).error(), Error::limit_exceeded);
}

TEST(CardHeader, LimitsHoldWhenWriting) {
  const auto refused = [](auto change) {
    CardHeader header = full_header();
    change(header);
    return encode_card_header(header).error() == Error::invalid_argument;
  };
  EXPECT_TRUE(refused([](CardHeader& h) { h.account.clear(); }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.account = "-x"; }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.servers.assign(kMaxServers + 1, "u"); }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.servers = {""}; }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.servers = {std::string(kMaxServerUrl + 1, 'u')}; }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.servers = {"https://a\nb"}; }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.epoch = 0; }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.card_holder.clear(); }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.card_holder.resize(kMaxCardHolder + 1); }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.personal_data.resize(kMaxPersonalData + 1, 'x'); }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.personal_data = "\xff"; }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.extensions = {{8, {}}}; }));
  EXPECT_TRUE(refused([](CardHeader& h) { h.extensions = {{0x8002, {}}, {0x8001, {}}}; }));
}

TEST(CardHeader, EveryHalfWrittenOneIsCorrupted) {
  const Bytes object = encode_card_header(full_header()).value();
  for (std::size_t size = 0; size < object.size(); ++size) {
    EXPECT_EQ(error_of(ByteView(object).first(size)), Error::corrupted) << size;
    Bytes zeroed = object;  // a file of the full size whose end was not written
    std::fill(zeroed.begin() + static_cast<std::ptrdiff_t>(size), zeroed.end(), std::uint8_t{0});
    EXPECT_EQ(error_of(zeroed), Error::corrupted) << size;
  }
  Bytes longer = object;
  longer.push_back(0);
  EXPECT_EQ(error_of(longer), Error::corrupted);
  EXPECT_EQ(error_of(Bytes(kMaxCardObject + 1)), Error::corrupted);
}

TEST(CardHeader, EveryFlippedByteIsCorrupted) {
  const Bytes object = encode_card_header(full_header()).value();
  for (std::size_t i = 0; i < object.size(); ++i) {
    Bytes changed = object;
    changed[i] ^= 0x20;
    EXPECT_EQ(error_of(changed), Error::corrupted) << i;
  }
}

TEST(CardHeader, UnknownFieldsAreKeptWhenNotCritical) {
  auto fields = fields_of(full_header());
  fields.push_back({0x8001, {1, 2, 3}});
  fields.push_back({0x9000, {}});
  const CardHeader header = decode_card_header(frame(fields)).value();
  EXPECT_EQ(header.extensions, (Extensions{{0x8001, {1, 2, 3}}, {0x9000, {}}}));
  EXPECT_EQ(encode_card_header(header).value(), frame(fields));
}

TEST(CardHeader, UnknownCriticalFieldsAndVersionsAreRefused) {
  auto fields = fields_of(full_header());
  EXPECT_EQ(error_of(frame(fields, 2)), Error::unknown_format);
  fields.push_back({8, {}});
  EXPECT_EQ(error_of(frame(fields)), Error::unknown_format);
  fields.back().type = 0x7fff;
  EXPECT_EQ(error_of(frame(fields)), Error::unknown_format);
}

TEST(CardHeader, NeededFieldsMustBeThere) {
  const auto fields = fields_of(full_header());
  ASSERT_EQ(fields.size(), 7u);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto fewer = fields;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(error_of(frame(fewer)), i < 5 ? Error::corrupted : Error::internal) << i;
  }
}

TEST(CardHeader, OrderAndDoublesAreRefused) {
  auto fields = fields_of(full_header());
  std::swap(fields[0], fields[1]);
  EXPECT_EQ(error_of(frame(fields)), Error::corrupted);
  fields = fields_of(full_header());
  fields.insert(fields.begin(), fields[0]);
  EXPECT_EQ(error_of(frame(fields)), Error::corrupted);
  fields = fields_of(full_header());
  fields.insert(fields.begin(), CardField{0, {}});
  EXPECT_EQ(error_of(frame(fields)), Error::corrupted);
}

TEST(CardHeader, FieldsOfAnotherSizeAreRefused) {
  const auto fields = fields_of(full_header());
  for (const std::size_t i : {0u, 2u, 3u, 5u}) {
    auto longer = fields;
    longer[i].value.push_back(0x7f);
    EXPECT_EQ(error_of(frame(longer)), Error::corrupted) << i;
    auto shorter = fields;
    shorter[i].value.pop_back();
    EXPECT_EQ(error_of(frame(shorter)), Error::corrupted) << i;
  }
  auto empty_data = fields;
  empty_data[6].value.clear();  // two forms of "none" would be one too many
  EXPECT_EQ(error_of(frame(empty_data)), Error::corrupted);
}

TEST(CardHeader, LimitsHoldWhenReading) {
  auto fields = fields_of(full_header());
  fields[1].value = {'-'};
  EXPECT_EQ(error_of(frame(fields)), Error::corrupted);
  fields = fields_of(full_header());
  fields[3].value = Bytes(4, 0);
  EXPECT_EQ(error_of(frame(fields)), Error::corrupted);
  fields = fields_of(full_header());
  fields[4].value = Bytes(kMaxCardHolder + 1, 1);
  EXPECT_EQ(error_of(frame(fields)), Error::corrupted);
  fields = fields_of(full_header());
  ByteBuilder nine;
  for (int i = 0; i < 9; ++i)
    nine.lp("u");
  fields[2].value = nine.take();
  EXPECT_EQ(error_of(frame(fields)), Error::corrupted);
}

TEST(CardHeader, AnEntryIsNoHeader) {
  Bytes object = encode_frame(FrameKind::entry, fields_of(full_header())).value();
  EXPECT_EQ(error_of(object), Error::corrupted);
}

}  // namespace
}  // namespace cardea::records
