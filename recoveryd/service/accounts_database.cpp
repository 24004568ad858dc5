// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/accounts_database.h"

#include <algorithm>

#include "nss_helper/database_check.h"
#include "nss_helper/database_image.h"
#include "nss_helper/database_mapping.h"
#include "nss_helper/database_writer.h"

namespace cardea::recoveryd {
namespace {

constexpr std::size_t kMaxRefusalsLogged = 20;

// The memory of ids: one id, one owner, for ever.
class GivenIds {
 public:
  explicit GivenIds(std::map<std::uint32_t, OwnerId>& ids) : ids_(ids) {
    for (const auto& [id, owner] : ids_)
      owners_.emplace(owner, id);
  }
  // Entries of one list are looked at before any of them is kept.
  void see(const OwnerId& owner) { ++seen_[owner]; }
  [[nodiscard]] std::string reason_against(const OwnerId& owner, std::uint32_t id) const {
    if (seen_.at(owner) > 1) return "this owner is twice in the list";
    const auto before = ids_.find(id);
    if (before != ids_.end() && before->second != owner) return "this id once belonged to somebody else";
    const auto known = owners_.find(owner);
    if (known != owners_.end() && known->second != id) return "its owner once had another id";
    return {};
  }
  void keep(const OwnerId& owner, std::uint32_t id) { ids_.emplace(id, owner); }

 private:
  std::map<std::uint32_t, OwnerId>& ids_;
  std::map<OwnerId, std::uint32_t> owners_;
  std::map<OwnerId, unsigned> seen_;
};

// What the memory of ids lets through, and whose each id then is.
struct Permitted {
  nss::AccountList list;
  std::map<std::uint32_t, OwnerId> owners;
};

Permitted permitted(const WantedAccounts& wanted, GivenIds& given, std::vector<nss::Refusal>& refusals) {
  for (const WantedAccount& one : wanted.accounts)
    given.see(one.owner);
  for (const WantedGroup& one : wanted.groups)
    given.see(one.owner);
  Permitted out;
  const auto judge = [&](const OwnerId& owner, const std::string& name, std::uint32_t id) {
    std::string reason = given.reason_against(owner, id);
    if (reason.empty()) {
      out.owners.emplace(id, owner);
      return true;
    }
    refusals.push_back({name, id, std::move(reason)});
    return false;
  };
  for (const auto& [owner, account] : wanted.accounts) {
    if (judge(owner, account.name, account.uid)) out.list.accounts.push_back(account);
  }
  for (const auto& [owner, group] : wanted.groups) {
    if (judge(owner, group.name, group.gid)) out.list.groups.push_back(group);
  }
  return out;
}

// admit() lets each id through once at most, so its owner is not in doubt.
void remember(const std::map<std::uint32_t, OwnerId>& owners, const nss::AccountList& admitted,
              GivenIds& given) {
  for (const nss::Account& account : admitted.accounts)
    given.keep(owners.at(account.uid), account.uid);
  for (const nss::Group& group : admitted.groups)
    given.keep(owners.at(group.gid), group.gid);
}

void put_account(WantedAccounts& wanted, const WantedAccount& account,
                 const std::vector<WantedGroup>& groups) {
  std::erase_if(wanted.accounts, [&](const WantedAccount& other) { return other.owner == account.owner; });
  wanted.accounts.push_back(account);
  // In the order of owners: the same list is then the same file, in whatever order guests come.
  std::sort(wanted.accounts.begin(), wanted.accounts.end(),
            [](const WantedAccount& a, const WantedAccount& b) { return a.owner < b.owner; });
  const std::string& name = account.account.name;
  for (WantedGroup& group : wanted.groups)
    std::erase(group.group.members, name);
  for (const WantedGroup& group : groups) {
    auto known = std::find_if(wanted.groups.begin(), wanted.groups.end(),
                              [&](const WantedGroup& other) { return other.owner == group.owner; });
    if (known == wanted.groups.end()) {
      wanted.groups.push_back({group.owner, {group.group.name, group.group.gid, {}}});
      known = std::prev(wanted.groups.end());
    }
    known->group.gid = group.group.gid;
    known->group.members.push_back(name);
    std::sort(known->group.members.begin(), known->group.members.end());
  }
  std::erase_if(wanted.groups, [](const WantedGroup& group) { return group.group.members.empty(); });
}

// False when there is none.
bool take_account(WantedAccounts& wanted, const OwnerId& owner) {
  const auto found = std::find_if(wanted.accounts.begin(), wanted.accounts.end(),
                                  [&](const WantedAccount& account) { return account.owner == owner; });
  if (found == wanted.accounts.end()) return false;
  for (WantedGroup& group : wanted.groups)
    std::erase(group.group.members, found->account.name);
  std::erase_if(wanted.groups, [](const WantedGroup& group) { return group.group.members.empty(); });
  wanted.accounts.erase(found);
  return true;
}

// The database for the length of one question.
class OpenDatabase {
 public:
  explicit OpenDatabase(const std::string& path) {
    if (nss::map_database(path.c_str(), nullptr, mapping_) != 0) mapping_ = {};
  }
  OpenDatabase(const OpenDatabase&) = delete;
  OpenDatabase& operator=(const OpenDatabase&) = delete;
  ~OpenDatabase() { nss::unmap(mapping_); }
  [[nodiscard]] const nss::DatabaseView* view() const {
    return mapping_.data == nullptr ? nullptr : &mapping_.view;
  }

 private:
  nss::Mapping mapping_;
};

}  // namespace

Result<AccountsState> AccountsDatabase::read_state() const {
  auto before = store_.read();
  // A damaged file is not "nothing was ever published": the memory of ids would be lost.
  if (!before.ok() && before.error() != Error::not_found) return before.failure();
  return before.ok() ? std::move(*before) : AccountsState{};
}

Result<std::vector<nss::Refusal>> AccountsDatabase::publish(WantedAccounts wanted) {
  const std::lock_guard lock(mutex_);
  TRY_ASSIGN(AccountsState state, read_state());
  const bool changed = state.wanted != wanted;
  state.wanted = std::move(wanted);
  return apply(std::move(state), changed);
}

Status AccountsDatabase::publish_account(const WantedAccount& account,
                                         const std::vector<WantedGroup>& groups) {
  const std::lock_guard lock(mutex_);
  TRY_ASSIGN(AccountsState state, read_state());
  const WantedAccounts before = state.wanted;
  // Of two entries of one name neither would be published, and who was here first would lose his account.
  for (const WantedAccount& other : before.accounts) {
    const bool same = other.account.name == account.account.name || other.account.uid == account.account.uid;
    if (same && other.owner != account.owner)
      return fail(Error::already_exists, "another account of this list has this name or id");
  }
  put_account(state.wanted, account, groups);
  TRY_ASSIGN(const Judged judged, judge(state));
  for (const nss::Refusal& refusal : judged.admission.refusals) {
    if (refusal.name == account.account.name) return fail(Error::already_exists, refusal.reason);
  }
  const bool changed = state.wanted != before;
  if (const auto done = apply(std::move(state), changed); !done.ok()) return done.failure();
  return {};
}

Status AccountsDatabase::remove_account(const OwnerId& owner) {
  const std::lock_guard lock(mutex_);
  TRY_ASSIGN(AccountsState state, read_state());
  if (!take_account(state.wanted, owner)) return {};
  if (const auto done = apply(std::move(state), true); !done.ok()) return done.failure();
  return {};
}

Result<std::vector<WantedAccount>> AccountsDatabase::accounts() const {
  const std::lock_guard lock(mutex_);
  TRY_ASSIGN(AccountsState state, read_state());
  return std::move(state.wanted.accounts);
}

Status AccountsDatabase::refresh() {
  const std::lock_guard lock(mutex_);
  auto state = store_.read();
  if (!state.ok() && state.error() == Error::not_found) return {};
  if (!state.ok()) return state.failure();
  if (const auto done = apply(std::move(*state), false); !done.ok()) return done.failure();
  return {};
}

Result<AccountsDatabase::Judged> AccountsDatabase::judge(AccountsState& state) const {
  TRY_ASSIGN(const nss::LocalAccounts local, nss::LocalAccounts::read(local_));
  std::vector<nss::Refusal> refusals;
  GivenIds given(state.given);
  Permitted allowed = permitted(state.wanted, given, refusals);
  Judged out;
  TRY_ASSIGN(out.admission, nss::admit(std::move(allowed.list), local));
  out.admission.refusals.insert(out.admission.refusals.begin(), refusals.begin(), refusals.end());
  out.owners = std::move(allowed.owners);
  return out;
}

Result<std::vector<nss::Refusal>> AccountsDatabase::apply(AccountsState state, bool changed) {
  TRY_ASSIGN(Judged judged, judge(state));
  const std::size_t known = state.given.size();
  GivenIds given(state.given);
  remember(judged.owners, judged.admission.list, given);
  // First the memory, then what it is of: an id that anybody could have seen is never given to somebody else.
  if (changed || state.given.size() != known) TRY(store_.write(state));
  TRY(write_if_needed(judged.admission.list, state.wanted == WantedAccounts{}));
  tell(judged.admission.refusals);
  return std::move(judged.admission.refusals);
}

Status AccountsDatabase::write_if_needed(const nss::AccountList& list, bool withdraw) {
  if (withdraw) return nss::withdraw_database(path_);
  const auto present = nss::check_database_file(path_);
  if (present.ok() && !present->replaced && present->list == list) return {};
  if (!present.ok() && present.error() == Error::corrupted)
    log_.warning("the accounts database was damaged and is written anew",
                 {{"detail", present.failure().detail}});
  const auto seed_bytes = random_.array<8>();
  nss::ImageHead head;
  head.seed = nss::load64(seed_bytes.data());
  head.generation = present.ok() ? present->generation + 1 : 1;
  head.written_at = static_cast<std::uint64_t>(clock_.now());
  TRY_ASSIGN(const Bytes image, nss::make_image(list, head));
  TRY(nss::replace_database(path_, image));
  log_.info("accounts database written", {{"accounts", static_cast<std::int64_t>(list.accounts.size())},
                                          {"groups", static_cast<std::int64_t>(list.groups.size())}});
  return {};
}

void AccountsDatabase::tell(const std::vector<nss::Refusal>& refusals) const {
  for (std::size_t i = 0; i < refusals.size() && i < kMaxRefusalsLogged; ++i) {
    const nss::Refusal& one = refusals[i];
    log_.warning("account not published",
                 {{"name", one.name}, {"id", std::int64_t{one.id}}, {"reason", one.reason}});
  }
  if (refusals.size() > kMaxRefusalsLogged)
    log_.warning("more accounts not published",
                 {{"count", static_cast<std::int64_t>(refusals.size() - kMaxRefusalsLogged)}});
}

std::optional<std::uint32_t> AccountsDatabase::uid_of(std::string_view name) const {
  const OpenDatabase database(path_);
  nss::NameKey key;
  nss::Record record;
  if (database.view() == nullptr || !key.set(name)) return std::nullopt;
  if (database.view()->by_name(key, record) != nss::Lookup::found || record.kind != nss::RecordKind::account)
    return std::nullopt;
  return record.id;
}

std::optional<std::string> AccountsDatabase::name_of(std::uint32_t uid) const {
  const OpenDatabase database(path_);
  nss::Record record;
  if (database.view() == nullptr || database.view()->by_id(uid, record) != nss::Lookup::found)
    return std::nullopt;
  if (record.kind != nss::RecordKind::account) return std::nullopt;
  return std::string(record.name);
}

}  // namespace cardea::recoveryd
