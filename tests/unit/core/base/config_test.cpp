// SPDX-License-Identifier: Apache-2.0
#include "core/base/config.h"

#include <gtest/gtest.h>

#include "tests/support/file_rights.h"

namespace cardea {
namespace {

constexpr ConfigKey kKeys[] = {
    {"server", "listen", ConfigType::text, true},
    {"server", "certificate", ConfigType::path},
    {"server", "quiet", ConfigType::boolean},
    {"limits", "records", ConfigType::integer, false, 1, 4096},
    {"policy", "gate", ConfigType::choice, false, 0, 0, "off|card_required"},
    {"policy", "services", ConfigType::list},
};

Result<Config> parse(std::string_view text) { return Config::parse(text, "test.conf", kKeys); }

TEST(Config, ReadsEveryType) {
  const std::string path = test::absolute_path("a/b");
  const auto config =
      parse("# comment\n; another\n\n[server]\nlisten = 127.0.0.1:0 \r\n\tcertificate=" + path +
            "\nquiet = on\n"
            "[limits]\nrecords = 4096\n[policy]\ngate = card_required\nservices = login, sudo\tsshd\n");
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  EXPECT_EQ(config->text("server", "listen"), "127.0.0.1:0");
  EXPECT_EQ(config->text("server", "certificate"), path);
  EXPECT_TRUE(config->boolean("server", "quiet", false));
  EXPECT_EQ(config->integer("limits", "records", 7), 4096);
  EXPECT_EQ(config->text("policy", "gate"), "card_required");
  EXPECT_EQ(config->list("policy", "services"), (std::vector<std::string>{"login", "sudo", "sshd"}));
}

TEST(Config, AbsentKeysGiveTheFallback) {
  const auto config = parse("[server]\nlisten = x");
  ASSERT_TRUE(config.ok());
  EXPECT_FALSE(config->has("limits", "records"));
  EXPECT_EQ(config->integer("limits", "records", 7), 7);
  EXPECT_TRUE(config->boolean("server", "quiet", true));
  EXPECT_EQ(config->text("policy", "gate", "off"), "off");
  EXPECT_TRUE(config->list("policy", "services").empty());
}

TEST(Config, AValueMayHoldEqualsAndHash) {
  const auto config = parse("[server]\nlisten = a=b # no comment here");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->text("server", "listen"), "a=b # no comment here");
}

struct Hostile {
  const char* text;
  const char* message;
};

class ConfigHostile : public testing::TestWithParam<Hostile> {};

TEST_P(ConfigHostile, IsRefusedWithFileLineAndReason) {
  const auto config = parse(GetParam().text);
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error(), Error::config_invalid);
  EXPECT_EQ(config.failure().detail, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ConfigHostile,
    testing::Values(
        Hostile{"", "test.conf:1: “listen” is missing in [server]"},
        Hostile{"[server]\nlisten = x\nlisten = y\n", "test.conf:3: “listen” is there twice"},
        Hostile{"[server]\nlisten = x\n[server]\nlisten = y\n", "test.conf:4: “listen” is there twice"},
        Hostile{"[server]\nlistne = x\n", "test.conf:2: unknown key “listne” in [server]"},
        Hostile{"[limits]\nlisten = x\n", "test.conf:2: unknown key “listen” in [limits]"},
        Hostile{"[serve]\n", "test.conf:1: unknown section [serve]"},
        Hostile{"[server\n", "test.conf:1: section without “]”"},
        Hostile{"listen = x\n", "test.conf:1: a value before the first [section]"},
        Hostile{"[server]\nlisten\n", "test.conf:2: expected “name = value”"},
        Hostile{"[server]\nlisten =\n", "test.conf:2: “listen” has no value"},
        Hostile{"[server]\ncertificate = a/b\n", "test.conf:2: “certificate” must be an absolute path"},
        Hostile{"[server]\nquiet = maybe\n", "test.conf:2: “quiet” must be yes or no"},
        Hostile{"[limits]\nrecords = 0\n", "test.conf:2: “records” must be a number from 1 to 4096"},
        Hostile{"[limits]\nrecords = 4097\n", "test.conf:2: “records” must be a number from 1 to 4096"},
        Hostile{"[limits]\nrecords = 12x\n", "test.conf:2: “records” must be a number from 1 to 4096"},
        Hostile{"[limits]\nrecords = 99999999999999999999\n",
                "test.conf:2: “records” must be a number from 1 to 4096"},
        Hostile{"[policy]\ngate = of\n", "test.conf:2: “gate” must be one of off|card_required"},
        Hostile{"[policy]\nservices = , ,\n", "test.conf:2: “services” must name at least one word"},
        Hostile{"[server]\nlisten = a\x01"
                "b\n",
                "test.conf:2: not printable UTF-8 text"},
        Hostile{"[server]\nlisten = \xff\n", "test.conf:2: not printable UTF-8 text"}));

TEST(Config, ALongFileIsRefusedWhole) {
  const std::string text = "[server]\nlisten = x\n#" + std::string(kMaxConfigSize, 'x');
  EXPECT_EQ(parse(text).error(), Error::config_invalid);
}

TEST(Config, AZeroByteIsRefused) {
  using namespace std::string_view_literals;
  EXPECT_EQ(parse("[server]\nlisten = a\0b\n"sv).failure().detail, "test.conf:2: not printable UTF-8 text");
}

TEST(Config, ComplaintsOfTheProgramNameTheLine) {
  const auto config = parse("[server]\n\nlisten = x");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->complain("server", "listen", "is not an address").detail,
            "test.conf:3: “listen” is not an address");
}

}  // namespace
}  // namespace cardea
