// SPDX-License-Identifier: Apache-2.0
// The thread that tells what happened to the organisation's own channels (docs/spec/notify.md). Made by
// server/program when server.conf names a program.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/http/metrics.h"
#include "server/notify_program.h"

namespace cardea::server {

struct NotifySettings {
  std::string program;  // absolute path; empty: nothing is told
  std::int64_t timeout_seconds = 30;
};

class NotifyLoop {
 public:
  // `server`: "https://" and the authority. All references outlive the loop. io_failed.
  static Result<std::unique_ptr<NotifyLoop>> start(const NotifySettings& settings, std::string server,
                                                   Store& store, const Clock& clock, http::Metrics& metrics,
                                                   const Log& log);
  ~NotifyLoop();  // ends the program, if it runs

 private:
  NotifyLoop(std::unique_ptr<NotifyProgram> program, const NotifySettings& settings, std::string server,
             Store& store, const Clock& clock, http::Metrics& metrics, const Log& log);
  void run();
  bool round();

  const std::unique_ptr<NotifyProgram> program_;
  Notifier notifier_;
  http::Metrics& metrics_;
  const Log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cardea::server
