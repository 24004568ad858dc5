// SPDX-License-Identifier: Apache-2.0
// recoveryd.conf as values (docs/guide/administrator.md). Read once at start and again on SIGHUP; a file that
// is not right in every line is refused as a whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/log.h"
#include "core/base/result.h"
#include "recoveryd/default_paths.h"

namespace cardea::recoveryd {

// What happens to a session whose card is pulled.
enum class RemovalPolicy : std::uint8_t { ignore, lock, logout };

struct Settings {
  std::string socket = default_paths().socket;
  std::string state_dir = default_paths().state_dir;
  std::string accounts_db = default_paths().accounts_db;
  std::string worker = default_paths().worker;
  std::string opensc_conf;    // empty: the system's
  std::string computer_name;  // what the portal calls this computer; default: the host name
  LogLevel log_level = LogLevel::info;

  std::vector<std::string> card_modules{"opensc-pkcs11"};  // the name of p11-kit's module file in Debian
  std::vector<std::string> worker_environment;             // "NAME=VALUE", the worker's whole environment

  std::vector<std::string> server_urls;  // offered by `register` when no --server is given
  std::string ca_file;                   // empty: the system's trust store

  bool force_card_required = false;  // [policy] gate = card_required: `gate off` can't open it
  std::int64_t max_offline_seconds = 0;
  std::vector<std::string> services_without_card;
  std::vector<std::string> one_field_services{"sddm",  "i3lock",   "swaylock", "hyprlock",
                                              "slock", "physlock", "vlock"};
  std::vector<std::string> asking_services{"sudo", "sudo-i", "polkit-1", "su", "su-l"};
  std::vector<std::string> agent_services{"sudo",
                                          "sudo-i"};  // may let a card sign through the person's ssh agent
  std::string ssh_keys_user =
      "cardea-ssh";  // may ask for the keys of anybody's active cards: AuthorizedKeysCommandUser
  // [policy] set_authtok = keyring: a granted login leaves the keyring's secret in PAM_AUTHTOK, but not in
  // these services, which open no session with a keyring of its own.
  bool set_authtok_keyring = false;
  std::vector<std::string> services_without_keyring{"sudo", "sudo-i", "polkit-1", "su", "su-l"};
  // Serve a network even when they name no remote host: their users never get at the computer's readers.
  std::vector<std::string> remote_services{"sshd",   "remote",  "xrdp-sesman", "cockpit",
                                           "vsftpd", "proftpd", "dovecot",     "openvpn"};
  // Greeters that show no text with the first hidden question: it is said beforehand.
  std::vector<std::string> announced_services{"lightdm"};
  std::int64_t check_in_seconds = 24 * 3600;
  std::int64_t measure_seconds = 300;  // between two looks at how fast the servers answer

  RemovalPolicy removal = RemovalPolicy::ignore;
  std::int64_t removal_grace_seconds = 2;  // a card that is back by then was not removed
  std::string removal_command;             // in logind's place; empty: logind
  // Give rights inside a session that somebody else has opened, and open none of their own.
  std::vector<std::string> unbound_services{"sudo", "sudo-i", "polkit-1", "su", "su-l"};

  std::string officers_file =
      default_paths().officers_file;  // whose cards can make an access key of this computer

  bool guests = false;               // cardholders whom nobody has enrolled here may log in
  std::string guest_home = "/home";  // their homes are below it
  std::string guest_shell = "/bin/bash";
  bool guests_are_wiped = false;  // their homes, when they leave: cardea-guest-cleanup
};

// Error::config_invalid, not_found or unsafe_file, with "FILE:LINE: reason" in the detail.
Result<Settings> load_settings(const std::string& path);

}  // namespace cardea::recoveryd
