// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/os/linux/local_users.h"

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

#include <grp.h>
#include <pwd.h>

#include "core/base/unique_handle.h"

namespace cardea::recoveryd {
namespace {

constexpr std::string_view kBreakGlassGroup = "cardea-breakglass";

using PasswdFile = UniqueHandle<std::FILE, std::fclose>;

template <typename Match>
bool find_in_passwd(struct passwd& entry, std::array<char, 4096>& buffer, const Match& matches) {
  const PasswdFile file(std::fopen("/etc/passwd", "re"));
  if (!file) return false;
  struct passwd* found = nullptr;
  while (::fgetpwent_r(file.get(), &entry, buffer.data(), buffer.size(), &found) == 0) {
    if (matches(*found)) return true;
  }
  return false;
}

}  // namespace

std::optional<uid_t> uid_of(const std::string& user) {
  struct passwd entry {};
  std::array<char, 4096> buffer{};
  if (find_in_passwd(entry, buffer, [&](const struct passwd& line) { return user == line.pw_name; }))
    return entry.pw_uid;
  struct passwd* found = nullptr;
  if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return entry.pw_uid;
}

std::optional<std::string> name_of(uid_t uid) {
  struct passwd entry {};
  std::array<char, 4096> buffer{};
  if (find_in_passwd(entry, buffer, [&](const struct passwd& line) { return line.pw_uid == uid; }))
    return entry.pw_name;
  struct passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return std::string(entry.pw_name);
}

std::optional<std::string> canonical_name_of(const std::string& user) {
  struct passwd entry {};
  std::array<char, 4096> buffer{};
  if (find_in_passwd(entry, buffer, [&](const struct passwd& line) { return user == line.pw_name; }))
    return user;
  struct passwd* found = nullptr;
  if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return std::string(entry.pw_name);
}

std::optional<bool> is_in_break_glass_group(const std::string& user) {
  const PasswdFile file(std::fopen("/etc/group", "re"));
  if (!file) return std::nullopt;
  std::vector<char> buffer(256 * 1024);  // the longest line of a large site
  struct group entry {};
  struct group* found = nullptr;
  while (::fgetgrent_r(file.get(), &entry, buffer.data(), buffer.size(), &found) == 0) {
    if (std::string_view(found->gr_name) != kBreakGlassGroup) continue;
    for (char** member = found->gr_mem; *member != nullptr; ++member) {
      if (user == *member) return true;
    }
    struct passwd account {};
    std::array<char, 4096> line{};
    return find_in_passwd(account, line, [&](const struct passwd& one) {
      return user == one.pw_name && one.pw_gid == entry.gr_gid;
    });
  }
  return std::nullopt;
}

}  // namespace cardea::recoveryd
