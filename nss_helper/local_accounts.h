// SPDX-License-Identifier: Apache-2.0
// The names and ids that this computer's own files already use: /etc/passwd, /etc/group, /etc/subuid,
// /etc/subgid. Parsed here and not asked of the C library, whose answer would contain our own accounts and
// whatever a network source invents. Called by recoveryd before each publication.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/base/result.h"

namespace cardea::nss {

struct LocalAccountFiles {
  std::string passwd = "/etc/passwd";
  std::string group = "/etc/group";
  std::string subuid = "/etc/subuid";
  std::string subgid = "/etc/subgid";
};

class LocalAccounts {
 public:
  // A missing subuid or subgid file is an empty one; a missing or unreadable passwd or group file is an
  // error, because "no local users" would then be a guess.
  static Result<LocalAccounts> read(const LocalAccountFiles& files);

  [[nodiscard]] bool has_name(std::string_view name) const { return names_.contains(std::string(name)); }
  [[nodiscard]] bool has_id(std::uint64_t id) const;

  // Lines of passwd and group: name in the first field, id in the third. A line that is none of these (a
  // comment, a
  // "+" line of the compat service) keeps its first field as a taken name.
  void add_entries(std::string_view text);
  // Lines of subuid and subgid: owner, first id, count.
  void add_ranges(std::string_view text);

 private:
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
  };
  std::unordered_set<std::string> names_;
  std::unordered_set<std::uint64_t> ids_;
  std::vector<Range> ranges_;
};

}  // namespace cardea::nss
