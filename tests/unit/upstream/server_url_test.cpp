// SPDX-License-Identifier: Apache-2.0
#include "upstream/server_url.h"

#include <gtest/gtest.h>

namespace cardea::upstream {
namespace {

TEST(ServerUrl, HostsAndPorts) {
  const auto check = [](std::string_view text, std::string_view host, int port, std::string_view authority) {
    const auto url = ServerUrl::parse(text);
    ASSERT_TRUE(url.ok()) << text;
    EXPECT_EQ(url->host, host);
    EXPECT_EQ(url->port, port);
    EXPECT_EQ(url->authority, authority);
  };
  check("https://cardea.example", "cardea.example", 443, "cardea.example");
  check("HTTPS://Cardea.Example/", "cardea.example", 443, "cardea.example");
  check("https://cardea.example:443", "cardea.example", 443, "cardea.example");
  check("https://cardea.example:8443/", "cardea.example", 8443, "cardea.example:8443");
  check("https://127.0.0.1:5000", "127.0.0.1", 5000, "127.0.0.1:5000");
  check("https://[::1]:5000", "::1", 5000, "[::1]:5000");
  check("https://[2001:DB8::1]", "2001:db8::1", 443, "[2001:db8::1]");
  check("https://[::ffff:192.0.2.1]", "::ffff:192.0.2.1", 443, "[::ffff:192.0.2.1]");
  check("https://1.2.3.4.example", "1.2.3.4.example", 443, "1.2.3.4.example");
  check("https://cardea.example.", "cardea.example.", 443, "cardea.example.");
}

TEST(ServerUrl, AddressesAreNoNames) {
  EXPECT_TRUE(ServerUrl::parse("https://127.0.0.1")->is_address);
  EXPECT_TRUE(ServerUrl::parse("https://[::1]")->is_address);
  EXPECT_FALSE(ServerUrl::parse("https://localhost")->is_address);
}

TEST(ServerUrl, NothingHidesBehindAZeroByte) {
  for (const std::string_view text :
       {std::string_view("https://[::1\0]", 14), std::string_view("https://a\0", 10),
        std::string_view("https://[::1\0\r\nCookie: a]", 26), std::string_view("https://127.0.0.1\0b", 19)}) {
    const auto url = ServerUrl::parse(text);
    EXPECT_EQ(url.ok() ? Error::internal : url.error(), Error::config_invalid);
  }
}

TEST(ServerUrl, EverythingElseIsRefused) {
  for (const char* text : {"",
                           "http://cardea.example",
                           "cardea.example",
                           "https://",
                           "https:///",
                           "https://a/b",
                           "https://a?b",
                           "https://a#b",
                           "https://user@a",
                           "https://user:secret@a",
                           "https://a:0",
                           "https://a:65536",
                           "https://a:x",
                           "https://a:",
                           "https://a b",
                           "https://-a",
                           "https://.a",
                           "https://[::1",
                           "https://[a]",
                           "https://[127.0.0.1]",
                           "https://a\r\nHost: b",
                           "https://[::1]x",
                           "https://[fe80::1%1]",
                           "https://127.1",
                           "https://1",
                           "https://0x7f.0.0.1",
                           "https://0x7f000001",
                           "https://127.0.0.1.",
                           "https://127.0.0.01",
                           "https://127.0.0.256",
                           "https://1.2.3.4.5",
                           "https://[::1::]",
                           "https://::1",
                           "https://\xc3\xa4.example",
                           "https://a:1:2"}) {
    const auto url = ServerUrl::parse(text);
    EXPECT_EQ(url.ok() ? Error::internal : url.error(), Error::config_invalid) << text;
  }
}

}  // namespace
}  // namespace cardea::upstream
