// SPDX-License-Identifier: Apache-2.0
// The newest verified server list of each server key this computer knows, in one small file, so that a
// restart does not forget where else to ask (docs/spec/server-list.md, "At a computer"). Kept by
// upstream/server_directory.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "recoveryd/state/state_directory.h"
#include "upstream/server_list.h"

namespace cardea::recoveryd {

inline constexpr std::size_t kMaxServerLists = 8;  // the owners of a computer rarely have two servers

class ServerListStore {
 public:
  explicit ServerListStore(const StateDirectory& directory) : path_(directory.file("server-lists")) {}
  // Error::not_found when there is none; else as read_state(). What is in it has to be checked again.
  [[nodiscard]] Result<std::vector<upstream::ShownServerList>> read() const;
  // Durable when it returns. At most kMaxServerLists.
  [[nodiscard]] Status write(const std::vector<upstream::ShownServerList>& lists) const;

 private:
  std::string path_;
};

}  // namespace cardea::recoveryd
