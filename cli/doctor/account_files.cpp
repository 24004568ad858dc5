// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/account_files.h"

#include "core/base/text.h"

namespace cardea::cli::doctor {
namespace {

constexpr std::int64_t kDay = 24 * 3600;

// The lines of such a file with at least this many fields.
std::vector<std::vector<std::string>> rows(const System& system, const char* path, std::size_t fields) {
  std::vector<std::vector<std::string>> out;
  const auto text = system.read(path);
  if (!text.ok()) return out;
  for (const std::string& line : split(*text, '\n')) {
    std::vector<std::string> row = split(line, ':');
    if (row.size() >= fields) out.push_back(std::move(row));
  }
  return out;
}

// crypt(5): a hash that some password has; not “*”, “!…” or nothing, which pam_unix takes only with nullok.
bool is_password(const std::string& field) {
  return field.size() >= 13 && field.front() != '!' && field.front() != '*';
}

}  // namespace

AccountFiles AccountFiles::read(const System& system) {
  AccountFiles files;
  for (const auto& row : rows(system, "/etc/passwd", 7))
    files.primary_[row[0]] = row[3];
  for (const auto& row : rows(system, "/etc/group", 4)) {
    Group group{row[2], {}};
    for (const std::string& name : split(row[3], ',')) {
      if (!name.empty()) group.members.push_back(name);
    }
    files.groups_[row[0]] = std::move(group);
  }
  files.shadow_seen_ = system.read("/etc/shadow").ok();
  for (const auto& row : rows(system, "/etc/shadow", 8)) {
    const auto ends = parse_decimal(row[7]);
    files.shadow_[row[0]] = {is_password(row[1]), ends.has_value() ? static_cast<std::int64_t>(*ends) : 0};
  }
  return files;
}

std::optional<std::vector<std::string>> AccountFiles::members_of(const std::string& name) const {
  const auto group = groups_.find(name);
  if (group == groups_.end()) return std::nullopt;
  std::vector<std::string> members = group->second.members;
  for (const auto& [user, id] : primary_) {
    if (id == group->second.id) members.push_back(user);
  }
  return members;
}

PasswordState AccountFiles::password_of(const std::string& user, UnixSeconds now) const {
  if (!shadow_seen_ || !primary_.contains(user)) return PasswordState::unseen;
  const auto found = shadow_.find(user);
  if (found == shadow_.end() || !found->second.password) return PasswordState::unusable;
  const bool ended = found->second.ends_on > 0 && now / kDay >= found->second.ends_on;
  return ended ? PasswordState::unusable : PasswordState::usable;
}

}  // namespace cardea::cli::doctor
