// SPDX-License-Identifier: Apache-2.0
// Whom a proxy may name, and in which words.
#include "server/http/client_address.h"

#include <gtest/gtest.h>

namespace cardea::server::http {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

TrustedProxies proxies(std::initializer_list<const char*> networks) {
  TrustedProxies out;
  for (const char* text : networks)
    out.networks.push_back(IpNetwork::parse(text).value());
  return out;
}

std::string client(std::string_view fields, std::string_view peer = "10.0.0.1",
                   const TrustedProxies& trusted = proxies({"10.0.0.0/24"})) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
  return forwarded_client(parse_request_head(head).value(), address(peer), trusted).prefix();
}

TEST(Network, APrefixIsWhatOneCustomerHas) {
  EXPECT_EQ(address("203.0.113.9").prefix(), "203.0.113.0/24");
  EXPECT_EQ(address("::ffff:203.0.113.9").prefix(), "203.0.113.0/24");
  EXPECT_EQ(address("2001:db8:1:2ff::9").prefix(), "2001:db8:1:200::/56");
}

TEST(Network, OnlyPlainNumbersAreAnAddress) {
  for (const char* bad :
       {"", "1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.4:80", "[::1]", "fe80::1%eth0",
        " 1.2.3.4", "1.2.3.4 ", "localhost", "0x7f.1", "unknown", ":::", "1::2::3"}) {
    EXPECT_FALSE(IpAddress::parse(bad)) << bad;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)));
  EXPECT_FALSE(IpAddress::from_bytes(Bytes(5)));
}

TEST(Network, HoldsItsAddressesAndNoOther) {
  const IpNetwork v4 = IpNetwork::parse("10.1.128.0/17").value();
  EXPECT_TRUE(v4.contains(address("10.1.128.0")));
  EXPECT_TRUE(v4.contains(address("::ffff:10.1.255.255")));
  EXPECT_FALSE(v4.contains(address("10.1.127.255")));
  EXPECT_FALSE(v4.contains(address("::10.1.128.1")));
  const IpNetwork v6 = IpNetwork::parse("2001:db8::/33").value();
  EXPECT_TRUE(v6.contains(address("2001:db8:7fff::1")));
  EXPECT_FALSE(v6.contains(address("2001:db8:8000::1")));
  EXPECT_TRUE(IpNetwork::parse("::1").value().contains(address("::1")));
  EXPECT_FALSE(IpNetwork::parse("::1").value().contains(address("::2")));
}

TEST(Network, WhatNobodyMeansIsRefused) {
  for (const char* bad :
       {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8", "0.0.0.0/0", "::/0",
        "2000::/3", "2001:db8::/129", "2001:db8::1/64", "10.0.0.0/7", "proxy/24", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(IpNetwork::parse(bad).ok()) << bad;
  }
}

TEST(Forwarded, TheLastWordIsTheProxys) {
  EXPECT_EQ(client("X-Forwarded-For: 203.0.113.9\r\n"), "203.0.113.0/24");
  // What stands to the left of it, the client has written himself.
  EXPECT_EQ(client("X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\n"), "203.0.113.0/24");
  EXPECT_EQ(client("X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 203.0.113.9\r\n"), "203.0.113.0/24");
  EXPECT_EQ(client("X-Forwarded-For: 10.0.0.7, 203.0.113.9\r\n"), "203.0.113.0/24");
}

TEST(Forwarded, ProxiesOfOursArePassedOver) {
  EXPECT_EQ(client("X-Forwarded-For: 198.51.100.1, 203.0.113.9, 10.0.0.7\r\n"), "203.0.113.0/24");
  EXPECT_EQ(client("X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.0.0.7, 10.0.0.8\r\n"),
            "203.0.113.0/24");
}

TEST(Forwarded, AStrangersWordIsNone) {
  EXPECT_EQ(client("X-Forwarded-For: 203.0.113.9\r\n", "192.0.2.1"), "192.0.2.0/24");
  EXPECT_EQ(client("X-Forwarded-For: 203.0.113.9\r\n", "10.0.1.1"), "10.0.1.0/24");
  EXPECT_EQ(client("X-Forwarded-For: 203.0.113.9\r\n", "10.0.0.1", {}), "10.0.0.0/24");
}

TEST(Forwarded, GarbageEndsTheWalk) {
  EXPECT_EQ(client(""), "10.0.0.0/24");
  for (const char* bad : {"", ",", "unknown", "_hidden", "203.0.113.9:80", "\"203.0.113.9\"",
                          "for=203.0.113.9", "203.0.113.9,"})
    EXPECT_EQ(client("X-Forwarded-For: " + std::string(bad) + "\r\n"), "10.0.0.0/24") << bad;
  EXPECT_EQ(client("X-Forwarded-For: 198.51.100.1, evil, 10.0.0.7\r\n"), "10.0.0.0/24");
  EXPECT_EQ(client("Forwarded: for=203.0.113.9\r\nX-Real-IP: 203.0.113.9\r\n"), "10.0.0.0/24");
}

// PROXY protocol, version 2.
Bytes header(std::uint8_t command, std::uint8_t family, const Bytes& rest) {
  Bytes out = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 'Q', 'U', 'I', 'T', 0x0a, command, family};
  out.push_back(static_cast<std::uint8_t>(rest.size() >> 8U));
  out.push_back(static_cast<std::uint8_t>(rest.size()));
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}
const Bytes kFour = {203, 0, 113, 9, 10, 0, 0, 1, 0x12, 0x34, 0x01, 0xbb};

TEST(ProxyHeader, NamesTheClient) {
  EXPECT_EQ(parse_proxy_header(header(0x21, 0x11, kFour)).value(), address("203.0.113.9"));
  Bytes six = Bytes(36);
  six[0] = 0x20, six[1] = 0x01, six[2] = 0x0d, six[3] = 0xb8, six[15] = 1;
  EXPECT_EQ(parse_proxy_header(header(0x21, 0x21, six)).value(), address("2001:db8::1"));
  Bytes more = kFour;  // what a proxy adds is passed over
  more.insert(more.end(), {0x04, 0x00, 0x02, 0xaa, 0xbb});
  EXPECT_EQ(parse_proxy_header(header(0x21, 0x11, more)).value(), address("203.0.113.9"));
  const auto start = header(0x21, 0x11, more);
  EXPECT_EQ(proxy_header_size(ByteView(start).first(kProxyHeaderStart)).value(), start.size());
}

TEST(ProxyHeader, AProxyAskingForItselfNamesNobody) {
  EXPECT_FALSE(parse_proxy_header(header(0x20, 0x00, {})).value());
  EXPECT_FALSE(parse_proxy_header(header(0x20, 0x11, kFour)).value());
  EXPECT_FALSE(parse_proxy_header(header(0x21, 0x00, kFour)).value());
}

TEST(ProxyHeader, AnythingElseIsRefused) {
  const Bytes good = header(0x21, 0x11, kFour);
  for (std::size_t i = 0; i < 13; ++i) {
    Bytes bad = good;
    bad[i] ^= 0x10U;
    EXPECT_FALSE(parse_proxy_header(bad).ok()) << i;
  }
  for (const std::uint8_t family : {0x12, 0x22, 0x31, 0x32, 0x10, 0x01, 0x41})
    EXPECT_FALSE(parse_proxy_header(header(0x21, family, Bytes(216))).ok()) << int{family};
  EXPECT_FALSE(parse_proxy_header(header(0x21, 0x11, Bytes(11))).ok());
  EXPECT_FALSE(parse_proxy_header(header(0x21, 0x21, Bytes(35))).ok());
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_proxy_header(ByteView(good).first(size)).ok()) << size;
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(parse_proxy_header(longer).ok());
  EXPECT_FALSE(parse_proxy_header(header(0x21, 0x11, Bytes(kMaxProxyHeader))).ok());
  EXPECT_FALSE(parse_proxy_header(as_bytes("PROXY TCP4 203.0.113.9 10.0.0.1 4660 443\r\n")).ok());
}

}  // namespace
}  // namespace cardea::server::http
