// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/apdu.h"

#include <gtest/gtest.h>

#include "tests/virtual_card/tlv.h"

namespace cardea::virtual_card {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

TEST(ApduTest, FourCasesShort) {
  EXPECT_EQ(parse_apdu(hex("00440000"))->le, 0U);
  EXPECT_EQ(parse_apdu(hex("0084000008"))->le, 8U);
  EXPECT_EQ(parse_apdu(hex("0084000000"))->le, 256U);
  const auto third = parse_apdu(hex("00a40000023f00"));
  EXPECT_EQ(third->data, hex("3f00"));
  EXPECT_EQ(third->le, 0U);
  const auto fourth = parse_apdu(hex("00a40800023f0000"));
  EXPECT_EQ(fourth->data, hex("3f00"));
  EXPECT_EQ(fourth->le, 256U);
  EXPECT_EQ(fourth->p1p2(), 0x0800);
}

TEST(ApduTest, FourCasesExtended) {
  EXPECT_EQ(parse_apdu(hex("80580000000000"))->le, 65536U);
  EXPECT_EQ(parse_apdu(hex("80580000000100"))->le, 256U);
  const auto third = parse_apdu(hex("0046000000000201ff"));
  EXPECT_EQ(third->data, hex("01ff"));
  EXPECT_EQ(third->le, 0U);
  const auto fourth = parse_apdu(hex("8068017000000201ff0200"));
  EXPECT_EQ(fourth->data, hex("01ff"));
  EXPECT_EQ(fourth->le, 512U);
}

TEST(ApduTest, WrongLengthsAreRefused) {
  for (const char* wrong :
       {"", "00", "00a400", "00a40000023f", "00a40000023f000000", "00a4000000ff", "00a40000000000ff",
        "00460000000003aabb", "0046000000000201ff02", "0046000000000201ff020000"}) {
    EXPECT_EQ(parse_apdu(hex(wrong)).error(), Error::frame_malformed) << wrong;
  }
}

TEST(TlvTest, ReadsTagsAndLengthsOfBothSizes) {
  const Bytes list =
      hex("800102"
          "7f490306012a"
          "5381020304");
  ByteView rest = list;
  EXPECT_EQ(take_tlv(rest)->tag, 0x80U);
  const auto key = take_tlv(rest);
  EXPECT_EQ(key->tag, 0x7f49U);
  EXPECT_EQ(to_bytes(key->value), hex("06012a"));
  EXPECT_EQ(to_bytes(*find_tlv(list, 0x53)), hex("0304"));
  EXPECT_FALSE(find_tlv(list, 0x99));
}

TEST(TlvTest, BrokenElementsEndTheList) {
  for (const char* broken : {"80", "8005aa", "7f", "7fc90100", "8080", "80830000", "8200"}) {
    const Bytes bytes = hex(broken);
    ByteView rest = bytes;
    const auto element = take_tlv(rest);
    EXPECT_TRUE(!element || element->value.empty()) << broken;
    EXPECT_FALSE(find_tlv(bytes, 0x01)) << broken;
  }
}

TEST(TlvTest, WritesWhatItReads) {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 255U, 256U, 65535U}) {
    Bytes out;
    put_tlv(out, 0x7f49, Bytes(size, 0xab));
    ByteView rest = out;
    const auto back = take_tlv(rest);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->tag, 0x7f49U);
    EXPECT_EQ(back->value.size(), size);
    EXPECT_TRUE(rest.empty());
  }
}

}  // namespace
}  // namespace cardea::virtual_card
