// SPDX-License-Identifier: Apache-2.0
// Moves users who have agreed to another region (docs/spec/relocation.md, "The move"): the source's side. It
// keeps nothing in memory that a crash could take away: each round begins from the rows of the store. Called
// by server/region_loop; several servers of one store may run one each.
#pragma once

#include <set>
#include <stop_token>

#include "core/base/clock.h"
#include "server/service/policy.h"
#include "server/service/region_keys.h"
#include "server/service/region_peer.h"
#include "server/service/relocation_bundle.h"
#include "server/service/server_secrets.h"
#include "server/store/store.h"

namespace cardea::server {

// For this long at most a user's changes wait.
inline constexpr std::int64_t kFreezeLease = 60;

struct MoverReport {
  std::size_t delivered = 0;
  std::vector<std::string> troubles;  // for the log; no secret, users by id
};

class RelocationMover {
 public:
  // The peer of a region, or null for one that is not (any more) configured. All arguments outlive the mover.
  using Peers = std::function<RegionPeer*(std::string_view region)>;
  RelocationMover(Store& store, const ServerSecrets& secrets, const RegionKeys& keys,
                  const RegionPolicy& policy, const Policies& policies, Peers peers, const Clock& clock,
                  Random& random)
      : store_(store),
        secrets_(secrets),
        keys_(keys),
        policy_(policy),
        policies_(policies),
        peers_(std::move(peers)),
        clock_(clock),
        random_(random) {}

  // What can be done now for some users; the next round goes on. Once `stop` was asked for, nobody is frozen,
  // nobody's home is switched and nothing is requested: it returns after the request under way, and leaves
  // nobody frozen. A failure is the store's; what goes wrong with one user is in the report. One thread at a
  // time.
  Result<MoverReport> run(std::stop_token stop = {});

 private:
  struct Export {
    Bundle bundle;
    Bytes bytes;
    Digest hash{};
  };
  struct Transfer {
    RegionPeer& peer;
    const OtherRegion& region;
    Digest move{};
    std::vector<Digest> sent;  // parts that the destination has
  };
  [[nodiscard]] Status go_on() const;
  [[nodiscard]] Result<bool> may_begin() const;
  // Every request to another region goes through this.
  template <typename Request>
  auto ask(const Home& home, const Request& request) -> decltype(request());
  Status step(const Home& home);
  Status move(const Home& home);
  Status move_frozen(const Home& home, Transfer& transfer);
  Status deliver_or_wait(const Home& home);
  Status deliver(const Home& home);
  Status thaw(const Home& home, const Failure& why);
  Status postpone(const Home& home, const Failure& why);
  Status end(Home home, std::optional<AuditNote> audit, const Failure& why);
  Result<Transfer> begin_transfer(const Home& home, std::uint32_t epoch);
  Result<Export> make_export(const Home& home, std::uint32_t epoch);
  Status send(const Home& home, Transfer& transfer, const Export& exported);
  // The receipt's checkpoint key.
  Result<Bytes> import(const Home& home, Transfer& transfer, const Export& exported);

  Store& store_;
  const ServerSecrets& secrets_;
  const RegionKeys& keys_;
  const RegionPolicy& policy_;
  const Policies& policies_;
  const Peers peers_;
  const Clock& clock_;
  Random& random_;
  // Of the run under way.
  std::stop_token stop_;
  std::set<std::string, std::less<>> silent_;  // regions that did not answer
  std::size_t delivered_ = 0;
};

}  // namespace cardea::server
