// SPDX-License-Identifier: Apache-2.0
// Which servers the daemon knows: the list it keeps, on disk and against forgers, and whom it asks.
#include "recoveryd/upstream/server_directory.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "core/crypto/signature.h"
#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class CountingSink final : public LogSink {
 public:
  bool take(const LogEntry& entry) override {
    lines.emplace_back(entry.line);
    return true;
  }
  std::vector<std::string> lines;
};

class ServerDirectories : public ::testing::Test {
 protected:
  ServerDirectories() : state_(StateDirectory::open(temp_.file("state")).value()) { log_.set_sink(&sink_); }

  std::unique_ptr<ServerDirectory> open() {
    return std::make_unique<ServerDirectory>(state_, clock_, random_, log_);
  }
  upstream::ShownServerList shown(std::uint64_t version, const std::vector<std::string>& urls) {
    return signed_by(key_, version, urls);
  }
  static upstream::ShownServerList signed_by(const crypto::Ed25519KeyPair& key, std::uint64_t version,
                                             const std::vector<std::string>& urls) {
    api::ServerList list{version, 1'790'000'000, {}};
    for (const std::string& url : urls)
      list.servers.push_back({url, "north"});
    const Bytes bytes = api::encode(list);
    return {bytes, to_bytes(key.sign(bytes)), key.spki()};
  }
  [[nodiscard]] std::string file() const { return state_.file("server-lists"); }

  test::TempDir temp_;
  StateDirectory state_;
  FakeClock clock_;
  SystemRandom random_;
  CountingSink sink_;
  Log log_{"test", LogLevel::notice};
  crypto::Ed25519KeyPair key_ = crypto::Ed25519KeyPair::generate(random_);
  const ServerGroup group_{{"https://a.example"}, key_.spki()};
};

TEST_F(ServerDirectories, WithoutAListTheConfiguredOnesAreAsked) {
  const auto directory = open();
  EXPECT_TRUE(directory->listed(group_).empty());
  EXPECT_THAT(directory->order(group_), ElementsAre("https://a.example"));
  EXPECT_THAT(directory->order({{"https://A.Example/", "https://b.example:443"}, key_.spki()}),
              UnorderedElementsAre("https://a.example", "https://b.example"));
}

TEST_F(ServerDirectories, AListIsTakenKeptAndOutlivesARestart) {
  auto directory = open();
  EXPECT_TRUE(*directory->take(group_, shown(2, {"https://b.example", "https://c.example"})));
  EXPECT_FALSE(*directory->take(group_, shown(2, {"https://b.example", "https://c.example"})));
  directory = open();
  EXPECT_THAT(directory->listed(group_), ElementsAre("https://b.example", "https://c.example"));
  const auto order = directory->order(group_);
  EXPECT_EQ(order.size(), 3u);
  EXPECT_EQ(order.back(), "https://a.example");  // configured, and not in the list
  EXPECT_EQ(directory->standing(group_).list_version, 2u);
  EXPECT_EQ(directory->standing(group_).servers[0].region, "north");
}

TEST_F(ServerDirectories, OlderForgedAndForeignListsChangeNothing) {
  const auto directory = open();
  ASSERT_TRUE(directory->take(group_, shown(5, {"https://b.example"})).ok());
  const auto stranger = crypto::Ed25519KeyPair::generate(random_);
  EXPECT_EQ(directory->take(group_, shown(4, {"https://evil.example"})).error(), Error::replayed);
  EXPECT_EQ(directory->take(group_, shown(5, {"https://evil.example"})).error(), Error::server_misbehaved);
  EXPECT_EQ(directory->take(group_, signed_by(stranger, 9, {"https://evil.example"})).error(),
            Error::signature_invalid);
  upstream::ShownServerList changed = shown(9, {"https://b.example"});
  changed.list[40] ^= 1;
  EXPECT_EQ(directory->take(group_, changed).error(), Error::signature_invalid);
  EXPECT_EQ(directory->take({{"https://a.example"}, {}}, shown(9, {"https://evil.example"})).error(),
            Error::key_invalid);
  EXPECT_THAT(directory->listed(group_), ElementsAre("https://b.example"));
  EXPECT_THAT(open()->listed(group_), ElementsAre("https://b.example"));
  // Somebody else's servers, by their own key, are nobody's but his.
  const ServerGroup other{{"https://a.example"}, stranger.spki()};
  ASSERT_TRUE(directory->take(other, signed_by(stranger, 1, {"https://d.example"})).ok());
  EXPECT_THAT(directory->listed(group_), ElementsAre("https://b.example"));
  EXPECT_THAT(open()->listed(other), ElementsAre("https://d.example"));
}

TEST_F(ServerDirectories, OfManyKeysTheOldestListGoes) {
  const auto directory = open();
  std::vector<ServerGroup> groups;
  for (std::size_t i = 0; i < kMaxServerLists + 1; ++i) {
    const auto key = crypto::Ed25519KeyPair::generate(random_);
    groups.push_back({{"https://a.example"}, key.spki()});
    ASSERT_TRUE(directory->take(groups.back(), signed_by(key, 1, {"https://b.example"})).ok());
  }
  EXPECT_TRUE(open()->listed(groups.front()).empty());
  EXPECT_FALSE(open()->listed(groups[1]).empty());
  EXPECT_FALSE(open()->listed(groups.back()).empty());
}

TEST_F(ServerDirectories, EveryFlippedByteOfTheFileIsIgnoredWithALine) {
  ASSERT_TRUE(open()->take(group_, shown(2, {"https://b.example"})).ok());
  std::ifstream in(file(), std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  ASSERT_GT(good.size(), 100u);
  const auto ignored = [&](const std::string& bytes, std::size_t at) {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
    sink_.lines.clear();
    const auto directory = open();
    EXPECT_TRUE(directory->listed(group_).empty()) << at;
    EXPECT_THAT(directory->order(group_), ElementsAre("https://a.example")) << at;
    ASSERT_EQ(sink_.lines.size(), 1u) << at;
    EXPECT_THAT(sink_.lines[0], HasSubstr("kept server list ignored")) << at;
  };
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x01);
    ignored(bad, i);
  }
  for (std::size_t size = 0; size < good.size(); size += 7)
    ignored(good.substr(0, size), size);
  // And the next one that is shown is taken.
  EXPECT_TRUE(*open()->take(group_, shown(1, {"https://c.example"})));
  EXPECT_THAT(open()->listed(group_), ElementsAre("https://c.example"));
}

TEST_F(ServerDirectories, AListThatCannotBeKeptIsUsed) {
  const auto directory = open();
  std::filesystem::create_directories(file() + "/in the way");
  EXPECT_FALSE(directory->take(group_, shown(2, {"https://b.example"})).ok());
  EXPECT_THAT(directory->listed(group_), ElementsAre("https://b.example"));
}

TEST_F(ServerDirectories, AMoveIsTold) {
  const auto directory = open();
  ASSERT_TRUE(directory->take(group_, shown(2, {"https://b.example", "https://c.example"})).ok());
  directory->measured(group_, "https://b.example", 10);
  directory->measured(group_, "https://c.example", 90);
  ASSERT_EQ(directory->order(group_).front(), "https://b.example");
  sink_.lines.clear();
  directory->failed(group_, "https://b.example");
  EXPECT_EQ(directory->order(group_).front(), "https://c.example");
  ASSERT_EQ(sink_.lines.size(), 1u);
  EXPECT_THAT(sink_.lines[0], HasSubstr("another server is asked now"));
  EXPECT_THAT(directory->to_measure(group_), UnorderedElementsAre("https://a.example", "https://c.example"));
  directory->keep_only({});
  EXPECT_EQ(directory->to_measure(group_).size(), 3u);
}

}  // namespace
}  // namespace cardea::recoveryd
