// SPDX-License-Identifier: Apache-2.0
#include "core/base/bytes.h"

#include <gtest/gtest.h>

namespace cardea {
namespace {

TEST(Bytes, HexBothWays) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0x0f, 0xff}), "000fff");
  EXPECT_EQ(from_hex("000FfF").value(), (Bytes{0x00, 0x0f, 0xff}));
  EXPECT_TRUE(from_hex("").value().empty());
  for (const std::string_view bad : {"0", "0g", "g0", " 00", "00 ", "0x", "-1", "\xff\xff"}) {
    EXPECT_FALSE(from_hex(bad).ok()) << bad;
  }
}

// RFC 4648 section 10, and the two alphabets.
TEST(Bytes, Base64) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(text)), encoded);
    EXPECT_EQ(as_text(from_base64(encoded).value()), text);
    EXPECT_EQ(as_text(from_base64url(to_base64url(as_bytes(text))).value()), text);
  }
  EXPECT_EQ(to_base64(Bytes{0xfb, 0xff}), "+/8=");
  EXPECT_EQ(to_base64url(Bytes{0xfb, 0xff}), "-_8");
}

// One text for one value: otherwise two texts of the same bytes pass a comparison of texts.
TEST(Bytes, Base64HasOneForm) {
  for (const std::string_view bad :
       {"Zh==", "Zm9=", "Zg", "Zg=", "Z===", "====", "=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "-_8=", "Zg==="}) {
    EXPECT_FALSE(from_base64(bad).ok()) << bad;
  }
  for (const std::string_view bad : {"Zh", "Zm9", "Zg==", "Z", "+/8", "Zm9v "}) {
    EXPECT_FALSE(from_base64url(bad).ok()) << bad;
  }
}

TEST(Bytes, ConstantTimeEqualIsEqual) {
  EXPECT_TRUE(equal_constant_time({}, {}));
  EXPECT_FALSE(equal_constant_time(Bytes{1}, {}));
  const Bytes a(100, 7);
  for (std::size_t i = 0; i < a.size(); ++i) {
    Bytes b = a;
    b[i] ^= 0x80;
    EXPECT_FALSE(equal_constant_time(a, b)) << i;
  }
  EXPECT_TRUE(equal_constant_time(a, Bytes(100, 7)));
}

}  // namespace
}  // namespace cardea
