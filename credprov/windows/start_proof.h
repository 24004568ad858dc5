// SPDX-License-Identifier: Apache-2.0
// One start of the provider, as the sentinel sees it: proven when LogonUI has lived with it for a while, or
// has ended it in good order. A crash proves nothing, and stays counted.
#pragma once

#include <condition_variable>
#include <mutex>

#include "credprov/windows/settings.h"

namespace cardea::credprov {

class StartProof {
 public:
  explicit StartProof(Seams& seams) noexcept : seams_(seams) {}
  StartProof(const StartProof&) = delete;
  StartProof& operator=(const StartProof&) = delete;
  ~StartProof() = default;

  // On a thread of its own: waits as long as it takes.
  void run() noexcept;
  // The start has worked; once.
  void succeed() noexcept;

 private:
  Seams& seams_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool proven_ = false;
};

}  // namespace cardea::credprov
