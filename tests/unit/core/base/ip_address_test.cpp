// SPDX-License-Identifier: Apache-2.0
#include "core/base/ip_address.h"

#include <string>

#include <gtest/gtest.h>

#include "core/base/bytes.h"

namespace cardea {
namespace {

std::string v4(std::string_view text) {
  const auto address = parse_ipv4(text);
  return address ? to_hex(*address) : "";
}
std::string v6(std::string_view text) {
  const auto address = parse_ipv6(text);
  return address ? to_hex(*address) : "";
}

TEST(Ipv4, FourNumbers) {
  EXPECT_EQ(v4("192.0.2.1"), "c0000201");
  EXPECT_EQ(v4("0.0.0.0"), "00000000");
  EXPECT_EQ(v4("255.255.255.255"), "ffffffff");
}

TEST(Ipv4, NothingElse) {
  for (const std::string_view text :
       {"",           ".",         "...",        "1",        "127.1",     "1.2.3",      "1.2.3.4.5",
        "1.2.3.",     ".1.2.3",    "1..2.3",     "1.2.3.4.", "256.0.0.1", "1.2.3.1000", "01.2.3.4",
        "1.2.3.00",   "0x1.2.3.4", "1.2.3.4 ",   " 1.2.3.4", "1.2.3.-4",  "+1.2.3.4",   "1.2.3.a",
        "4294967295", "::1",       "1.2.3.4:80", "1,2,3,4",  "1.2.3.4/24"}) {
    EXPECT_EQ(v4(text), "") << text;
  }
  EXPECT_EQ(v4(std::string_view("1.2.3.4\0", 8)), "");
  EXPECT_EQ(v4(std::string_view("1.2.3\0.4", 8)), "");
  EXPECT_EQ(v4(std::string(100'000, '1')), "");
}

// RFC 4291 section 2.2, and the many spellings of RFC 5952 section 2.
TEST(Ipv6, Forms) {
  EXPECT_EQ(v6("2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"), "20010db8aaaabbbbccccddddeeee0001");
  EXPECT_EQ(v6("2001:DB8:AAAA:bbbb:CCCC:dddd:EEEE:0001"), "20010db8aaaabbbbccccddddeeee0001");
  EXPECT_EQ(v6("::"), "00000000000000000000000000000000");
  EXPECT_EQ(v6("::1"), "00000000000000000000000000000001");
  EXPECT_EQ(v6("ff01::"), "ff010000000000000000000000000000");
  EXPECT_EQ(v6("ff01::101"), "ff010000000000000000000000000101");
  EXPECT_EQ(v6("1:2:3:4:5:6:7::"), "00010002000300040005000600070000");
  EXPECT_EQ(v6("::2:3:4:5:6:7:8"), "00000002000300040005000600070008");
  EXPECT_EQ(v6("1:0:0:0:1:0:0:1"), v6("1::1:0:0:1"));
  EXPECT_EQ(v6("::13.1.68.3"), "0000000000000000000000000d014403");
  EXPECT_EQ(v6("::ffff:129.144.52.38"), "00000000000000000000ffff81903426");
  EXPECT_EQ(v6("1:2:3:4:5:6:192.0.2.1"), "000100020003000400050006c0000201");
}

TEST(Ipv6, NothingElse) {
  for (const std::string_view text : {"",
                                      ":",
                                      ":::",
                                      "1",
                                      "1:",
                                      ":1",
                                      "1:2:3:4:5:6:7",
                                      "1:2:3:4:5:6:7:",
                                      ":2:3:4:5:6:7:8",
                                      "1:2:3:4:5:6:7:8:9",
                                      "1::2:3:4:5:6:7:8",
                                      "1:2:3:4:5:6:7::8",
                                      "1::2::3",
                                      "1:::2",
                                      "12345::",
                                      "::g",
                                      "::-1",
                                      ":: 1",
                                      "fe80::1%1",
                                      "[::1]",
                                      "::1/128",
                                      "127.0.0.1",
                                      "::1.2.3",
                                      "::1.2.3.4.5",
                                      "::1.2.3.256",
                                      "1.2.3.4::",
                                      "::1.2.3.4:5",
                                      "1:2:3:4:5:6:7:1.2.3.4",
                                      "::1:2:3:4:5:6:7:1.2.3.4"}) {
    EXPECT_EQ(v6(text), "") << text;
  }
  EXPECT_EQ(v6(std::string_view("::1\0", 4)), "");
  EXPECT_EQ(v6(std::string(100'000, ':')), "");
}

}  // namespace
}  // namespace cardea
