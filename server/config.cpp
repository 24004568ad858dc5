// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <algorithm>

#include "core/api/account_statement.h"
#include "core/api/forward.h"
#include "core/base/config.h"
#include "core/base/secure_file.h"
#include "core/base/text.h"

namespace cardea::server {
namespace {

constexpr ConfigKey kKeys[] = {
    {"server", "listen", ConfigType::text, true},
    {"server", "certificate", ConfigType::path, true},
    {"server", "private_key", ConfigType::path, true},
    {"server", "public_url"},
    {"server", "region"},
    {"server", "trusted_proxies", ConfigType::list},
    {"server", "proxy_protocol", ConfigType::choice, false, 0, 0, "off|v2"},
    {"server", "port_file", ConfigType::path},
    {"server", "portal"},
    {"server", "log_level", ConfigType::choice, false, 0, 0, "error|warning|notice|info|debug"},
    {"server", "registration", ConfigType::choice, false, 0, 0, "open|closed"},
    {"store", "url", ConfigType::text, true},
    {"store", "password_file", ConfigType::path},
    {"store", "connections", ConfigType::integer, false, 1, 256},
    {"secrets", "oprf_seed_file", ConfigType::path, true},
    {"secrets", "ake_key_file", ConfigType::path, true},
    {"secrets", "checkpoint_key_file", ConfigType::path, true},
    {"secrets", "relocation_key_file", ConfigType::path},
    {"regions", "others", ConfigType::list},
    {"regions", "uids"},
    {"regions", "ca_file", ConfigType::path},
    {"guests", "open_to", ConfigType::list},
    {"guests", "groups", ConfigType::list},
    {"guests", "statement_hours", ConfigType::integer, false, 1, 7 * 24},
    {"servers", "version", ConfigType::integer, false, 1},
    {"servers", "urls", ConfigType::list},
    {"servers", "regions", ConfigType::list},
    {"notify", "program", ConfigType::path},
    {"notify", "timeout_seconds", ConfigType::integer, false, 1, 300},
    {"metrics", "listen"},
    {"limits", "threads", ConfigType::integer, false, 4, 4096},
    {"limits", "queue", ConfigType::integer, false, 16, 65536},
    {"limits", "connections_per_prefix", ConfigType::integer, false, 1, 65536},
    {"limits", "head_seconds", ConfigType::integer, false, 1, 60},
    {"limits", "request_seconds", ConfigType::integer, false, 1, 600},
    {"limits", "keep_alive_seconds", ConfigType::integer, false, 1, 600},
    {"limits", "body_kib", ConfigType::integer, false, 48, 1024},
    {"limits", "guesses_per_prefix", ConfigType::integer, false, 5, 1000000},
};

// "https://host[:port][/]" to what clients put into Host.
Result<std::string> read_authority(const Config& config) {
  std::string url = config.text("server", "public_url");
  if (url.empty()) return url;
  constexpr std::string_view kScheme = "https://";
  std::transform(url.begin(), url.end(), url.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  if (!url.starts_with(kScheme)) return config.complain("server", "public_url", "must begin with https://");
  url.erase(0, kScheme.size());
  if (url.ends_with('/')) url.pop_back();
  if (url.ends_with(":443")) url.erase(url.size() - 4);
  if (url.empty() ||
      url.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.:[]") != std::string::npos) {
    return config.complain("server", "public_url", "must be https://HOST[:PORT]");
  }
  return url;
}

// A PostgreSQL URI is libpq's to understand, when the store is opened.
Result<StoreConfig> read_store(const Config& config) {
  constexpr std::string_view kSqlite = "sqlite://";
  constexpr std::string_view kPostgres = "postgresql://";
  StoreConfig out;
  const std::string url = config.text("store", "url");
  out.password_file = config.text("store", "password_file");
  out.connections = static_cast<std::size_t>(
      config.integer("store", "connections", static_cast<std::int64_t>(out.connections)));
  if (url.starts_with(kPostgres)) {
    out.postgres_url = url;
    return out;
  }
  if (!url.starts_with(kSqlite) || url.size() == kSqlite.size() || url[kSqlite.size()] != '/')
    return config.complain("store", "url", "must be sqlite:///PATH or postgresql://HOST[,HOST...]/DATABASE");
  for (const char* key : {"password_file", "connections"}) {
    if (config.has("store", key)) return config.complain("store", key, "is for a postgresql:// url");
  }
  out.sqlite_path = url.substr(kSqlite.size());
  return out;
}

void read_limits(const Config& config, ServerConfig& out) {
  const auto size = [&](std::string_view name, std::size_t fallback) {
    return static_cast<std::size_t>(config.integer("limits", name, static_cast<std::int64_t>(fallback)));
  };
  const auto millis = [&](std::string_view name, std::int64_t fallback) {
    return config.integer("limits", name, fallback / 1000) * 1000;
  };
  http::GuardLimits& limits = out.limits;
  limits.threads = size("threads", limits.threads);
  limits.queue = size("queue", limits.queue);
  limits.connections_per_prefix = size("connections_per_prefix", limits.connections_per_prefix);
  limits.head_millis = millis("head_seconds", limits.head_millis);
  limits.request_millis = millis("request_seconds", limits.request_millis);
  limits.keep_alive_millis = millis("keep_alive_seconds", limits.keep_alive_millis);
  out.max_body = size("body_kib", out.max_body / 1024) * 1024;
  out.guesses_per_prefix = static_cast<std::uint32_t>(size("guesses_per_prefix", out.guesses_per_prefix));
}

Status read_proxies(const Config& config, ServerConfig& out) {
  http::TrustedProxies& proxies = out.limits.proxies;
  for (const std::string& text : config.list("server", "trusted_proxies")) {
    auto network = http::IpNetwork::parse(text);
    if (!network.ok()) {
      return config.complain(
          "server", "trusted_proxies",
          "must be numeric addresses or networks: “" + text + "”: " + network.failure().detail);
    }
    proxies.networks.push_back(std::move(network).value());
  }
  proxies.proxy_protocol = config.text("server", "proxy_protocol", "off") == "v2";
  if (proxies.proxy_protocol && proxies.networks.empty())
    return config.complain("server", "proxy_protocol",
                           "needs “trusted_proxies”: nobody else may name a client");
  return {};
}

Status read_portal(const Config& config, ServerConfig& out) {
  if (!config.has("server", "portal")) return {};
  out.portal = config.text("server", "portal");
  out.portal_named = true;
  if (out.portal == "off") out.portal.clear();
  if (!out.portal.empty() && out.portal.front() != '/')
    return config.complain("server", "portal", "must be an absolute path or “off”");
  return {};
}

Status read_guests(const Config& config, ServerConfig& out) {
  for (const std::string& text : config.list("guests", "open_to")) {
    const auto computer = ComputerId::from_text(text);
    if (!computer.ok()) return config.complain("guests", "open_to", "must be computer ids (64 hex digits)");
    out.guests_open_to.insert(*computer);
  }
  for (const std::string& name : config.list("guests", "groups")) {
    if (!api::is_login_name(name)) return config.complain("guests", "groups", "“" + name + "” can't be used");
    if (std::find(out.guest_groups.begin(), out.guest_groups.end(), name) != out.guest_groups.end())
      return config.complain("guests", "groups", "“" + name + "” is there twice");
    out.guest_groups.push_back(name);
  }
  if (out.guest_groups.size() > api::kMaxGuestGroups)
    return config.complain("guests", "groups", "at most " + std::to_string(api::kMaxGuestGroups));
  out.guest_statement_seconds = config.integer("guests", "statement_hours", 24) * 3600;
  return {};
}

// "FIRST-LAST"
Status read_uids(const Config& config, ServerConfig& out) {
  const std::string text = config.text("regions", "uids");
  const auto dash = text.find('-');
  const auto first = parse_decimal(text.substr(0, dash));
  const auto last = dash == std::string::npos ? std::nullopt : parse_decimal(text.substr(dash + 1));
  if (!first || !last || *first < api::kFirstUnixId || *last > api::kLastUnixId || *first >= *last) {
    return config.complain("regions", "uids",
                           "must be FIRST-LAST within " + std::to_string(api::kFirstUnixId) + "-" +
                               std::to_string(api::kLastUnixId) + ", another range for each region");
  }
  out.first_uid = static_cast<std::uint32_t>(*first);
  out.last_uid = static_cast<std::uint32_t>(*last);
  return {};
}

// "NAME=URL#KEY"
Status read_region(const Config& config, const std::string& word, RegionPolicy& policy) {
  const auto equals = word.find('=');
  const auto hash = word.rfind('#');
  if (equals == std::string::npos || hash == std::string::npos || hash < equals)
    return config.complain("regions", "others", "must be NAME=https://HOST[:PORT]#KEY");
  const std::string name = word.substr(0, equals);
  OtherRegion region;
  region.url = word.substr(equals + 1, hash - equals - 1);
  if (name == policy.here)
    return config.complain(
        "regions", "others",
        "“" + name + "” is this server's own region ([server] region): name the others only");
  if (!api::is_region_name(name) || policy.others.contains(name))
    return config.complain("regions", "others", "“" + name + "” can't be used, or is there twice");
  if (!api::is_server_origin(region.url))
    return config.complain(
        "regions", "others",
        "“" + region.url + "” must be https://HOST[:PORT] in lower case, without a slash at the end");
  auto key = RegionPublicKey::parse(std::string_view(word).substr(hash + 1));
  if (!key.ok()) return config.complain("regions", "others", "the key of “" + name + "” is none");
  region.key = std::move(key).value();
  for (const auto& [other, known] : policy.others) {
    if (known.url == region.url || known.key.text() == region.key.text())
      return config.complain("regions", "others",
                             "“" + name + "” has the address or the key of “" + other + "”");
  }
  policy.others.emplace(name, std::move(region));
  return {};
}

Status read_regions(const Config& config, ServerConfig& out) {
  out.relocation_key_file = config.text("secrets", "relocation_key_file");
  out.regions.here = out.region;
  out.regions_ca_file = config.text("regions", "ca_file");
  if (config.has("regions", "uids")) TRY(read_uids(config, out));
  if (!config.has("regions", "others")) return {};
  if (!config.has("server", "region"))
    return config.complain("regions", "others",
                           "needs [server] region: the name by which the others know this region");
  if (!api::is_region_name(out.region))
    return config.complain("server", "region", "must be [a-z][a-z0-9-]*, at most 32 characters");
  for (const std::string& word : config.list("regions", "others"))
    TRY(read_region(config, word, out.regions));
  for (const auto& [name, region] : out.regions.others) {
    if (region.url == "https://" + out.authority)
      return config.complain("regions", "others",
                             "“" + name + "” has this server's own public_url: it is of the region “" +
                                 out.region + "” ([server] region)");
  }
  if (out.first_uid == 0) return config.complain("regions", "uids", "is needed beside “others”");
  if (out.relocation_key_file.empty())
    return config.complain("secrets", "relocation_key_file", "is needed beside “others” of [regions]");
  return {};
}

// The servers of the list have one store, and so are of one region: this one.
Status check_listed(const Config& config, const ServerConfig& out, const api::ListedServer& listed) {
  if (out.regions.others.empty()) return {};
  const bool own = listed.url == "https://" + out.authority;
  if (own && listed.region != out.region)
    return config.complain("servers", "regions",
                           "says “" + listed.region + "” of this server, [server] region says “" +
                               out.region + "”: they must be the same where there is a [regions]");
  for (const auto& [name, region] : out.regions.others) {
    if (listed.region == name || listed.url == region.url)
      return config.complain("servers", "urls",
                             "“" + listed.url + "” is of the region “" + name +
                                 "” of [regions], which has another store: name the servers of “" +
                                 out.region + "” only");
  }
  return {};
}

// The server itself must be listed by the name it answers to: a client that came by the list would otherwise
// sign for another one.
Status read_servers(const Config& config, ServerConfig& out) {
  const auto urls = config.list("servers", "urls");
  if (urls.empty()) {
    for (const char* key : {"version", "regions"}) {
      if (config.has("servers", key)) return config.complain("servers", key, "needs “urls” beside it");
    }
    return {};
  }
  api::ServerList list;
  list.version = static_cast<std::uint64_t>(config.integer("servers", "version", 0));
  if (list.version == 0)
    return config.complain("servers", "urls", "needs a “version”, raised with each change of the list");
  const auto regions = config.list("servers", "regions");
  if (regions.size() != urls.size())
    return config.complain("servers", "regions", "must name one region for each of “urls”");
  bool is_in_it = false;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    if (!api::is_server_origin(urls[i]))
      return config.complain(
          "servers", "urls",
          "“" + urls[i] + "” must be https://HOST[:PORT] in lower case, without a slash at the end");
    if (!api::is_region(regions[i]))
      return config.complain("servers", "regions", "must be of a-z, 0-9 and -");
    is_in_it = is_in_it || urls[i] == "https://" + out.authority;
    list.servers.push_back({urls[i], regions[i]});
    TRY(check_listed(config, out, list.servers.back()));
  }
  if (out.authority.empty()) return config.complain("servers", "urls", "needs [server] public_url");
  if (!is_in_it) return config.complain("servers", "urls", "must name this server's public_url, too");
  if (const char* rule = api::broken_rule(list); rule != nullptr)
    return config.complain("servers", "urls", std::string("can't be used: ") + rule);
  out.servers = std::move(list);
  return {};
}

// Whether the program may be run is asked when the server starts, and each time.
Status read_notify(const Config& config, ServerConfig& out) {
  out.notify.program = config.text("notify", "program");
  if (out.notify.program.empty() && config.has("notify", "timeout_seconds"))
    return config.complain("notify", "timeout_seconds", "needs “program” beside it");
  out.notify.timeout_seconds = config.integer("notify", "timeout_seconds", out.notify.timeout_seconds);
  return {};
}

}  // namespace

Result<ServerConfig> parse_server_config(std::string_view text, std::string_view file_name) {
  TRY_ASSIGN(const Config config, Config::parse(text, file_name, kKeys));
  ServerConfig out;
  auto listen = http::parse_listen_address(config.text("server", "listen"));
  if (!listen.ok()) return config.complain("server", "listen", "must be ADDRESS:PORT with a numeric address");
  out.listen = std::move(listen).value();
  if (config.has("metrics", "listen")) {
    auto metrics = http::parse_listen_address(config.text("metrics", "listen"));
    if (!metrics.ok())
      return config.complain("metrics", "listen", "must be ADDRESS:PORT with a numeric address");
    out.metrics_listen = std::move(metrics).value();
  }
  TRY(read_proxies(config, out));
  TRY_ASSIGN(out.authority, read_authority(config));
  TRY_ASSIGN(out.store, read_store(config));
  out.certificate = config.text("server", "certificate");
  out.private_key = config.text("server", "private_key");
  out.region = config.text("server", "region", "default");
  out.port_file = config.text("server", "port_file");
  (void)parse_log_level(config.text("server", "log_level", "info"), out.log_level);
  out.registration_open = config.text("server", "registration", "open") == "open";
  out.oprf_seed_file = config.text("secrets", "oprf_seed_file");
  out.ake_key_file = config.text("secrets", "ake_key_file");
  out.checkpoint_key_file = config.text("secrets", "checkpoint_key_file");
  read_limits(config, out);
  TRY(read_portal(config, out));
  TRY(read_guests(config, out));
  TRY(read_regions(config, out));
  TRY(read_servers(config, out));
  TRY(read_notify(config, out));
  return out;
}

Result<ServerConfig> read_server_config(const std::string& path) {
  TRY_ASSIGN(const Bytes bytes, read_config_file(path));
  return parse_server_config(as_text(bytes), path);
}

}  // namespace cardea::server
