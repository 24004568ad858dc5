// SPDX-License-Identifier: Apache-2.0
// Knows which session was opened by which card, and has it locked or ended when that card is pulled
// (docs/spec/login.md, "Card removal"). LoginService binds and releases; main.cpp starts and stops the
// thread. Nothing of it outlives the daemon.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "recoveryd/context.h"
#include "recoveryd/session_control.h"

namespace cardea::recoveryd {

class RemovalWatch {
 public:
  RemovalWatch(Context& context, SessionControl& control) : context_(context), control_(control) {}
  RemovalWatch(const RemovalWatch&) = delete;
  RemovalWatch& operator=(const RemovalWatch&) = delete;
  ~RemovalWatch() { stop(); }
  void start();
  void stop();

  // From any thread. Error::limit_exceeded when there are too many already.
  Status bind(BoundSession session);
  // The session that this program has opened for the user; of another program's, the one on this terminal.
  void release(const std::string& user, const std::string& service, const std::string& tty, pid_t program);
  [[nodiscard]] std::size_t size() const;

  // One look at the readers, and what follows from it. Returns when something is due at the latest if nothing
  // changes before. For the thread and for tests; from one thread at a time.
  std::optional<MonotonicMillis> look(const worker::ReaderView& view);

 private:
  struct Watched {
    BoundSession session;
    // Since the reader service last began to run. Before it has been seen, a card can't be missed.
    bool seen = true;
    bool done = false;  // for this removal
    int failures = 0;
    std::uint32_t insertion = 0;  // while it is in the reader
    std::uint64_t interruptions = 0;
    std::optional<MonotonicMillis> due;
  };
  void run();
  void notice(Watched& watched, const worker::ReaderView& view) const;
  void act(Watched& watched);

  Context& context_;
  SessionControl& control_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<std::shared_ptr<Watched>> watched_;
  std::thread thread_;
};

}  // namespace cardea::recoveryd
