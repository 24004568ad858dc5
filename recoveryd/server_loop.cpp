// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/server_loop.h"

#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cardea::recoveryd {

ServerLoop::ServerLoop(UniqueFd listener, Dispatcher& dispatcher, const Log& log, text::Language language)
    : listener_(std::move(listener)), dispatcher_(dispatcher), log_(log), language_(language) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    wake_read_ = UniqueFd(ends[0]);
    wake_write_ = UniqueFd(ends[1]);
  }
}

ServerLoop::~ServerLoop() = default;

void ServerLoop::stop() {
  const char byte = 1;
  (void)!::write(wake_write_.get(), &byte, 1);
}

bool ServerLoop::admit(uid_t uid) {
  const std::lock_guard lock(mutex_);
  if (connections_ >= kMaxConnections) return false;
  if (uid != 0 && connections_of_[uid] >= kMaxConnectionsOfOneUser) return false;
  ++connections_;
  ++connections_of_[uid];
  return true;
}

void ServerLoop::release(uid_t uid, int socket) {
  const std::lock_guard lock(mutex_);
  sockets_.erase(socket);
  --connections_;
  if (--connections_of_[uid] == 0) connections_of_.erase(uid);
  drained_.notify_all();
}

void ServerLoop::serve(UniqueFd connection, Peer peer) {
  const int socket = connection.get();
  {
    const std::lock_guard lock(mutex_);
    sockets_.insert(socket);
  }
  Conversation client(std::move(connection), peer, language_);
  try {
    dispatcher_.serve(client);
  } catch (const std::exception& problem) {
    log_.error("conversation ended by an exception", {{"what", problem.what()}});
  }
  // Before the descriptor is closed: its number may be another client's a moment later.
  release(peer.uid, socket);
}

Status ServerLoop::run() {
  if (!wake_read_) return fail(Error::io_failed, "no wake-up pipe");
  while (true) {
    auto connection = accept_one(listener_.get(), wake_read_.get());
    if (!connection.ok()) {
      // Out of descriptors: those in use will come back.
      log_.error("a connection could not be accepted", {{"detail", connection.failure().detail}});
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    if (!*connection) break;
    const auto peer = peer_of(connection->get());
    if (!peer.ok()) continue;
    if (!admit(peer->uid)) {
      log_.warning("connection refused: too many", {{"uid", static_cast<std::int64_t>(peer->uid)}});
      continue;
    }
    std::thread([this, connection = std::make_shared<UniqueFd>(std::move(*connection)), peer = *peer] {
      serve(std::move(*connection), peer);
    }).detach();
  }
  std::unique_lock lock(mutex_);
  for (const int socket : sockets_)
    (void)::shutdown(socket, SHUT_RDWR);
  drained_.wait(lock, [this] { return connections_ == 0; });
  return {};
}

}  // namespace cardea::recoveryd
