// SPDX-License-Identifier: Apache-2.0
// What a client takes for the list of its servers, and everything it does not.
#include "upstream/server_list.h"

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "tests/unit/upstream/fake_transport.h"

namespace cardea::upstream {
namespace {

using api::ServerList;

class ServerLists : public ::testing::Test {
 protected:
  ServerList list(std::uint64_t version = 3) const {
    return {version, 1'790'000'000, {{"https://a.example", "north"}, {"https://b.example:8443", "south"}}};
  }
  ShownServerList shown(const ServerList& what) const { return shown_bytes(api::encode(what)); }
  ShownServerList shown_bytes(const Bytes& bytes) const {
    const auto signature = key_.sign(bytes);
    return {bytes, to_bytes(signature), key_.spki()};
  }
  Error error_of(const ServerList& what) const {
    const auto checked = check_server_list(shown(what), key_.spki());
    return checked.ok() ? Error::internal : checked.error();
  }
  SystemRandom random_;
  crypto::Ed25519KeyPair key_ = crypto::Ed25519KeyPair::generate(random_);
};

TEST_F(ServerLists, AGoodOneIsRead) {
  const auto checked = check_server_list(shown(list()), key_.spki());
  ASSERT_TRUE(checked.ok()) << checked.failure().detail;
  EXPECT_EQ(checked->version, 3u);
  EXPECT_EQ(checked->servers, list().servers);
  EXPECT_EQ(api::encode(*checked), api::encode(list()));
}

TEST_F(ServerLists, EveryFlippedBitIsSeen) {
  const ShownServerList good = shown(list());
  for (std::size_t i = 0; i < good.list.size(); ++i) {
    ShownServerList bad = good;
    bad.list[i] ^= 1;
    EXPECT_FALSE(check_server_list(bad, key_.spki()).ok()) << i;
  }
  for (std::size_t i = 0; i < good.signature.size(); ++i) {
    ShownServerList bad = good;
    bad.signature[i] ^= 1;
    EXPECT_FALSE(check_server_list(bad, key_.spki()).ok()) << i;
  }
}

TEST_F(ServerLists, TheKeyThatComesWithItDoesNotCount) {
  const auto other = crypto::Ed25519KeyPair::generate(random_);
  ShownServerList forged = shown(list());
  forged.signature = to_bytes(other.sign(forged.list));
  forged.key = other.spki();
  EXPECT_EQ(check_server_list(forged, key_.spki()).error(), Error::signature_invalid);
  EXPECT_EQ(check_server_list(shown(list()), other.spki()).error(), Error::signature_invalid);
  EXPECT_EQ(check_server_list(shown(list()), {}).error(), Error::signature_invalid);
}

TEST_F(ServerLists, OtherSignedBytesAreNoList) {
  // What else the key signs, and lists of another format.
  for (const char* label : {"cardea/v1/checkpoint", "cardea/v2/server-list", "cardea/v1/account-statement"}) {
    ByteBuilder out;
    out.lp(label).raw(ByteView(api::encode(list())).subspan(23));
    EXPECT_EQ(check_server_list(shown_bytes(out.take()), key_.spki()).error(), Error::corrupted) << label;
  }
  Bytes longer = api::encode(list());
  longer.push_back(0);
  EXPECT_EQ(check_server_list(shown_bytes(longer), key_.spki()).error(), Error::corrupted);
  Bytes endless(api::kMaxServerList + 1, 0);
  EXPECT_EQ(check_server_list(shown_bytes(endless), key_.spki()).error(), Error::corrupted);
}

TEST_F(ServerLists, ListsThatBreakARuleAreRefusedThoughTheyAreSigned) {
  ServerList bad = list();
  bad.version = 0;
  EXPECT_EQ(error_of(bad), Error::corrupted);
  bad = list();
  bad.version = std::uint64_t{1} << 63;
  EXPECT_EQ(error_of(bad), Error::corrupted);
  bad = list();
  bad.servers.clear();
  EXPECT_EQ(error_of(bad), Error::corrupted);
  bad = list();
  bad.servers.resize(17, {"https://a.example", "north"});
  for (std::size_t i = 0; i < bad.servers.size(); ++i)
    bad.servers[i].url = "https://s" + std::to_string(i) + ".example";
  EXPECT_EQ(error_of(bad), Error::corrupted);
  bad.servers.pop_back();
  EXPECT_EQ(error_of(bad), Error::internal);  // 16 are good
  bad = list();
  bad.servers[1].url = bad.servers[0].url;
  EXPECT_EQ(error_of(bad), Error::corrupted);
  bad = list();
  bad.servers[0].region = "North Pole";
  EXPECT_EQ(error_of(bad), Error::corrupted);
}

TEST_F(ServerLists, OnlyOneFormOfAnOrigin) {
  for (const char* good : {"https://a", "https://a.example", "https://192.0.2.1:1",
                           "https://[2001:db8::1]:8443", "https://[::1]", "https://x-y.example:65535"}) {
    EXPECT_TRUE(api::is_server_origin(good)) << good;
  }
  for (const char* bad : {"",
                          "https://",
                          "http://a.example",
                          "https://A.example",
                          "https://a.example/",
                          "https://a.example/x",
                          "https://a.example:443",
                          "https://a.example:0",
                          "https://a.example:65536",
                          "https://a.example:08",
                          "https://a.example:",
                          "https://a b",
                          "https://a;b",
                          "https://a,b",
                          "https://'self'",
                          "https://*",
                          "https://*.example",
                          "https://user@a.example",
                          "https://-a",
                          "https://.a",
                          "https://a..b",
                          "https://a.",
                          "https://[::1",
                          "https://[]",
                          "https://[a]",
                          "https://::1",
                          "https://a?x",
                          "https://a#x",
                          "https://a.example https://b.example",
                          "https://a\r\nX: y",
                          "https://[::1]x"}) {
    EXPECT_FALSE(api::is_server_origin(bad)) << bad;
    ServerList one = list();
    one.servers[0].url = bad;
    EXPECT_EQ(error_of(one), Error::corrupted) << bad;
  }
  ServerList no_address = list();
  no_address.servers[0].url = "https://[1:2]";  // the form is right, and nobody can connect to it
  EXPECT_EQ(error_of(no_address), Error::config_invalid);
}

TEST_F(ServerLists, OlderOnesAreReplays) {
  const ServerList kept = list(5);
  EXPECT_TRUE(*is_newer(list(1), nullptr));
  EXPECT_TRUE(*is_newer(list(6), &kept));
  EXPECT_EQ(is_newer(list(4), &kept).error(), Error::replayed);
  ServerList again = kept;
  again.time += 1'000;  // signed anew by a server that was restarted, or by another one
  EXPECT_FALSE(*is_newer(again, &kept));
  again.servers[0].url = "https://c.example";
  EXPECT_EQ(is_newer(again, &kept).error(), Error::server_misbehaved);
}

TEST_F(ServerLists, AsTheServerAnswers) {
  FakeTransport transport;
  FakeClock clock;
  ServerClient client(transport, clock, random_);
  transport.answer(HttpResponse{204, {}, {}});
  const auto none = get_server_list(client);
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());

  const ShownServerList one = shown(list());
  const api::Json::Object good{{"list", api::Json::bytes(one.list)},
                               {"signature", api::Json::bytes(one.signature)},
                               {"key", api::Json::bytes(one.key)}};
  transport.answer_json(200, good);
  const auto some = get_server_list(client);
  ASSERT_TRUE(some.ok() && some->has_value());
  EXPECT_EQ((*some)->list, one.list);

  for (const char* missing : {"list", "signature", "key"}) {
    api::Json::Object bad;
    for (const auto& [name, value] : good) {
      if (name != missing) bad.emplace_back(name, value);
    }
    transport.answer_json(200, bad);
    EXPECT_EQ(get_server_list(client).error(), Error::server_misbehaved) << missing;
  }
  transport.answer_json(200, api::Json::Object{{"list", api::Json::bytes(Bytes(api::kMaxServerList + 1, 0))},
                                               {"signature", api::Json::bytes(one.signature)},
                                               {"key", api::Json::bytes(one.key)}});
  EXPECT_EQ(get_server_list(client).error(), Error::server_misbehaved);
  transport.answer_problem(404, "not-found");
  EXPECT_EQ(get_server_list(client).error(), Error::not_found);
}

}  // namespace
}  // namespace cardea::upstream
