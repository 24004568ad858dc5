// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/start_proof.h"

#include <chrono>

namespace cardea::credprov {

void StartProof::run() noexcept {
  {
    std::unique_lock lock(mutex_);
    (void)woken_.wait_for(lock, std::chrono::milliseconds(seams_.proven_ms()), [this] { return proven_; });
  }
  succeed();
}

void StartProof::succeed() noexcept {
  std::lock_guard lock(mutex_);
  if (proven_) return;
  proven_ = true;
  Settings settings(seams_);
  start_succeeded(settings, seams_.clock());
  woken_.notify_all();
}

}  // namespace cardea::credprov
