// SPDX-License-Identifier: Apache-2.0
// Who may connect, and for how long. Poco gives each connection a thread for its whole life, and its timeouts
// are per read: sixteen silent sockets stop a server of sixteen threads, and a byte every two seconds lives
// for ever. So each connection is registered when it is accepted, with a deadline that its thread moves on,
// and a watchdog shuts the socket of whoever misses it. A network has a limited share of the connections.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/TCPServer.h>

#include "core/base/clock.h"
#include "server/http/client_address.h"
#include "server/http/metrics.h"

namespace cardea::server::http {

struct GuardLimits {
  std::size_t threads = 256;
  std::size_t queue = 1024;
  std::size_t connections_per_prefix = 64;
  std::int64_t head_millis = 5'000;        // from accept or first byte to the end of a request's head
  std::int64_t request_millis = 30'000;    // from the first byte to the end of the answer
  std::int64_t keep_alive_millis = 5'000;  // between requests
  TrustedProxies proxies;                  // of ours: they have no share, those for whom they ask have
};

// One connection's entry. Its thread moves phase and deadline; the watchdog reads them.
struct GuardedConnection {
  enum class Phase { head, request, idle };
  GuardedConnection(const Poco::Net::StreamSocket& s, const IpAddress& p, bool t)
      : socket(s), peer(p), trusted(t), prefix(p.prefix()) {}
  Poco::Net::StreamSocket socket;  // keeps the descriptor from being reused while the watchdog may touch it
  const IpAddress peer;
  const bool trusted;    // a proxy of ours
  std::string prefix;    // of the client; changed by its thread under the guard's mutex, once
  bool counted = false;  // in the share of `prefix`; under the guard's mutex
  std::atomic<Phase> phase{Phase::head};
  std::atomic<MonotonicMillis> deadline{0};
  std::atomic<MonotonicMillis> since{0};  // when this phase began
  std::atomic<bool> cut{false};
  bool attached = false;  // under the guard's mutex: a thread serves it
};

class ConnectionGuard {
 public:
  using Entry = std::shared_ptr<GuardedConnection>;

  ConnectionGuard(const Clock& clock, Metrics& metrics, GuardLimits limits);
  ConnectionGuard(const ConnectionGuard&) = delete;
  ConnectionGuard& operator=(const ConnectionGuard&) = delete;
  ~ConnectionGuard();

  // In the accepting thread, before TLS.
  bool admit(const Poco::Net::StreamSocket& socket);
  // In the connection's thread. Null when the watchdog has given it up while it was queued.
  Entry attach(const Poco::Net::StreamSocket& socket);
  void detach(const Poco::Net::StreamSocket& socket);
  void enter(GuardedConnection& entry, GuardedConnection::Phase phase);
  // A proxy has said whose connection this is: it moves into his network's share. False: no room there.
  bool assign(GuardedConnection& entry, const IpAddress& client);

  // A place in a network's share, held for one request that a proxy has brought over a connection of its own.
  class Place {
   public:
    Place(ConnectionGuard& guard, std::string prefix) : guard_(&guard), prefix_(std::move(prefix)) {}
    Place(Place&& other) noexcept
        : guard_(std::exchange(other.guard_, nullptr)), prefix_(std::move(other.prefix_)) {}
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    ConnectionGuard* guard_;
    std::string prefix_;
  };
  std::optional<Place> take_place(const std::string& prefix);

  // False when most threads are busy, and while they are being drained: connections then end after their
  // request.
  [[nodiscard]] bool may_keep_alive() const;
  [[nodiscard]] const GuardLimits& limits() const noexcept { return limits_; }

  // No new connections; idle ones end now, requests under way get until `millis` from now.
  void drain(std::int64_t millis);

 private:
  void watch();
  void sweep(MonotonicMillis now);
  void relieve(MonotonicMillis now);
  bool has_room(const std::string& prefix, MonotonicMillis now);
  bool evict_one(const std::string& prefix, MonotonicMillis now);
  void leave(const std::string& prefix);
  void cut(GuardedConnection& entry);
  void forget(std::unordered_map<int, Entry>::iterator entry);

  const Clock& clock_;
  Metrics& metrics_;
  const GuardLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<int, Entry> entries_;
  std::map<std::string, std::size_t> per_prefix_;
  std::atomic<std::size_t> attached_{0};
  std::atomic<bool> draining_{false};
  bool stopping_ = false;
  std::thread watchdog_;
};

}  // namespace cardea::server::http
