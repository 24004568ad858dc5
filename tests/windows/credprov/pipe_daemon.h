// SPDX-License-Identifier: Apache-2.0
// A daemon on a real named pipe, which follows scripts (tests/unit/credprov/daemon_script.h). The watches of
// the providers are answered by it alone: they come when they like.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <windows.h>

#include "tests/unit/credprov/daemon_script.h"

namespace cardea::credprov::test {

class PipeDaemon {
 public:
  PipeDaemon();
  PipeDaemon(const PipeDaemon&) = delete;
  PipeDaemon& operator=(const PipeDaemon&) = delete;
  // Fails the test when a script was not taken. Waits for every connection to end.
  ~PipeDaemon();

  void expect(Script script);
  // A card comes or goes: the watches hear of it.
  void set_cards(std::string message);
  [[nodiscard]] int watches() const { return watches_; }  // that have begun

 private:
  void accept();
  void serve(HANDLE pipe);
  void answer_watch(DaemonEnd& end, HANDLE pipe);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Script> scripts_;
  std::vector<std::thread> threads_;
  std::string cards_;
  int counter_ = 1;
  std::atomic<int> watches_{0};
  bool ended_ = false;
  std::thread acceptor_;
};

}  // namespace cardea::credprov::test
