// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/base/secure_file.h"
#include "server/config.h"
#include "server/http/tls_context.h"
#include "server/init_certificate.h"
#include "server/secret_files.h"
#include "tests/support/temp_dir.h"

namespace cardea::server {
namespace {

constexpr std::string_view kGood =
    "[server]\nlisten = 127.0.0.1:8443\ncertificate = /c\nprivate_key = /k\n"
    "[store]\nurl = sqlite:///var/lib/cardea-server/cardea.db\n"
    "[secrets]\noprf_seed_file = /o\nake_key_file = /a\ncheckpoint_key_file = /p\n";

std::string complaint(const std::string& more) {
  const auto config = parse_server_config(std::string(kGood) + more, "server.conf");
  return config.ok() ? "" : config.failure().detail;
}

TEST(ServerConfig, HasGoodDefaults) {
  const auto config = parse_server_config(kGood, "server.conf");
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  EXPECT_EQ(config->listen.port, 8443);
  EXPECT_EQ(config->store.sqlite_path, "/var/lib/cardea-server/cardea.db");
  EXPECT_EQ(config->max_body, 65536u);
  EXPECT_EQ(config->limits.threads, 256u);
  EXPECT_EQ(config->limits.head_millis, 5000);
  EXPECT_TRUE(config->registration_open);
  EXPECT_FALSE(config->metrics_listen.has_value());
  EXPECT_EQ(config->authority, "");
}

TEST(ServerConfig, ReadsThePublicUrl) {
  const auto authority = [](const std::string& url) {
    const auto config = parse_server_config(std::string(kGood) + "[server]\npublic_url = " + url, "f");
    return config.ok() ? config->authority : config.failure().detail;
  };
  EXPECT_EQ(authority("https://Cardea.Example"), "cardea.example");
  EXPECT_EQ(authority("https://cardea.example:443/"), "cardea.example");
  EXPECT_EQ(authority("https://cardea.example:8443"), "cardea.example:8443");
  EXPECT_EQ(authority("http://cardea.example"), "f:12: “public_url” must begin with https://");
  EXPECT_EQ(authority("https://cardea.example/x"), "f:12: “public_url” must be https://HOST[:PORT]");
}

TEST(ServerConfig, KnowsTheOtherRegions) {
  SystemRandom random;
  const std::string key = RegionKeys::make(random.secret<32>()).value().public_key().text();
  const std::string south = "others = south=https://south.example:8443#" + key + "\n";
  const std::string regions = "[secrets]\nrelocation_key_file = /r\n[server]\nregion = north\n[regions]\n";
  const auto config =
      parse_server_config(std::string(kGood) + regions + south + "uids = 2020000000-2029999999\n", "f");
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  EXPECT_EQ(config->regions.here, "north");
  EXPECT_EQ(config->regions.others.at("south").url, "https://south.example:8443");
  EXPECT_EQ(config->regions.others.at("south").key.text(), key);
  EXPECT_EQ(config->first_uid, 2'020'000'000u);
  EXPECT_EQ(config->last_uid, 2'029'999'999u);
  const auto about = [&](const std::string& more) { return complaint(regions + more); };
  EXPECT_NE(about(south).find("“uids” is needed"), std::string::npos);
  EXPECT_NE(about("uids = 1000-2000").find("must be FIRST-LAST"), std::string::npos);
  EXPECT_NE(about("uids = 2020000000").find("must be FIRST-LAST"), std::string::npos);
  EXPECT_NE(about("others = south=http://x#" + key).find("https://"), std::string::npos);
  EXPECT_NE(about("others = north=https://x#" + key).find("own region"), std::string::npos);
  EXPECT_NE(about("others = south=https://x#abc").find("the key of"), std::string::npos);
  EXPECT_NE(about("others = south").find("NAME="), std::string::npos);
  EXPECT_NE(complaint("[server]\nregion = north\n[regions]\nuids = 2020000000-2029999999\n" + south)
                .find("relocation_key_file"),
            std::string::npos);
}

// What differs in one place shows only when the first user moves, and then as a move that fails.
TEST(ServerConfig, IsOfOneRegionInAllItsSections) {
  SystemRandom random;
  const auto key = [&] { return RegionKeys::make(random.secret<32>()).value().public_key().text(); };
  const std::string first = key();
  const std::string secret = "[secrets]\nrelocation_key_file = /r\n";
  const std::string server = "[server]\npublic_url = https://a.north.example\n";
  const std::string north = "region = north\n";
  const std::string regions = "[regions]\nuids = 2020000000-2029999999\nothers = ";
  const std::string south = "south=https://south.example#" + first;
  const std::string list = "[servers]\nversion = 1\nurls = https://a.north.example ";
  const auto refused = [&](const std::string& more) { return complaint(secret + server + more); };
  using testing::HasSubstr;
  const std::string good = north + regions + south + "\n";
  EXPECT_EQ(refused(good), "");
  EXPECT_EQ(refused(good + list + "https://b.north.example\nregions = north north\n"), "");
  EXPECT_THAT(refused(regions + south + "\n"), HasSubstr("needs [server] region"));
  EXPECT_THAT(refused("region = south\n" + regions + south + "\n"), HasSubstr("is this server's own region"));
  EXPECT_THAT(refused(north + regions + "south=https://a.north.example#" + first + "\n"),
              HasSubstr("this server's own public_url: it is of the region “north”"));
  EXPECT_THAT(refused(north + regions + south + " west=https://south.example#" + key() + "\n"),
              HasSubstr("the address or the key of “south”"));
  EXPECT_THAT(refused(north + regions + south + " west=https://west.example#" + first + "\n"),
              HasSubstr("the address or the key of “south”"));
  EXPECT_THAT(refused(good + list + "\nregions = berlin\n"),
              HasSubstr("says “berlin” of this server, [server] region says “north”"));
  EXPECT_THAT(refused(good + list + "https://b.north.example\nregions = north south\n"),
              HasSubstr("is of the region “south” of [regions]"));
  EXPECT_THAT(refused(good + list + "https://south.example\nregions = north north\n"),
              HasSubstr("is of the region “south” of [regions]"));
  // Without other regions it is a word for people.
  EXPECT_EQ(refused(north + list + "https://b.north.example\nregions = berlin paris\n"), "");
}

TEST(ServerConfig, AnotherRegionWithThisOnesKeyIsRefused) {
  const test::TempDir dir;
  ServerConfig config;
  config.region = "north";
  config.relocation_key_file = dir.file("relocation");
  SystemRandom random;
  const SecretKey32 secret = random.secret<32>();
  ASSERT_TRUE(create_file_atomically(config.relocation_key_file, secret.expose(), 0400).ok());
  config.regions.others["south"].key = RegionKeys::make(random.secret<32>()).value().public_key();
  EXPECT_TRUE(load_region_keys(config).ok());
  config.regions.others["south"].key = RegionKeys::make(secret).value().public_key();
  const auto keys = load_region_keys(config);
  ASSERT_FALSE(keys.ok());
  EXPECT_THAT(keys.failure().detail, testing::HasSubstr("the key of “south”, and this region is “north”"));
}

TEST(ServerConfig, TheListOfServersNamesThisOneToo) {
  const std::string me = "[server]\npublic_url = https://a.example\n";
  const auto config = parse_server_config(
      std::string(kGood) + me +
          "[servers]\nversion = 3\nurls = https://a.example https://b.example:8443\nregions = north south\n",
      "server.conf");
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  ASSERT_TRUE(config->servers.has_value());
  EXPECT_EQ(config->servers->version, 3u);
  EXPECT_EQ(config->servers->servers[1], (api::ListedServer{"https://b.example:8443", "south"}));
  EXPECT_FALSE(parse_server_config(kGood, "f")->servers.has_value());

  const auto refused = [&](const std::string& list, const std::string& before) {
    return complaint(before + "[servers]\n" + list);
  };
  using testing::HasSubstr;
  EXPECT_THAT(refused("version = 1\n", me), HasSubstr("needs “urls” beside it"));
  EXPECT_THAT(refused("urls = https://a.example\nregions = r\n", me), HasSubstr("needs a “version”"));
  EXPECT_THAT(refused("version = 0\nurls = https://a.example\nregions = r\n", me), HasSubstr("version"));
  EXPECT_THAT(refused("version = 1\nurls = https://a.example\n", me), HasSubstr("one region for each"));
  EXPECT_THAT(refused("version = 1\nurls = https://b.example\nregions = r\n", me), HasSubstr("public_url"));
  EXPECT_THAT(refused("version = 1\nurls = https://a.example\nregions = r\n", ""), HasSubstr("public_url"));
  EXPECT_THAT(refused("version = 1\nurls = https://a.example/\nregions = r\n", me),
              HasSubstr("must be https://"));
  EXPECT_THAT(refused("version = 1\nurls = https://a.example\nregions = R\n", me),
              HasSubstr("must be of a-z"));
  EXPECT_THAT(refused("version = 1\nurls = https://a.example https://a.example\nregions = r r\n", me),
              HasSubstr("a server twice"));
}

TEST(ServerConfig, ThePortalIsTheInstalledOneAnotherOrNone) {
  const auto with = [](const std::string& more) {
    return parse_server_config(std::string(kGood) + more, "server.conf").value();
  };
  EXPECT_EQ(with("").portal, CARDEA_PORTAL_FOLDER);
  EXPECT_FALSE(with("").portal_named);
  EXPECT_EQ(with("[server]\nportal = /srv/portal").portal, "/srv/portal");
  EXPECT_TRUE(with("[server]\nportal = /srv/portal").portal_named);
  EXPECT_EQ(with("[server]\nportal = off").portal, "");
  EXPECT_EQ(complaint("[server]\nportal = portal"),
            "server.conf:12: “portal” must be an absolute path or “off”");
}

TEST(ServerConfig, RefusesWhatItCannotMean) {
  EXPECT_EQ(complaint("[server]\nlisten2 = x"), "server.conf:12: unknown key “listen2” in [server]");
  EXPECT_EQ(complaint("[metrics]\nlisten = localhost:1"),
            "server.conf:12: “listen” must be ADDRESS:PORT with a numeric address");
  EXPECT_EQ(complaint("[limits]\nthreads = 1"), "server.conf:12: “threads” must be a number from 4 to 4096");
  EXPECT_EQ(complaint("[server]\nregistration = maybe"),
            "server.conf:12: “registration” must be one of open|closed");
  std::string text(kGood);
  text.replace(text.find("sqlite:///"), 10, "mysql://x/");
  EXPECT_EQ(parse_server_config(text, "f").failure().detail,
            "f:6: “url” must be sqlite:///PATH or postgresql://HOST[,HOST...]/DATABASE");
  EXPECT_EQ(complaint("[store]\npassword_file = /p"),
            "server.conf:12: “password_file” is for a postgresql:// url");
}

TEST(ServerConfig, ReadsAPostgresqlStore) {
  std::string text(kGood);
  constexpr std::string_view kUrl = "postgresql://cardea@a,b:5433/cardea?sslmode=verify-full";
  text.replace(text.find("sqlite:"), text.find("[secrets]") - text.find("sqlite:") - 1, kUrl);
  text += "[store]\npassword_file = /p\nconnections = 7\n";
  const auto config = parse_server_config(text, "f");
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  EXPECT_EQ(config->store.postgres_url, kUrl);
  EXPECT_EQ(config->store.sqlite_path, "");
  EXPECT_EQ(config->store.password_file, "/p");
  EXPECT_EQ(config->store.connections, 7u);
}

TEST(ServerConfig, NoComputerIsOpenToGuestsUnlessItIsNamed) {
  EXPECT_TRUE(parse_server_config(kGood, "f")->guests_open_to.empty());
  const std::string id(64, 'a');
  const auto config = parse_server_config(
      std::string(kGood) + "[guests]\nopen_to = " + id + "\ngroups = readers, writers\nstatement_hours = 8",
      "f");
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  EXPECT_EQ(config->guests_open_to, std::set{ComputerId::from_text(id).value()});
  EXPECT_EQ(config->guest_groups, (std::vector<std::string>{"readers", "writers"}));
  EXPECT_EQ(config->guest_statement_seconds, 8 * 3600);
  EXPECT_EQ(complaint("[guests]\nopen_to = library"),
            "server.conf:12: “open_to” must be computer ids (64 hex digits)");
  EXPECT_EQ(complaint("[guests]\ngroups = sudo"), "server.conf:12: “groups” “sudo” can't be used");
  EXPECT_EQ(complaint("[guests]\ngroups = a, a"), "server.conf:12: “groups” “a” is there twice");
  EXPECT_EQ(complaint("[guests]\nstatement_hours = 169"),
            "server.conf:12: “statement_hours” must be a number from 1 to 168");
}

TEST(ServerConfig, TrustedProxiesAreAddressesAndNetworks) {
  const auto config = parse_server_config(
      std::string(kGood) + "[server]\ntrusted_proxies = 10.0.0.0/24, ::1\nproxy_protocol = v2\n", "f");
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->limits.proxies.contains(http::IpAddress::parse("10.0.0.77").value()));
  EXPECT_FALSE(config->limits.proxies.contains(http::IpAddress::parse("10.0.1.77").value()));
  EXPECT_TRUE(config->limits.proxies.proxy_protocol);
  EXPECT_EQ(complaint("[server]\ntrusted_proxies = proxy.example"),
            "server.conf:12: “trusted_proxies” must be numeric addresses or networks: “proxy.example”: no "
            "numeric address");
  EXPECT_EQ(complaint("[server]\ntrusted_proxies = 0.0.0.0/0"),
            "server.conf:12: “trusted_proxies” must be numeric addresses or networks: “0.0.0.0/0”: far too "
            "large a network");
  EXPECT_EQ(complaint("[server]\nproxy_protocol = v2"),
            "server.conf:12: “proxy_protocol” needs “trusted_proxies”: nobody else may name a client");
}

TEST(ServerConfig, AddressesAreNumeric) {
  EXPECT_EQ(http::parse_listen_address("[::1]:0")->host, "::1");
  for (const char* bad :
       {"", "1", ":1", "localhost:1", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:x", "127.0.0.1:-1"}) {
    EXPECT_FALSE(http::parse_listen_address(bad).ok()) << bad;
  }
}

class ServerFiles : public testing::Test {
 protected:
  ServerFiles() {
    config.oprf_seed_file = dir.file("oprf");
    config.ake_key_file = dir.file("ake");
    config.checkpoint_key_file = dir.file("checkpoint");
  }
  test::TempDir dir;
  ServerConfig config;
  SystemRandom random;
};

TEST_F(ServerFiles, SecretsAreMadeOnceAndPrivate) {
  EXPECT_EQ(load_secrets(config).error(), Error::not_found);
  EXPECT_EQ(init_secrets(config, random)->size(), 3u);
  struct stat info = {};
  ASSERT_EQ(::stat(config.oprf_seed_file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0400u);
  const std::string before(read_secret_file(config.oprf_seed_file)->expose_text());
  EXPECT_TRUE(init_secrets(config, random)->empty());
  EXPECT_EQ(read_secret_file(config.oprf_seed_file)->expose_text(), before);
  EXPECT_TRUE(load_secrets(config).ok());
}

TEST_F(ServerFiles, SecretsThatOthersCanReadAreRefused) {
  ASSERT_TRUE(init_secrets(config, random).ok());
  ASSERT_EQ(::chmod(config.ake_key_file.c_str(), 0440), 0);
  EXPECT_EQ(load_secrets(config).error(), Error::unsafe_file);
  ASSERT_EQ(::chmod(config.ake_key_file.c_str(), 0600), 0);
  std::ofstream(config.ake_key_file, std::ios::app) << "x";
  EXPECT_EQ(load_secrets(config).error(), Error::key_invalid);
}

TEST_F(ServerFiles, ACertificateFitsItsKeyAndIsNeverReplaced) {
  const std::string certificate = dir.file("cert.pem");
  const std::string key = dir.file("key.pem");
  ASSERT_TRUE(init_certificate("127.0.0.1", certificate, key).ok());
  EXPECT_EQ(init_certificate("127.0.0.1", certificate, key).error(), Error::already_exists);
  const auto pem = read_config_file(certificate);
  const auto secret = read_secret_file(key);
  ASSERT_TRUE(pem.ok() && secret.ok());
  EXPECT_TRUE(http::TlsContext::make(*pem, *secret).ok());
  test::TempDir other;
  ASSERT_TRUE(init_certificate("a.example", other.file("cert.pem"), other.file("key.pem")).ok());
  EXPECT_EQ(http::TlsContext::make(*pem, *read_secret_file(other.file("key.pem"))).error(),
            Error::key_invalid);
  EXPECT_EQ(init_certificate("a\nb", other.file("c"), other.file("k")).error(), Error::invalid_argument);
}

TEST(ServerConfig, ReadsTheProgramForNotifications) {
  const auto config = parse_server_config(
      std::string(kGood) + "[notify]\nprogram = /usr/local/lib/tell\ntimeout_seconds = 5\n", "f");
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  EXPECT_EQ(config->notify.program, "/usr/local/lib/tell");
  EXPECT_EQ(config->notify.timeout_seconds, 5);
  EXPECT_EQ(parse_server_config(kGood, "f")->notify.program, "");
  EXPECT_NE(complaint("[notify]\nprogram = tell --all\n").find("absolute path"), std::string::npos);
  EXPECT_NE(complaint("[notify]\ntimeout_seconds = 5\n").find("needs “program”"), std::string::npos);
  EXPECT_NE(complaint("[notify]\nprogram = /tell\ntimeout_seconds = 301\n"), "");
}

}  // namespace
}  // namespace cardea::server
