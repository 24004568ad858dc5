// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection_guard.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <sys/socket.h>

#include "core/base/text.h"

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

std::string network_prefix(const Poco::Net::IPAddress& address) {
  using Poco::Net::IPAddress;
  std::array<std::uint8_t, 16> bytes{};
  const auto size = std::min<std::size_t>(bytes.size(), address.length());
  std::memcpy(bytes.data(), address.addr(), size);
  if (address.family() == IPAddress::IPv4) {
    bytes[3] = 0;
    return IPAddress(bytes.data(), 4).toString() + "/24";
  }
  if (address.isIPv4Mapped()) {
    bytes[15] = 0;
    return IPAddress(bytes.data() + 12, 4).toString() + "/24";
  }
  std::fill(bytes.begin() + 7, bytes.end(), std::uint8_t{0});
  return IPAddress(bytes.data(), 16).toString() + "/56";
}

std::string forwarded_prefix(std::string_view forwarded_for, const std::string& fallback) {
  // The last address is the one our own proxy has seen; those before it are what the client claims.
  const auto comma = forwarded_for.rfind(',');
  const std::string last(
      trim(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1)));
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(last, address) ? network_prefix(address) : fallback;
}

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
  std::string prefix;
  bool trusted = false;
  try {
    const Poco::Net::IPAddress peer = socket.peerAddress().host();
    prefix = network_prefix(peer);
    const auto& proxies = limits_.trusted_proxies;
    trusted = std::find(proxies.begin(), proxies.end(), peer) != proxies.end();
  } catch (const Poco::Exception&) {
    return false;  // gone already
  }
  const std::lock_guard lock(mutex_);
  const bool full = entries_.size() >= limits_.threads + limits_.queue;
  const bool share_used = !trusted && per_prefix_[prefix] >= limits_.connections_per_prefix;
  if (draining_ || full || (share_used && !evict_one(prefix, now))) {
    if (per_prefix_[prefix] == 0) per_prefix_.erase(prefix);
    metrics_.connections_refused.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  auto entry = std::make_shared<GuardedConnection>(socket, prefix, trusted);
  entry->since = now;
  entry->deadline = now + limits_.head_millis;
  entries_[socket.impl()->sockfd()] = std::move(entry);
  ++per_prefix_[prefix];
  metrics_.connections.fetch_add(1, std::memory_order_relaxed);
  return true;
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
  const auto count = per_prefix_.find(entry->second->prefix);
  if (count != per_prefix_.end() && --count->second == 0) per_prefix_.erase(count);
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
    if (entry->prefix != prefix || entry->trusted || entry->cut || entry->phase == Phase::request) continue;
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
    silent.emplace_back(per_prefix_[entry->prefix], entry.get());
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
