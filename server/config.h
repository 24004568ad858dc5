// SPDX-License-Identifier: Apache-2.0
// server.conf (design page 4.1; every key is in server/README.md). Read once at start by main; a
// SIGHUP re-reads the certificate and the log level only.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "core/api/server_list.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "server/http/listener.h"
#include "server/notify_loop.h"
#include "server/service/region_keys.h"
#include "server/store/open_store.h"
#include "server/store/types.h"

namespace cardea::server {

struct ServerConfig {
  http::ListenAddress listen;
  std::string certificate;
  std::string private_key;
  std::string authority;  // of public_url; empty: the address the server listens on
  std::string region;
  std::string port_file;                      // empty: none
  std::string portal = CARDEA_PORTAL_FOLDER;  // empty: none
  bool portal_named = false;                  // in the file; else it may be missing
  LogLevel log_level = LogLevel::info;
  bool registration_open = true;
  StoreConfig store;
  std::string oprf_seed_file;
  std::string ake_key_file;
  std::string checkpoint_key_file;
  std::optional<http::ListenAddress> metrics_listen;
  http::GuardLimits limits;
  std::size_t max_body = 64 * 1024;
  std::uint32_t guesses_per_prefix = 50;
  std::set<ComputerId> guests_open_to;
  std::vector<std::string> guest_groups;
  std::int64_t guest_statement_seconds = 24 * 3600;
  std::optional<api::ServerList> servers;  // without a time; nothing: this server is the only one
  RegionPolicy regions;
  std::string regions_ca_file;  // empty: the system's authorities
  std::uint32_t first_uid = 0;  // 0: no range, there is one region only
  std::uint32_t last_uid = 0;
  std::string relocation_key_file;
  NotifySettings notify;
};

// config_invalid with "FILE:LINE: reason".
Result<ServerConfig> parse_server_config(std::string_view text, std::string_view file_name);
// The file must belong to root or this user, and nobody else may write it.
Result<ServerConfig> read_server_config(const std::string& path);

}  // namespace cardea::server
