// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection_guard.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <sys/socket.h>

namespace cardea::server::http {
namespace {

constexpr auto kSweepInterval = std::chrono::milliseconds(100);
// A client that has not sent its head by then may be pushed out when there is no room; a good one on a slow
// line needs three round trips.
constexpr std::int64_t kPatienceMillis = 500;
// A handshake in progress from the same network is not pushed out at once.
constexpr std::int64_t kPrefixPatienceMillis = 250;

using Phase = GuardedConnection::Phase;

}  // namespace

ConnectionGuard::ConnectionGuard(const Clock& clock, Metrics& metrics, GuardLimits limits)
    : clock_(clock), metrics_(metrics), limits_(limits), watchdog_([this] { watch(); }) {}

ConnectionGuard::~ConnectionGuard() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  watchdog_.join();
}

bool ConnectionGuard::admit(const Poco::Net::StreamSocket& socket) {
  const MonotonicMillis now = clock_.monotonic();
  std::optional<IpAddress> peer;
  try {
    const Poco::Net::IPAddress host = socket.peerAddress().host();
    peer = IpAddress::from_bytes(
        {static_cast<const std::uint8_t*>(host.addr()), static_cast<std::size_t>(host.length())});
  } catch (const Poco::Exception&) {
    return false;  // gone already
  }
  if (!peer) return false;
  auto entry = std::make_shared<GuardedConnection>(socket, *peer, limits_.proxies.contains(*peer));
  const std::lock_guard lock(mutex_);
  const bool full = entries_.size() >= limits_.threads + limits_.queue;
  if (draining_ || full || (!entry->trusted && !has_room(entry->prefix, now))) {
    metrics_.connections_refused.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  entry->since = now;
  entry->deadline = now + limits_.head_millis;
  entry->counted = !entry->trusted;
  if (entry->counted) ++per_prefix_[entry->prefix];
  entries_[socket.impl()->sockfd()] = std::move(entry);
  metrics_.connections.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool ConnectionGuard::has_room(const std::string& prefix, MonotonicMillis now) {
  const auto share = per_prefix_.find(prefix);
  return share == per_prefix_.end() || share->second < limits_.connections_per_prefix ||
         evict_one(prefix, now);
}

bool ConnectionGuard::assign(GuardedConnection& entry, const IpAddress& client) {
  std::string prefix = client.prefix();
  const std::lock_guard lock(mutex_);
  if (!has_room(prefix, clock_.monotonic())) {
    metrics_.connections_refused.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  ++per_prefix_[prefix];
  entry.prefix = std::move(prefix);
  entry.counted = true;
  return true;
}

std::optional<ConnectionGuard::Place> ConnectionGuard::take_place(const std::string& prefix) {
  const std::lock_guard lock(mutex_);
  std::size_t& taken = per_prefix_[prefix];
  if (taken >= limits_.connections_per_prefix) return {};
  ++taken;
  return std::optional<Place>(std::in_place, *this, prefix);
}

ConnectionGuard::Place::~Place() {
  if (guard_ == nullptr) return;
  const std::lock_guard lock(guard_->mutex_);
  guard_->leave(prefix_);
}

void ConnectionGuard::leave(const std::string& prefix) {
  const auto count = per_prefix_.find(prefix);
  if (count != per_prefix_.end() && --count->second == 0) per_prefix_.erase(count);
}

ConnectionGuard::Entry ConnectionGuard::attach(const Poco::Net::StreamSocket& socket) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(socket.impl()->sockfd());
  if (found == entries_.end()) return nullptr;
  if (found->second->cut) {
    forget(found);
    return nullptr;
  }
  found->second->attached = true;
  ++attached_;
  metrics_.busy_threads.fetch_add(1, std::memory_order_relaxed);
  return found->second;
}

void ConnectionGuard::detach(const Poco::Net::StreamSocket& socket) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(socket.impl()->sockfd());
  if (found == entries_.end()) return;
  forget(found);
  --attached_;
  metrics_.busy_threads.fetch_sub(1, std::memory_order_relaxed);
  changed_.notify_all();
}

void ConnectionGuard::forget(std::unordered_map<int, Entry>::iterator entry) {
  if (entry->second->counted) leave(entry->second->prefix);
  entries_.erase(entry);
}

void ConnectionGuard::enter(GuardedConnection& entry, Phase phase) {
  const MonotonicMillis now = clock_.monotonic();
  entry.since = now;
  entry.phase = phase;
  switch (phase) {
    case Phase::head:
      entry.deadline = now + limits_.head_millis;
      break;
    case Phase::request:
      entry.deadline = now + limits_.request_millis;
      break;
    case Phase::idle:
      entry.deadline = now + limits_.keep_alive_millis;
      break;
  }
}

bool ConnectionGuard::may_keep_alive() const { return !draining_ && attached_ * 10 <= limits_.threads * 7; }

void ConnectionGuard::cut(GuardedConnection& entry) {
  if (entry.cut.exchange(true)) return;
  // Not Poco's shutdown, which would write a TLS alert from this thread. The connection's thread sees the end
  // of its input and leaves.
  ::shutdown(entry.socket.impl()->sockfd(), SHUT_RDWR);
  metrics_.connections_cut.fetch_add(1, std::memory_order_relaxed);
}

// The oldest connection of this network that is doing nothing makes room.
bool ConnectionGuard::evict_one(const std::string& prefix, MonotonicMillis now) {
  GuardedConnection* oldest = nullptr;
  for (const auto& [descriptor, entry] : entries_) {
    if (entry->prefix != prefix || !entry->counted || entry->cut || entry->phase == Phase::request) continue;
    if (now - entry->since < kPrefixPatienceMillis) continue;
    if (oldest == nullptr || entry->since < oldest->since) oldest = entry.get();
  }
  if (oldest == nullptr) return false;
  cut(*oldest);
  return true;
}

void ConnectionGuard::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, kSweepInterval, [this] { return stopping_; });
    const MonotonicMillis now = clock_.monotonic();
    sweep(now);
    relieve(now);
  }
}

void ConnectionGuard::sweep(MonotonicMillis now) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto entry = at++;
    if (now >= entry->second->deadline) cut(*entry->second);
    // Still queued, or dropped from the queue: no thread will take it off the list.
    if (entry->second->cut && !entry->second->attached) forget(entry);
  }
}

// When there are nearly more connections than threads, those who are silent give way to those who wait: first
// the ones of the network that has most of them, so that a newcomer from elsewhere is not taken for one.
void ConnectionGuard::relieve(MonotonicMillis now) {
  if (entries_.size() * 10 < limits_.threads * 9) return;
  std::vector<std::pair<std::size_t, GuardedConnection*>> silent;
  for (const auto& [descriptor, entry] : entries_) {
    if (entry->cut || entry->phase == Phase::request || now - entry->since < kPatienceMillis) continue;
    const auto share = per_prefix_.find(entry->prefix);
    silent.emplace_back(share == per_prefix_.end() ? 0 : share->second, entry.get());
  }
  std::sort(silent.begin(), silent.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->since < b.second->since;
  });
  const std::size_t enough = limits_.threads * 7 / 10;
  std::size_t left = entries_.size();
  for (const auto& [share, entry] : silent) {
    if (left-- <= enough) return;
    cut(*entry);
  }
}

void ConnectionGuard::drain(std::int64_t millis) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  for (const auto& [descriptor, entry] : entries_) {
    if (entry->phase != Phase::request) cut(*entry);
  }
  const auto all_gone = [this] { return attached_ == 0; };
  if (changed_.wait_for(lock, std::chrono::milliseconds(millis), all_gone)) return;
  for (const auto& [descriptor, entry] : entries_)
    cut(*entry);
  changed_.wait_for(lock, std::chrono::seconds(2), all_gone);
}

}  // namespace cardea::server::http
