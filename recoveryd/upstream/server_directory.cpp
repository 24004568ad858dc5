// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/upstream/server_directory.h"

#include <algorithm>

#include "recoveryd/log_events.h"
#include "upstream/server_url.h"

namespace cardea::recoveryd {

using upstream::ServerChoice;

ServerDirectory::ServerDirectory(const StateDirectory& directory, const Clock& clock, Random& random,
                                 const Log& log)
    : store_(directory), clock_(clock), random_(random), log_(log) {
  load();
}

void ServerDirectory::load() {
  const auto ignored = [&](const Failure& failure) {
    log_.error("kept server list ignored",
               {{"error", error_name(failure.error)}, {"detail", failure.detail}});
  };
  auto lists = store_.read();
  if (!lists.ok()) {
    if (lists.error() != Error::not_found) ignored(lists.failure());
    return;
  }
  for (upstream::ShownServerList& shown : *lists) {
    auto list = upstream::check_server_list(shown, shown.key);
    if (!list.ok()) {
      ignored(list.failure());
    } else {
      kept_.push_back({std::move(shown), std::move(list).value()});
    }
  }
}

Status ServerDirectory::store() const {
  std::vector<upstream::ShownServerList> lists;
  for (const Kept& kept : kept_)
    lists.push_back(kept.shown);
  return store_.write(lists);
}

const ServerDirectory::Kept* ServerDirectory::kept_for(ByteView key) const {
  if (key.empty()) return nullptr;
  const auto found =
      std::ranges::find_if(kept_, [&](const Kept& kept) { return std::ranges::equal(kept.shown.key, key); });
  return found == kept_.end() ? nullptr : &*found;
}

ServerChoice& ServerDirectory::choice_of(const ServerGroup& group) {
  std::vector<ServerChoice::Candidate> wanted;
  const auto add = [&](const std::string& url, bool listed) {
    const auto same = [&](const auto& one) { return one.url == url; };
    if (std::ranges::none_of(wanted, same)) wanted.push_back({url, listed});
  };
  const Kept* kept = kept_for(group.key);
  if (kept != nullptr) {
    for (const api::ListedServer& server : kept->list.servers)
      add(server.url, true);
  }
  for (const std::string& url : group.urls) {
    const auto parsed = upstream::ServerUrl::parse(url);  // in the one form of the list
    add(parsed.ok() ? "https://" + parsed->authority : url, kept == nullptr);
  }
  ServerChoice& choice = choices_[group];
  choice.set_servers(wanted);
  return choice;
}

std::vector<std::string> ServerDirectory::order(const ServerGroup& group) {
  const std::lock_guard lock(mutex_);
  ServerChoice& choice = choice_of(group);
  const std::string before = in_use(choice);
  auto out = choice.order(clock_.monotonic(), random_);
  tell_change(before, choice);
  return out;
}

std::string ServerDirectory::in_use(const ServerChoice& choice) {
  return choice.current() ? choice.servers()[*choice.current()].url : std::string();
}

void ServerDirectory::tell_change(const std::string& before, const ServerChoice& choice) const {
  const std::string now = in_use(choice);
  if (!before.empty() && now != before) log_.notice(events::kServerChanged, {{"from", before}, {"to", now}});
}

Result<bool> ServerDirectory::take(const ServerGroup& group, const upstream::ShownServerList& shown) {
  const std::lock_guard lock(mutex_);
  if (group.key.empty()) return fail(Error::key_invalid, "no key of this server is known");
  TRY_ASSIGN(api::ServerList list, upstream::check_server_list(shown, group.key));
  const Kept* kept = kept_for(group.key);
  TRY_ASSIGN(const bool newer, upstream::is_newer(list, kept == nullptr ? nullptr : &kept->list));
  if (!newer) return false;
  std::erase_if(kept_, [&](const Kept& one) { return one.shown.key == group.key; });
  if (kept_.size() == kMaxServerLists) kept_.erase(kept_.begin());
  log_.notice(events::kServerListTaken,
              {{"version", std::to_string(list.version)}, {"servers", std::to_string(list.servers.size())}});
  kept_.push_back({{shown.list, shown.signature, group.key}, std::move(list)});
  TRY(store());
  return true;
}

std::vector<std::string> ServerDirectory::listed(const ServerGroup& group) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  if (const Kept* kept = kept_for(group.key); kept != nullptr) {
    for (const api::ListedServer& server : kept->list.servers)
      out.push_back(server.url);
  }
  return out;
}

std::vector<std::string> ServerDirectory::to_measure(const ServerGroup& group) {
  const std::lock_guard lock(mutex_);
  return choice_of(group).to_measure(clock_.monotonic());
}

void ServerDirectory::measured(const ServerGroup& group, const std::string& url, MonotonicMillis millis) {
  const std::lock_guard lock(mutex_);
  choice_of(group).measured(url, static_cast<double>(millis), clock_.monotonic());
}

void ServerDirectory::answered(const ServerGroup& group, const std::string& url, MonotonicMillis millis) {
  const std::lock_guard lock(mutex_);
  choice_of(group).answered(url, static_cast<double>(millis), clock_.monotonic());
}

void ServerDirectory::failed(const ServerGroup& group, const std::string& url) {
  const std::lock_guard lock(mutex_);
  ServerChoice& choice = choice_of(group);
  const std::string before = in_use(choice);
  choice.failed(url, clock_.monotonic(), random_);
  tell_change(before, choice);
}

GroupStanding ServerDirectory::standing(const ServerGroup& group) {
  const std::lock_guard lock(mutex_);
  const ServerChoice& choice = choice_of(group);
  const Kept* kept = kept_for(group.key);
  GroupStanding out;
  out.reason = choice.reason(clock_.monotonic());
  out.list_version = kept == nullptr ? 0 : kept->list.version;
  for (std::size_t i = 0; i < choice.servers().size(); ++i) {
    const upstream::ServerMeasure& measure = choice.servers()[i];
    ServerStanding one{measure, {}, choice.expected(measure), choice.current() == i};
    if (kept != nullptr) {
      const auto found = std::ranges::find(kept->list.servers, measure.url, &api::ListedServer::url);
      if (found != kept->list.servers.end()) one.region = found->region;
    }
    out.servers.push_back(std::move(one));
  }
  return out;
}

void ServerDirectory::keep_only(const std::set<ServerGroup>& groups) {
  const std::lock_guard lock(mutex_);
  std::erase_if(choices_, [&](const auto& one) { return !groups.contains(one.first); });
}

}  // namespace cardea::recoveryd
