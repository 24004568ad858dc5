// SPDX-License-Identifier: Apache-2.0
#include "core/base/secret.h"

#include <memory>
#include <ostream>
#include <type_traits>

#include <gtest/gtest.h>

namespace cardea {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

// Copying and printing must not compile: these are the mistakes the types are there for.
static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<SecretKey32> && !std::is_copy_assignable_v<SecretKey32>);
static_assert(!Printable<SecretBytes> && !Printable<SecretKey32>);
static_assert(!std::is_convertible_v<SecretBytes, std::string_view>);

// The storage outlives the object, so that the test may look at what the destructor left.
TEST(SecretArray, IsWipedWhenItEnds) {
  alignas(SecretKey32) std::array<std::uint8_t, sizeof(SecretKey32)> storage;
  storage.fill(0xee);
  auto* const secret = new (storage.data()) SecretKey32(
      std::span<const std::uint8_t, 32>(as_bytes("0123456789abcdef0123456789abcdef").first<32>()));
  EXPECT_EQ(as_text(storage), "0123456789abcdef0123456789abcdef");
  std::destroy_at(secret);
  for (const volatile std::uint8_t& byte : storage)
    EXPECT_EQ(byte, 0);
}

TEST(SecretArray, MovingLeavesNothingBehind) {
  SecretKey32 from;
  from.expose_mutable()[5] = 9;
  SecretKey32 to = std::move(from);
  EXPECT_EQ(to.expose()[5], 9);
  EXPECT_TRUE(from == SecretKey32());  // NOLINT: use after move is the test
  SecretKey32 assigned;
  assigned = std::move(to);
  EXPECT_TRUE(to == SecretKey32());  // NOLINT
  EXPECT_EQ(assigned.expose()[5], 9);
}

TEST(SecretArray, FromTakesItsSizeOnly) {
  EXPECT_TRUE(SecretKey32::from(Bytes(32)).ok());
  EXPECT_EQ(SecretKey32::from(Bytes(31)).error(), Error::invalid_argument);
  EXPECT_EQ(SecretKey32::from(Bytes(33)).error(), Error::invalid_argument);
  EXPECT_EQ(SecretKey32::from({}).error(), Error::invalid_argument);
}

TEST(SecretBytes, MovesClonesAndCompares) {
  SecretBytes a(std::string_view("secret"));
  SecretBytes b = a.clone();
  EXPECT_TRUE(a == b);
  b.expose_mutable()[0] = 'S';
  EXPECT_FALSE(a == b);
  const SecretBytes c = std::move(a);
  EXPECT_EQ(c.expose_text(), "secret");
  EXPECT_TRUE(a.empty());  // NOLINT
  EXPECT_TRUE(SecretBytes().empty());
  EXPECT_TRUE(SecretBytes(Bytes{}).expose().empty());
}

TEST(SecretBytes, Truncates) {
  SecretBytes a(std::string_view("secret"));
  a.truncate(3);
  EXPECT_EQ(a.expose_text(), "sec");
  a.truncate(0);
  EXPECT_TRUE(a.empty());
}

TEST(Wipe, EmptiesStringsAndBytes) {
  std::string text = "a long enough secret to be on the heap, not inside of the string";
  const char* const data = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(data[1], 0);  // cleared, and its capacity kept
  Bytes bytes{1, 2, 3};
  wipe(bytes);
  EXPECT_TRUE(bytes.empty());
  wipe(nullptr, 5);
}

}  // namespace
}  // namespace cardea
