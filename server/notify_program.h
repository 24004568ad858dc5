// SPDX-License-Identifier: Apache-2.0
// The organisation's program as the notifier's channel (docs/spec/notify.md, "The program").
#pragma once

#include <memory>

#include "core/base/linux/unique_fd.h"
#include "core/base/log.h"
#include "server/service/notifier.h"

namespace cardea::server {

class NotifyProgram final : public NotifyChannel {
 public:
  // `path`: absolute. `log` outlives it. io_failed without a descriptor to spare.
  static Result<std::unique_ptr<NotifyProgram>> make(std::string path, std::int64_t timeout_seconds,
                                                     const Log& log);
  Told tell(const std::string& message) override;
  // From any thread: ends a program that runs, and every later one.
  void stop() noexcept;

 private:
  NotifyProgram(std::string path, std::int64_t timeout_seconds, UniqueFd stop, const Log& log)
      : path_(std::move(path)), timeout_seconds_(timeout_seconds), stop_(std::move(stop)), log_(log) {}
  const std::string path_;
  const std::int64_t timeout_seconds_;
  const UniqueFd stop_;
  const Log& log_;
};

}  // namespace cardea::server
