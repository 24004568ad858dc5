// SPDX-License-Identifier: Apache-2.0
#include "server/region_loop.h"

namespace cardea::server {
namespace {

// How long a user who has said “move” waits, and one who was frozen by a server that died, beyond his lease.
constexpr std::chrono::seconds kRegionInterval{2};
// Days are what the rule counts.
constexpr std::int64_t kBetweenProposals = 3600;

}  // namespace

Result<std::unique_ptr<RegionLoop>> RegionLoop::start(Store& store, const ServerSecrets& secrets,
                                                      const RegionKeys& keys, const RegionPolicy& policy,
                                                      const std::string& ca_file, const Clock& clock,
                                                      Random& random, const Log& log) {
  Peers peers;
  for (const auto& [name, region] : policy.others) {
    TRY_ASSIGN(auto peer, http::RegionClient::create(policy.here, region, ca_file, keys, clock, random));
    peers.emplace(name, std::move(peer));
  }
  return std::unique_ptr<RegionLoop>(
      new RegionLoop(store, secrets, keys, policy, std::move(peers), clock, random, log));
}

RegionLoop::RegionLoop(Store& store, const ServerSecrets& secrets, const RegionKeys& keys,
                       const RegionPolicy& policy, Peers peers, const Clock& clock, Random& random,
                       const Log& log)
    : log_(log),
      clock_(clock),
      peers_(std::move(peers)),
      policies_(store, {}),
      service_(store, policy, policies_),
      mover_(
          store, secrets, keys, policy, policies_,
          [this](std::string_view region) -> RegionPeer* {
            const auto peer = peers_.find(region);
            return peer == peers_.end() ? nullptr : peer->second.get();
          },
          clock, random),
      thread_([this] { run(); }) {}

void RegionLoop::request_stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_.request_stop();
  }
  wake_.notify_all();
}

RegionLoop::~RegionLoop() {
  request_stop();
  thread_.join();
}

void RegionLoop::run() {
  std::unique_lock lock(mutex_);
  while (!stop_.stop_requested()) {
    lock.unlock();
    round();
    lock.lock();
    wake_.wait_for(lock, kRegionInterval, [this] { return stop_.stop_requested(); });
  }
}

void RegionLoop::round() {
  try {
    const auto moved = mover_.run(stop_.get_token());
    if (!moved.ok()) log_.warning("no user could be moved", {{"detail", moved.failure().detail}});
    if (moved.ok()) {
      for (const std::string& trouble : moved->troubles)
        log_.warning("a move failed", {{"detail", trouble}});
      if (moved->delivered > 0)
        log_.notice("users moved to other regions", {{"users", std::to_string(moved->delivered)}});
    }
    if (stop_.stop_requested() || clock_.now() - proposed_at_ < kBetweenProposals) return;
    proposed_at_ = clock_.now();
    const auto asked = service_.propose(proposed_at_, stop_.get_token());
    if (!asked.ok()) log_.warning("nobody was asked to move", {{"detail", asked.failure().detail}});
  } catch (const std::exception& failure) {  // no memory
    log_.error("a move failed", {{"exception", failure.what()}});
  }
}

}  // namespace cardea::server
