// SPDX-License-Identifier: Apache-2.0
#include "core/base/byte_io.h"

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"

namespace cardea {
namespace {

TEST(ByteReader, ReadsBigEndian) {
  const Bytes input{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};
  ByteReader reader(input);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607u);
  EXPECT_FALSE(reader.complete());
  EXPECT_EQ(reader.u64(), 0x08090a0b0c0d0e0fu);
  EXPECT_TRUE(reader.complete());
}

TEST(ByteReader, OnceBadStaysBad) {
  const Bytes input{0x00, 0x05, 'a', 'b'};
  ByteReader reader(input);
  EXPECT_TRUE(reader.lp().empty());  // says five, has two
  EXPECT_FALSE(reader.good());
  EXPECT_EQ(reader.u8(), 0);  // does not go on with what is left
  EXPECT_TRUE(reader.bytes(0).empty());
  EXPECT_FALSE(reader.complete());
}

TEST(ByteReader, LengthsThatCouldOverflow) {
  const Bytes input{0xff, 0xff, 0xff, 0xff, 'a'};
  EXPECT_TRUE(ByteReader(input).lp32().empty());
  EXPECT_TRUE(ByteReader(input).lp().empty());
  ByteReader reader(input);
  EXPECT_TRUE(reader.bytes(SIZE_MAX).empty());
  EXPECT_FALSE(reader.good());
  ByteReader empty({});
  EXPECT_TRUE(empty.complete());
  EXPECT_EQ(empty.u64(), 0u);
  EXPECT_FALSE(empty.good());
}

TEST(ByteWriter, StopsAtTheEnd) {
  std::array<std::uint8_t, 6> buffer{};
  ByteWriter writer(buffer);
  writer.u16(0x0102);
  writer.text("ab");
  EXPECT_TRUE(writer.good());
  EXPECT_EQ(to_hex(writer.written()), "010200026162");
  writer.u8(1);
  EXPECT_FALSE(writer.good());
  EXPECT_EQ(writer.written().size(), 6u);
}

TEST(ByteWriter, RefusesLongFields) {
  Bytes buffer(70000);
  ByteWriter writer(buffer);
  writer.lp(Bytes(65536));
  EXPECT_FALSE(writer.good());
}

TEST(ByteBuilder, AgreesWithTheReader) {
  const Bytes built = ByteBuilder().u8(1).u16(2).u32(3).u64(4).lp("text").lp32(Bytes{9}).raw("end").take();
  ByteReader reader(built);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 2);
  EXPECT_EQ(reader.u32(), 3u);
  EXPECT_EQ(reader.u64(), 4u);
  EXPECT_EQ(reader.text(), "text");
  EXPECT_EQ(reader.lp32().size(), 1u);
  EXPECT_EQ(as_text(reader.rest()), "end");
  EXPECT_NO_THROW(ByteBuilder().lp(Bytes(65535)));
  EXPECT_THROW(ByteBuilder().lp(Bytes(65536)), std::length_error);
}

}  // namespace
}  // namespace cardea
