// SPDX-License-Identifier: Apache-2.0
#include "upstream/linux/deadline_guard.h"

#include <chrono>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cardea::upstream {

// A descriptor that can't be duplicated (-1) leaves the connection to its socket timeouts.
DeadlineGuard::DeadlineGuard(int descriptor, long long millis)
    : descriptor_(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3)), thread_([this, millis] { wait(millis); }) {}

DeadlineGuard::~DeadlineGuard() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  ended_.notify_one();
  thread_.join();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void DeadlineGuard::wait(long long millis) {
  std::unique_lock lock(mutex_);
  if (ended_.wait_for(lock, std::chrono::milliseconds(millis), [this] { return done_; })) return;
  expired_ = true;
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace cardea::upstream
