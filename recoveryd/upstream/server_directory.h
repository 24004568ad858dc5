// SPDX-License-Identifier: Apache-2.0
// Which servers a user's records are at, and which of them is asked now: the configured ones, those of the
// newest list that the known key has signed, and what was measured of each (docs/spec/server-list.md). One
// for the whole daemon, asked by server_link, fed by it and by server_measurer. From any thread.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "core/base/log.h"
#include "recoveryd/state/server_list_store.h"
#include "upstream/https_transport.h"
#include "upstream/server_choice.h"

namespace cardea::recoveryd {

// By what a group of servers that share a store is known.
struct ServerGroup {
  std::vector<std::string> urls;  // as configured
  Bytes key;  // that signs its list: SubjectPublicKeyInfo, or empty when none is known yet
  auto operator<=>(const ServerGroup&) const = default;
};

// What `cardea status` tells of one server.
struct ServerStanding {
  upstream::ServerMeasure measure;
  std::string region;  // empty: in the configuration only
  std::optional<double> expected_millis;
  bool in_use = false;
};

struct GroupStanding {
  std::vector<ServerStanding> servers;
  upstream::ChoiceReason reason = upstream::ChoiceReason::only_one;
  std::uint64_t list_version = 0;  // 0: no list
};

class ServerDirectory {
 public:
  // What the file has, checked anew; a file or a list that does not pass is told in the log, and is not
  // there.
  ServerDirectory(const StateDirectory& directory, const Clock& clock, Random& random, const Log& log);

  // The order in which to try.
  std::vector<std::string> order(const ServerGroup& group);
  // Takes a list that a server has shown, when it is newer than the one that is kept. True when it was
  // taken. Error::signature_invalid, replayed and the like: upstream/server_list.h; io_failed, disk_full:
  // it is used, but not kept.
  Result<bool> take(const ServerGroup& group, const upstream::ShownServerList& shown);
  // The URLs of the group's list; empty without one.
  [[nodiscard]] std::vector<std::string> listed(const ServerGroup& group) const;

  [[nodiscard]] std::vector<std::string> to_measure(const ServerGroup& group);
  void measured(const ServerGroup& group, const std::string& url, MonotonicMillis millis);
  void answered(const ServerGroup& group, const std::string& url, MonotonicMillis millis);
  void failed(const ServerGroup& group, const std::string& url);
  [[nodiscard]] GroupStanding standing(const ServerGroup& group);
  // Forgets what was measured of all other groups.
  void keep_only(const std::set<ServerGroup>& groups);

 private:
  struct Kept {
    upstream::ShownServerList shown;
    api::ServerList list;
  };
  [[nodiscard]] const Kept* kept_for(ByteView key) const;
  [[nodiscard]] upstream::ServerChoice& choice_of(const ServerGroup& group);
  [[nodiscard]] static std::string in_use(const upstream::ServerChoice& choice);
  void tell_change(const std::string& before, const upstream::ServerChoice& choice) const;
  void load();
  Status store() const;

  const ServerListStore store_;
  const Clock& clock_;
  Random& random_;
  const Log& log_;
  mutable std::mutex mutex_;
  std::vector<Kept> kept_;  // the longest known first
  std::map<ServerGroup, upstream::ServerChoice> choices_;
};

// Tells the directory how the servers of one group answer.
class GroupWatch final : public upstream::ServerWatch {
 public:
  GroupWatch(ServerDirectory& directory, ServerGroup group)
      : directory_(directory), group_(std::move(group)) {}
  void answered(const std::string& url, MonotonicMillis millis) override {
    directory_.answered(group_, url, millis);
  }
  void failed(const std::string& url) override { directory_.failed(group_, url); }

 private:
  ServerDirectory& directory_;
  const ServerGroup group_;
};

}  // namespace cardea::recoveryd
