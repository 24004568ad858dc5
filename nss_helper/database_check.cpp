// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_check.h"

#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "nss_helper/database_mapping.h"

namespace cardea::nss {
namespace {

Failure damaged(const std::string& what) { return fail(Error::corrupted, what); }

std::vector<std::string> members_of(const Record& record) {
  std::vector<std::string> out;
  for (std::string_view rest = record.texts; !rest.empty();) {
    const std::size_t end = rest.find('\0');
    out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);  // database_view has seen the last zero byte
  }
  return out;
}

Account account_of(const Record& record) {
  const std::string_view texts = record.texts;
  const std::size_t comment = record.name.size() + 1;
  const std::size_t home = comment + record.comment_size + 1;
  const std::size_t shell = home + record.home_size + 1;
  return {std::string(record.name), record.id, std::string(texts.substr(comment, record.comment_size)),
          std::string(texts.substr(home, record.home_size)),
          std::string(texts.substr(shell, texts.size() - shell - 1))};
}

bool is_found(const DatabaseView& view, const Record& record) {
  NameKey key;
  if (!key.set(record.name)) return false;
  Record again;
  if (view.by_name(key, again) != Lookup::found || again.place != record.place) return false;
  return view.by_id(record.id, again) == Lookup::found && again.place == record.place;
}

// Each membership stands twice, in the account and in the group: both must say the same.
bool memberships_agree(const DatabaseView& view, const AccountList& list) {
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> wanted;
  for (const Group& group : list.groups) {
    for (const std::string& member : group.members)
      wanted[member].push_back(group.gid);
  }
  for (const Account& account : list.accounts) {
    Record record;
    if (view.by_id(account.uid, record) != Lookup::found) return false;
    std::vector<std::uint32_t> stored;
    for (std::uint32_t i = 0; i < record.count; ++i)
      stored.push_back(load32(record.groups + 4 * i));
    const auto found = wanted.find(account.name);
    if (stored != (found == wanted.end() ? std::vector<std::uint32_t>() : found->second)) return false;
    if (found != wanted.end()) wanted.erase(found);
  }
  return wanted.empty();
}

}  // namespace

Result<DatabaseState> check_database(ByteView file) {
  DatabaseView view;
  if (!view.open(file.data(), file.size()))
    return damaged("not the header of an accounts database of this size");
  const std::uint32_t buckets = view.name_buckets() + view.id_buckets();
  for (std::uint32_t number = 0; number < buckets; ++number) {
    if (!view.bucket_passes(number))
      return damaged("bucket " + std::to_string(number) + " does not pass its check");
  }
  DatabaseState out;
  out.generation = view.generation();
  out.replaced = view.is_replaced();
  std::uint64_t cursor = 0;
  Record record;
  Lookup lookup = Lookup::found;
  while ((lookup = view.next(cursor, record)) == Lookup::found) {
    if (!is_found(view, record))
      return damaged("record " + std::to_string(record.id) + " is not found in the index");
    if (record.kind == RecordKind::account) {
      out.list.accounts.push_back(account_of(record));
    } else {
      out.list.groups.push_back({std::string(record.name), record.id, members_of(record)});
      if (out.list.groups.back().members.size() != record.count)
        return damaged("a group's members don't add up");
    }
  }
  if (lookup == Lookup::damaged)
    return damaged("the record behind id " + std::to_string(cursor & 0xffffffff) +
                   " does not pass its check");
  if (out.list.accounts.size() != view.accounts() || out.list.groups.size() != view.groups())
    return damaged("the number of records is not that of the header");
  if (!memberships_agree(view, out.list)) return damaged("accounts and groups disagree about members");
  return out;
}

Result<DatabaseState> check_database_file(const std::string& path) {
  Mapping mapping;
  if (const int error = map_database(path.c_str(), nullptr, mapping); error != 0) {
    if (error == ENOENT) return fail(Error::not_found, path + ": is not there");
    if (error == EIO)
      return fail(Error::corrupted, path + ": is not a database, or others may have written it");
    return fail(Error::io_failed, path + ": " + std::strerror(error));
  }
  auto state = check_database({mapping.data, mapping.size});
  unmap(mapping);
  if (!state.ok()) return fail(state.error(), path + ": " + state.failure().detail);
  return state;
}

}  // namespace cardea::nss
