// SPDX-License-Identifier: Apache-2.0
// Watches readers and cards through PC/SC in a thread of its own that never touches PKCS#11. It waits inside
// pcscd (no polling) and wakes the worker's main loop through a descriptor. When pcscd is not there, it waits
// for its socket to appear.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "recoveryd/worker_link/card_worker.h"

namespace cardea::worker {

struct ReaderState {
  std::string name;
  bool present = false;      // a card that answers
  std::uint16_t events = 0;  // grows with each insertion and removal: tells a swapped card
  friend bool operator==(const ReaderState&, const ReaderState&) = default;
};

struct ReaderSnapshot {
  ReaderService service = ReaderService::starting;
  std::uint32_t sessions = 0;  // grows each time pcscd was found anew
  std::vector<ReaderState> readers;
  friend bool operator==(const ReaderSnapshot&, const ReaderSnapshot&) = default;
};

class ReaderWatch {
 public:
  static Result<std::unique_ptr<ReaderWatch>> start();
  ReaderWatch(const ReaderWatch&) = delete;
  ReaderWatch& operator=(const ReaderWatch&) = delete;
  ~ReaderWatch();

  // Readable when the snapshot has changed since take().
  [[nodiscard]] int wake_fd() const noexcept { return wake_.get(); }
  ReaderSnapshot take();

 private:
  ReaderWatch(UniqueFd wake, UniqueFd stop) noexcept;
  void run();
  void watch(std::intptr_t context);
  void wait_for_service();
  void publish(ReaderSnapshot snapshot);

  UniqueFd wake_, stop_;  // eventfds
  std::mutex mutex_;      // snapshot_
  ReaderSnapshot snapshot_;
  std::uint32_t sessions_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> finished_{false};
  std::atomic<std::intptr_t> context_{0};  // to cancel the wait
  std::thread thread_;
};

}  // namespace cardea::worker
