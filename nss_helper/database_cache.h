// SPDX-License-Identifier: Apache-2.0
// The process's mapping of the accounts database, exchanged when the writer has replaced the file
// (docs/spec/accounts-database.md, section "Replacement"). An entry point makes a DatabaseUse, looks up, and
// lets it go. Never waits: a thread that finds the exchange being done by another, or by a process that has
// been forked away, maps the file for itself. No system call unless the mapping is missing or marked as
// replaced.
#pragma once

#include <atomic>

#include <sys/types.h>

#include "nss_helper/database_mapping.h"

namespace cardea::nss {

class DatabaseCache {
 public:
  constexpr DatabaseCache() noexcept = default;
  DatabaseCache(const DatabaseCache&) = delete;
  DatabaseCache& operator=(const DatabaseCache&) = delete;
  // Ends with its process: a mapping may be in use by a thread that still runs while others leave.

  // For tests: how many mappings are held.
  [[nodiscard]] unsigned mappings() const noexcept;

 private:
  friend class DatabaseUse;
  // One in use, one for each exchange that a preempted reader outlives. With all of them held, a look-up maps
  // the file for itself: slow and right.
  static constexpr unsigned kSlots = 4;
  static constexpr unsigned kNone = kSlots;

  struct alignas(64) Slot {
    std::atomic<std::uint32_t> users{0};  // threads between pin and unpin
    std::atomic<bool> filled{false};      // changed under the lock
    Mapping mapping;                      // written under the lock, before it becomes current
  };

  bool pin(unsigned& slot) noexcept;
  void unpin(unsigned slot) noexcept;
  bool try_lock() noexcept;
  void unlock() noexcept;
  void unmap_unused() noexcept;
  unsigned publish(const Mapping& mapping) noexcept;  // the slot, pinned; kNone when all are held

  Slot slots_[kSlots];
  std::atomic<unsigned> current_{kNone};
  std::atomic<pid_t> lock_{0};  // the process whose thread exchanges; 0: none
};

class DatabaseUse {
 public:
  // Maps `path` when there is no mapping yet or it has been replaced.
  DatabaseUse(DatabaseCache& cache, const char* path) noexcept;
  DatabaseUse(const DatabaseUse&) = delete;
  DatabaseUse& operator=(const DatabaseUse&) = delete;
  ~DatabaseUse();

  // Null when there is no database that can be used; error() then says why: ENOENT, EACCES, EIO (damaged,
  // unsafe) ...
  [[nodiscard]] const DatabaseView* view() const noexcept { return view_; }
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  void open(const char* path) noexcept;
  void exchange(const char* path) noexcept;
  void use_slot(unsigned slot) noexcept;
  void release_slot() noexcept;

  DatabaseCache& cache_;
  const DatabaseView* view_ = nullptr;
  unsigned slot_ = DatabaseCache::kNone;
  int error_ = 0;
  Mapping own_;  // this look-up's own mapping
};

}  // namespace cardea::nss
