// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/account_rules.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/base/utf8.h"

namespace cardea::nss {
namespace {

// What every program that reads passwd lines can stand: valid UTF-8 without control characters and without
// the separator.
bool is_plain_text(std::string_view text) {
  if (text.size() > kMaxTextBytes || !is_valid_utf8(text)) return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f || c == ':';
  });
}

// An empty home becomes "/" and an empty shell /bin/sh in some programs: both are refused.
bool is_absolute_path(std::string_view path) {
  return path.starts_with('/') && is_plain_text(path) && path.find("/../") == path.npos &&
         !path.ends_with("/..");
}

bool is_name(const std::string& name) {
  NameKey key;
  return key.set(std::string_view(name)) && name.find('\0') == name.npos;
}

// How often a name and an id stand in the list.
struct Counts {
  std::unordered_map<std::string_view, unsigned> names;
  std::unordered_map<std::uint32_t, unsigned> ids;
};

Counts count(const AccountList& list) {
  Counts counts;
  counts.names.reserve(list.accounts.size() + list.groups.size());
  counts.ids.reserve(list.accounts.size() + list.groups.size());
  for (const Account& account : list.accounts) {
    ++counts.names[account.name];
    ++counts.ids[account.uid];
  }
  for (const Group& group : list.groups) {
    ++counts.names[group.name];
    ++counts.ids[group.gid];
  }
  return counts;
}

// Empty when nothing speaks against it.
std::string reason_against(const std::string& name, std::uint32_t id, const Counts& counts,
                           const LocalAccounts& local) {
  if (!is_name(name)) return "not a name that may be published";
  if (!is_our_id(id)) return "id outside " + std::to_string(kFirstId) + "-" + std::to_string(kLastId);
  if (counts.names.at(name) > 1) return "this name is twice in the list";
  if (counts.ids.at(id) > 1) return "this id is twice in the list";
  if (local.has_name(name)) return "a local user or group has this name";
  if (local.has_id(id)) return "a local user, group or subordinate id range has this id";
  return {};
}

std::string reason_against(const Account& account, const Counts& counts, const LocalAccounts& local) {
  if (std::string reason = reason_against(account.name, account.uid, counts, local); !reason.empty())
    return reason;
  if (!is_plain_text(account.comment)) return "comment too long, or with characters that are not permitted";
  if (!is_absolute_path(account.home)) return "home is not an absolute path of permitted characters";
  if (!is_absolute_path(account.shell)) return "shell is not an absolute path of permitted characters";
  return {};
}

std::string reason_against(const Group& group, const Counts& counts, const LocalAccounts& local) {
  if (std::string reason = reason_against(group.name, group.gid, counts, local); !reason.empty())
    return reason;
  if (group.members.size() > kMaxMembersOfGroup)
    return "more than " + std::to_string(kMaxMembersOfGroup) + " members";
  return {};
}

// Only accounts of ours can be members: a local user never gets a group from here.
void keep_known_members(Group& group, const std::unordered_set<std::string_view>& accounts) {
  std::erase_if(group.members, [&](const std::string& member) { return !accounts.contains(member); });
  std::sort(group.members.begin(), group.members.end());
  group.members.erase(std::unique(group.members.begin(), group.members.end()), group.members.end());
}

// The accounts that are in more groups than a record holds.
std::unordered_set<std::string> in_too_many_groups(const AccountList& list) {
  std::unordered_map<std::string_view, std::size_t> memberships;
  std::unordered_set<std::string> found;
  for (const Group& group : list.groups) {
    for (const std::string& member : group.members) {
      if (++memberships[member] > kMaxGroupsOfAccount) found.insert(member);
    }
  }
  return found;
}

void connect_members(Admission& admission) {
  std::unordered_set<std::string_view> known;
  known.reserve(admission.list.accounts.size());
  for (const Account& account : admission.list.accounts)
    known.insert(account.name);
  for (Group& group : admission.list.groups)
    keep_known_members(group, known);
}

}  // namespace

Result<Admission> admit(AccountList wanted, const LocalAccounts& local) {
  if (wanted.accounts.size() > kMaxAccounts) return fail(Error::limit_exceeded, "too many accounts");
  if (wanted.groups.size() > kMaxGroups) return fail(Error::limit_exceeded, "too many groups");
  Admission out;
  const Counts counts = count(wanted);
  const auto take = [&](auto& from, auto& to, auto id) {
    to.reserve(from.size());
    for (auto& entry : from) {
      if (std::string reason = reason_against(entry, counts, local); !reason.empty())
        out.refusals.push_back({entry.name, entry.*id, std::move(reason)});
      else
        to.push_back(entry);
    }
    std::sort(to.begin(), to.end(), [&](const auto& a, const auto& b) { return a.*id < b.*id; });
  };
  take(wanted.accounts, out.list.accounts, &Account::uid);
  take(wanted.groups, out.list.groups, &Group::gid);
  connect_members(out);
  if (const auto crowded = in_too_many_groups(out.list); !crowded.empty()) {
    std::erase_if(out.list.accounts, [&](const Account& account) {
      if (!crowded.contains(account.name)) return false;
      out.refusals.push_back({account.name, account.uid, "in more than 1024 groups"});
      return true;
    });
    connect_members(out);
  }
  return out;
}

}  // namespace cardea::nss
