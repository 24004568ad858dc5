// SPDX-License-Identifier: Apache-2.0
// A user's home region: what the server says of it, and what he decides (docs/spec/relocation.md).
#pragma once

#include "upstream/answer_parts.h"

namespace cardea::upstream {

struct OtherRegion {
  std::string region;
  std::string url;
};

struct HomeRegion {
  std::string region;  // where he is at home
  std::string state;   // here, asked, agreed, frozen
  std::string to;      // where to, in the other three; or empty
  std::int64_t asked_at = 0;
  bool record_days = false;
  std::vector<OtherRegion> others;  // none: there is only one region
};

// not_found from a server that is older than regions.
Result<HomeRegion> get_home_region(ServerClient& client, const RequestKey& key,
                                   const std::optional<api::UserId>& user);
// The other two with a session of level card or answer. Switching it off forgets the days.
Status record_days(ServerClient& client, const RequestKey& session, bool on);
// An empty region: stay. state_forbidden when nobody is moved, or he is on his way already.
Result<HomeRegion> answer_relocation(ServerClient& client, const RequestKey& session, const std::string& to);

}  // namespace cardea::upstream
