// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/settings.h"

#include <array>

#include "core/base/config.h"
#include "core/base/secure_file.h"

namespace cardea::recoveryd {
namespace {

constexpr std::int64_t kYearSeconds = 366LL * 24 * 3600;

constexpr std::array kKeys{
    ConfigKey{"recoveryd", "socket", ConfigType::path},
    ConfigKey{"recoveryd", "state_dir", ConfigType::path},
    ConfigKey{"recoveryd", "accounts_db", ConfigType::path},
    ConfigKey{"recoveryd", "worker", ConfigType::path},
    ConfigKey{"recoveryd", "computer_name", ConfigType::text},
    ConfigKey{"recoveryd", "log_level", ConfigType::choice, false, 0, 0, "error|warning|notice|info|debug"},
    ConfigKey{"card", "modules", ConfigType::list},
    ConfigKey{"card", "opensc_conf", ConfigType::path},
    ConfigKey{"card", "worker_environment", ConfigType::list},
    ConfigKey{"server", "urls", ConfigType::list},
    ConfigKey{"server", "ca_file", ConfigType::path},
    ConfigKey{"server", "check_in_seconds", ConfigType::integer, false, 1, 30LL * 24 * 3600},
    ConfigKey{"server", "measure_seconds", ConfigType::integer, false, 1, 24LL * 3600},
    ConfigKey{"policy", "gate", ConfigType::choice, false, 0, 0, "off|card_required"},
    ConfigKey{"policy", "max_offline", ConfigType::integer, false, 0, kYearSeconds},
    ConfigKey{"policy", "services_without_card", ConfigType::list},
    ConfigKey{"policy", "one_field_services", ConfigType::list},
    ConfigKey{"policy", "asking_services", ConfigType::list},
    ConfigKey{"policy", "agent_services", ConfigType::list},
    ConfigKey{"policy", "ssh_keys_user", ConfigType::text},
    ConfigKey{"policy", "set_authtok", ConfigType::choice, false, 0, 0, "none|keyring"},
    ConfigKey{"policy", "services_without_keyring", ConfigType::list},
    ConfigKey{"policy", "remote_services", ConfigType::list},
    ConfigKey{"policy", "announced_services", ConfigType::list},
    ConfigKey{"policy", "removal", ConfigType::choice, false, 0, 0, "ignore|lock|logout"},
    ConfigKey{"policy", "removal_grace", ConfigType::integer, false, 0, 60},
    ConfigKey{"policy", "removal_command", ConfigType::path},
    ConfigKey{"policy", "unbound_services", ConfigType::list},
    ConfigKey{"policy", "officers_file", ConfigType::path},
    ConfigKey{"policy", "guests", ConfigType::boolean},
    ConfigKey{"policy", "guest_home", ConfigType::path},
    ConfigKey{"policy", "guest_shell", ConfigType::path},
    ConfigKey{"policy", "guest_leaves", ConfigType::choice, false, 0, 0, "keep|wipe"},
};

void take(const Config& config, std::string_view section, std::string_view name, std::string& value) {
  if (config.has(section, name)) value = config.text(section, name);
}

void take(const Config& config, std::string_view section, std::string_view name,
          std::vector<std::string>& value) {
  if (config.has(section, name)) value = config.list(section, name);
}

void take_removal(const Config& config, Settings& settings) {
  const std::string removal = config.text("policy", "removal", "ignore");
  if (removal == "lock") settings.removal = RemovalPolicy::lock;
  if (removal == "logout") settings.removal = RemovalPolicy::logout;
  settings.removal_grace_seconds = config.integer("policy", "removal_grace", settings.removal_grace_seconds);
  take(config, "policy", "removal_command", settings.removal_command);
  take(config, "policy", "unbound_services", settings.unbound_services);
}

}  // namespace

Result<Settings> load_settings(const std::string& path) {
  TRY_ASSIGN(const Bytes text, read_config_file(path));
  TRY_ASSIGN(const Config config, Config::parse(as_text(text), path, kKeys));
  Settings settings;
  take(config, "recoveryd", "socket", settings.socket);
  take(config, "recoveryd", "state_dir", settings.state_dir);
  take(config, "recoveryd", "accounts_db", settings.accounts_db);
  take(config, "recoveryd", "worker", settings.worker);
  take(config, "recoveryd", "computer_name", settings.computer_name);
  (void)parse_log_level(config.text("recoveryd", "log_level", "info"), settings.log_level);
  take(config, "card", "modules", settings.card_modules);
  take(config, "card", "opensc_conf", settings.opensc_conf);
  take(config, "card", "worker_environment", settings.worker_environment);
  take(config, "server", "urls", settings.server_urls);
  take(config, "server", "ca_file", settings.ca_file);
  settings.check_in_seconds = config.integer("server", "check_in_seconds", settings.check_in_seconds);
  settings.measure_seconds = config.integer("server", "measure_seconds", settings.measure_seconds);
  settings.force_card_required = config.text("policy", "gate", "off") == "card_required";
  settings.max_offline_seconds = config.integer("policy", "max_offline", 0);
  take(config, "policy", "services_without_card", settings.services_without_card);
  take(config, "policy", "one_field_services", settings.one_field_services);
  take(config, "policy", "asking_services", settings.asking_services);
  take(config, "policy", "agent_services", settings.agent_services);
  take(config, "policy", "ssh_keys_user", settings.ssh_keys_user);
  settings.set_authtok_keyring = config.text("policy", "set_authtok", "none") == "keyring";
  take(config, "policy", "services_without_keyring", settings.services_without_keyring);
  take(config, "policy", "remote_services", settings.remote_services);
  take(config, "policy", "announced_services", settings.announced_services);
  take_removal(config, settings);
  take(config, "policy", "officers_file", settings.officers_file);
  settings.guests = config.boolean("policy", "guests", false);
  take(config, "policy", "guest_home", settings.guest_home);
  take(config, "policy", "guest_shell", settings.guest_shell);
  settings.guests_are_wiped = config.text("policy", "guest_leaves", "keep") == "wipe";
  if (settings.guest_home.ends_with('/'))
    return config.complain("policy", "guest_home", "does not end with a /");
  if (settings.guests && settings.server_urls.empty())
    return config.complain("policy", "guests", "guests need a server: [server] urls");
  for (const std::string& url : settings.server_urls) {
    if (!url.starts_with("https://"))
      return config.complain("server", "urls", "a server URL begins with https://");
  }
  return settings;
}

}  // namespace cardea::recoveryd
