// SPDX-License-Identifier: Apache-2.0
// The computer's own users, groups and password states from /etc: read as files, because the name service may
// be what is broken. Used by gate_check.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/doctor/system.h"

namespace cardea::cli::doctor {

enum class PasswordState {
  usable,
  unusable,  // none, locked, or the account has ended
  unseen,    // only root may see it, or a name service keeps it
};

class AccountFiles {
 public:
  static AccountFiles read(const System& system);

  // Who is in the group, also by his primary group; nothing when there is no such group.
  [[nodiscard]] std::optional<std::vector<std::string>> members_of(const std::string& group) const;
  [[nodiscard]] PasswordState password_of(const std::string& user, UnixSeconds now) const;

 private:
  struct Group {
    std::string id;
    std::vector<std::string> members;
  };
  struct Shadow {
    bool password = false;
    std::int64_t ends_on = 0;  // days since 1970; 0: never
  };
  std::map<std::string, std::string> primary_;  // user: number of his primary group
  std::map<std::string, Group> groups_;
  std::map<std::string, Shadow> shadow_;
  bool shadow_seen_ = false;
};

}  // namespace cardea::cli::doctor
