// SPDX-License-Identifier: Apache-2.0
// A thread that measures now and then how fast the servers of this computer's users answer, where there is
// more than one (docs/spec/server-list.md, "Measuring"): without it nobody would learn that a server is back,
// or has become the faster one. Started by main.cpp.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "recoveryd/context.h"

namespace cardea::recoveryd {

struct ServerGroup;

class ServerMeasurer {
 public:
  explicit ServerMeasurer(Context& context) : context_(context) {}
  ~ServerMeasurer() { stop(); }
  void start();
  // Returns when the measurement under way has ended, a few seconds at most.
  void stop();

  // Every server of every group once; what start() does again and again.
  void measure_all();

 private:
  void run();
  void measure(const ServerGroup& group, const std::string& url);
  bool is_stopping() const;

  Context& context_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cardea::recoveryd
