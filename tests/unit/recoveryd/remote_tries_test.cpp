// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/remote_tries.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "recoveryd/state/throttle_store.h"
#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;

std::string numbered_address(int number) {
  return "10." + std::to_string(number / 65536) + "." + std::to_string(number / 256 % 256) + "." +
         std::to_string(number % 256);
}

TEST(RemoteOriginTest, AnAddressIsOneOriginHoweverItIsWritten) {
  const RemoteOrigin home = remote_origin("192.0.2.7");
  EXPECT_EQ(home.family, 4);
  EXPECT_EQ(remote_origin("::ffff:192.0.2.7"), home);
  EXPECT_EQ(remote_origin("::FFFF:c000:0207"), home);
  EXPECT_NE(remote_origin("192.0.2.8"), home);
  EXPECT_EQ(remote_origin("fe80::1%eth0"), remote_origin("fe80::1"));
}

TEST(RemoteOriginTest, WhoeverHasOneIpv6AddressHasTheWholeNetworkOf64Bits) {
  const RemoteOrigin one = remote_origin("2001:db8:1:2::1");
  EXPECT_EQ(one.family, 6);
  EXPECT_EQ(remote_origin("2001:0DB8:0001:0002:ffff:ffff:ffff:ffff"), one);
  EXPECT_NE(remote_origin("2001:db8:1:3::1"), one);
}

TEST(RemoteOriginTest, WhateverIsNoAddressIsOneOrigin) {
  const RemoteOrigin name = remote_origin("a.example");
  EXPECT_EQ(name.family, 0);
  const std::string with_nul("192.0.2.7\0x", 11);
  for (const std::string& hostile :
       {std::string(), std::string("%"), std::string("b.example"), std::string("UNKNOWN"),
        std::string("192.0.2"), std::string("192.0.2.7 "), std::string("192.0.2.07x"),
        std::string("\xff\xfe"), std::string("::1::"), std::string(4096, '1'), with_nul}) {
    EXPECT_EQ(remote_origin(hostile), name) << hostile.substr(0, 20);
  }
}

class RemoteTriesTest : public ::testing::Test {
 protected:
  // A new reader of the directory each time, as after a crash.
  TryAllowed try_from(const std::string& host, UnixSeconds now = kNow) {
    const auto allowed = ThrottleStore(*directory_).begin_try("alice", now, remote_origin(host));
    EXPECT_TRUE(allowed.ok());
    return allowed.ok() ? *allowed : TryAllowed{};
  }
  int tries_before_a_wait(const std::string& host, UnixSeconds now = kNow) {
    for (int tries = 0; tries < 100; ++tries) {
      if (!try_from(host, now).allowed) return tries;
    }
    return 100;
  }

  const test::TempDir root_;
  const Result<StateDirectory> directory_ = StateDirectory::open(root_.file("state"));
  const std::string file_ = root_.file("state/users/alice.remote-tries");
};

TEST_F(RemoteTriesTest, AStrangerMakesHimselfWaitAndNobodyElse) {
  EXPECT_EQ(tries_before_a_wait("192.0.2.7"), 5);
  EXPECT_EQ(try_from("192.0.2.7").wait_seconds, 30);
  EXPECT_TRUE(try_from("192.0.2.8").allowed) << "the owner in a train";
  ThrottleStore throttle(*directory_);
  EXPECT_TRUE(throttle.begin_try("alice", kNow)->allowed) << "the owner at his desk";
  EXPECT_TRUE(throttle.begin_try("bob", kNow, remote_origin("192.0.2.7"))->allowed);
  EXPECT_EQ(throttle.state("alice")->failures, 1U);
  EXPECT_EQ(*throttle.remote_failures("alice"), 6U);
  for (int i = 0; i < 10; ++i)
    (void)throttle.begin_try("alice", kNow);
  EXPECT_TRUE(try_from("192.0.2.8").allowed) << "nor does the desk stop the train";
}

TEST_F(RemoteTriesTest, ASuccessClearsItsOwnOriginOnly) {
  ThrottleStore throttle(*directory_);
  (void)tries_before_a_wait("192.0.2.7");
  (void)tries_before_a_wait("192.0.2.8");
  (void)throttle.begin_try("alice", kNow);
  ASSERT_TRUE(throttle.succeeded("alice", remote_origin("192.0.2.8")).ok());
  EXPECT_EQ(tries_before_a_wait("192.0.2.8"), 5);
  EXPECT_FALSE(try_from("192.0.2.7").allowed);
  EXPECT_EQ(throttle.state("alice")->failures, 1U);
  ASSERT_TRUE(throttle.succeeded("alice").ok());
  EXPECT_FALSE(try_from("192.0.2.7").allowed);
}

TEST_F(RemoteTriesTest, ThousandsOfAddressesShareOneCountAndOneSmallFile) {
  int allowed = 0;
  for (int i = 0; i < 2'000; ++i)
    allowed += try_from(numbered_address(i)).allowed ? 1 : 0;
  EXPECT_EQ(allowed, static_cast<int>(kMostOrigins) + 5);
  EXPECT_LT(std::filesystem::file_size(file_), 2'048U);
  EXPECT_FALSE(try_from("203.0.113.1").allowed) << "full: who is new waits with all others";
  EXPECT_TRUE(try_from(numbered_address(0)).allowed) << "who is known does not";
  EXPECT_TRUE(ThrottleStore(*directory_).begin_try("alice", kNow)->allowed)
      << "nor does the owner at his desk";
}

TEST_F(RemoteTriesTest, NamesCanBeHadInAnyNumberAndAreOneOrigin) {
  int allowed = 0;
  for (int i = 0; i < 50; ++i)
    allowed += try_from("host" + std::to_string(i) + ".example").allowed ? 1 : 0;
  EXPECT_EQ(allowed, 5);
}

TEST_F(RemoteTriesTest, BeingForgottenGainsNothing) {
  EXPECT_EQ(tries_before_a_wait("192.0.2.7"), 5);
  EXPECT_EQ(tries_before_a_wait("192.0.2.7", kNow + 30), 1);
  EXPECT_EQ(tries_before_a_wait("192.0.2.7", kNow + 30 + kForgottenAfterSeconds - 1), 1);
  const UnixSeconds day_later = kNow + 29 + 2 * kForgottenAfterSeconds;
  EXPECT_EQ(tries_before_a_wait("192.0.2.7", day_later), 5);
  for (int i = 0; i < 2'000; ++i)
    (void)try_from(numbered_address(i), day_later);
  EXPECT_EQ(tries_before_a_wait("203.0.113.1", day_later + kForgottenAfterSeconds), 5) << "room again";
}

TEST_F(RemoteTriesTest, AClockThatWasOnceFarAheadCostsOneWait) {
  constexpr UnixSeconds kNextCentury = 4'200'000'000;
  (void)tries_before_a_wait("192.0.2.7", kNextCentury);
  EXPECT_EQ(try_from("192.0.2.7").wait_seconds, 30);
  EXPECT_EQ(try_from("192.0.2.7", kNow + 29).wait_seconds, 1);
  EXPECT_TRUE(try_from("192.0.2.7", kNow + 30).allowed);
}

TEST_F(RemoteTriesTest, ADamagedTableRefusesNetworksAndOnlyThem) {
  (void)try_from("192.0.2.7");
  std::ifstream in(file_, std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  ThrottleStore throttle(*directory_);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x20);
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << bad;
    EXPECT_FALSE(throttle.begin_try("alice", kNow, remote_origin("192.0.2.7")).ok()) << i;
    EXPECT_FALSE(throttle.succeeded("alice", remote_origin("192.0.2.7")).ok()) << i;
  }
  EXPECT_TRUE(throttle.begin_try("alice", kNow)->allowed);
}

TEST(RemoteTriesTableTest, WhatIsTooLongTooShortOrTooManyIsRefused) {
  RemoteTries table;
  for (std::size_t i = 0; i < kMostOrigins + 10; ++i)
    table.set(remote_origin(numbered_address(static_cast<int>(i))), {1, kNow});
  Bytes body = table.encode();
  ASSERT_TRUE(RemoteTries::decode(body).ok());
  EXPECT_EQ(RemoteTries::decode(body)->encode(), body);
  EXPECT_EQ(RemoteTries::decode(body)->failures(), kMostOrigins + 1);
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_FALSE(RemoteTries::decode(ByteView(body).first(size)).ok()) << size;
  Bytes longer = body;
  longer.push_back(0);
  EXPECT_FALSE(RemoteTries::decode(longer).ok());
  Bytes more = body;
  more[0] = kMostOrigins + 1;
  EXPECT_FALSE(RemoteTries::decode(more).ok());
}

}  // namespace
}  // namespace cardea::recoveryd
