// SPDX-License-Identifier: Apache-2.0
// Accepts clients at the local socket and gives each a thread of its own, within limits that one user can't
// use up for the others.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>

#include "recoveryd/connection_limits.h"
#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class ServerLoop {
 public:
  // `language`: of the computer, for clients that name none.
  ServerLoop(UniqueFd listener, Dispatcher& dispatcher, const Log& log,
             text::Language language = text::kEnglish);
  ~ServerLoop();
  // Serves until stop(); then hangs up on the clients and returns when the last thread is done.
  Status run();
  // May be called from a signal handler's thread or any other, once or more.
  void stop();

 private:
  bool admit(uid_t uid);
  void release(uid_t uid, int socket);
  void serve(UniqueFd connection, Peer peer);
  void serve_in_thread(UniqueFd connection, Peer peer);

  UniqueFd listener_;
  UniqueFd wake_read_, wake_write_;
  Dispatcher& dispatcher_;
  const Log& log_;
  const text::Language language_;
  std::mutex mutex_;
  std::condition_variable drained_;
  ConnectionLimits limits_;
  std::set<int> sockets_;
};

}  // namespace cardea::recoveryd
