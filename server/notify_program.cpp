// SPDX-License-Identifier: Apache-2.0
#include "server/notify_program.h"

#include <cerrno>
#include <cstring>

#include <sys/eventfd.h>
#include <sysexits.h>

#include "core/base/linux/hook.h"

namespace cardea::server {

Result<std::unique_ptr<NotifyProgram>> NotifyProgram::make(std::string path, std::int64_t timeout_seconds,
                                                           const Log& log) {
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
  if (!stop) return fail(Error::io_failed, std::string("eventfd: ") + std::strerror(errno));
  return std::unique_ptr<NotifyProgram>(
      new NotifyProgram(std::move(path), timeout_seconds, std::move(stop), log));
}

void NotifyProgram::stop() noexcept { (void)::eventfd_write(stop_.get(), 1); }

Told NotifyProgram::tell(const std::string& message) {
  HookCall call;
  call.arguments = {path_};
  call.input = message;
  call.most_millis = static_cast<int>(timeout_seconds_ * 1000);
  call.stop = stop_.get();
  const auto end = run_hook(call);
  if (!end.ok()) {
    log_.warning("a notification was not told", {{"detail", end.failure().detail}});
    return Told::failed;
  }
  if (end->code == EX_OK) return Told::told;
  if (end->code == EX_NOUSER) return Told::nobody;
  log_.warning("a notification was not told",
               {{"program", path_}, {"status", std::to_string(end->code)}, {"words", end->words}});
  return Told::failed;
}

}  // namespace cardea::server
