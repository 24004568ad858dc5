// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/server_loop.h"

#include <memory>
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
  return limits_.admit(uid);
}

void ServerLoop::release(uid_t uid, int socket) {
  const std::lock_guard lock(mutex_);
  sockets_.erase(socket);
  limits_.release(uid);
  drained_.notify_all();
}

void ServerLoop::serve(UniqueFd connection, Peer peer) {
  const int socket = connection.get();
  std::unique_ptr<Conversation> client;
  // Whatever is thrown, be it for want of memory, ends one conversation and not the daemon.
  try {
    {
      const std::lock_guard lock(mutex_);
      sockets_.insert(socket);
    }
    client = std::make_unique<Conversation>(std::move(connection), peer, language_);
    dispatcher_.serve(*client);
  } catch (const std::exception& problem) {
    log_.error("conversation ended by an exception", {{"what", problem.what()}});
  }
  // Before the descriptor is closed: its number may be another client's a moment later.
  release(peer.uid, socket);
}

// No thread to be had: this client is sent away, the next one may be luckier.
void ServerLoop::serve_in_thread(UniqueFd connection, Peer peer) {
  const int socket = connection.get();
  try {
    std::thread([this, connection = std::make_shared<UniqueFd>(std::move(connection)), peer] {
      serve(std::move(*connection), peer);
    }).detach();
  } catch (const std::exception& problem) {
    release(peer.uid, socket);
    log_.error("connection refused", {{"what", problem.what()}});
  }
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
    serve_in_thread(std::move(*connection), *peer);
  }

  std::unique_lock lock(mutex_);
  for (const int socket : sockets_)
    (void)::shutdown(socket, SHUT_RDWR);
  drained_.wait(lock, [this] { return limits_.all() == 0; });
  return {};
}

}  // namespace cardea::recoveryd
