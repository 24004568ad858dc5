// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_cache.h"

#include <cerrno>

#include <unistd.h>

namespace cardea::nss {
unsigned DatabaseCache::mappings() const noexcept {
  unsigned count = 0;
  for (const Slot& slot : slots_)
    count += slot.filled.load() ? 1 : 0;
  return count;
}

// The total order of seq_cst makes this safe: either the exchange sees the user, or the user sees the
// exchange.
bool DatabaseCache::pin(unsigned& slot) noexcept {
  for (;;) {
    const unsigned now = current_.load(std::memory_order_seq_cst);
    if (now == kNone) return false;
    slots_[now].users.fetch_add(1, std::memory_order_seq_cst);
    if (current_.load(std::memory_order_seq_cst) == now) {
      slot = now;
      return true;
    }
    unpin(now);
  }
}

void DatabaseCache::unpin(unsigned slot) noexcept {
  const bool last = slots_[slot].users.fetch_sub(1, std::memory_order_seq_cst) == 1;
  if (!last || current_.load(std::memory_order_relaxed) == slot || !slots_[slot].filled.load()) return;
  // The last to leave a file that has been replaced clears away; if another is at it, that one does.
  if (!try_lock()) return;
  unmap_unused();
  unlock();
}

bool DatabaseCache::try_lock() noexcept {
  const pid_t self = ::getpid();
  pid_t holder = 0;
  if (lock_.compare_exchange_strong(holder, self, std::memory_order_acquire)) return true;
  // Held by a thread of the process that this one was forked from: here it will never be given back.
  return holder != self && lock_.compare_exchange_strong(holder, self, std::memory_order_acquire);
}

void DatabaseCache::unlock() noexcept { lock_.store(0, std::memory_order_release); }

void DatabaseCache::unmap_unused() noexcept {
  for (unsigned i = 0; i < kSlots; ++i) {
    Slot& slot = slots_[i];
    if (!slot.filled.load() || current_.load(std::memory_order_seq_cst) == i) continue;
    if (slot.users.load(std::memory_order_seq_cst) != 0) continue;
    // Forgotten first: a process forked between the two keeps an unused mapping, and never unmaps what is no
    // longer this one.
    const Mapping mapping = slot.mapping;
    slot.filled.store(false);
    unmap(mapping);
  }
}

unsigned DatabaseCache::publish(const Mapping& mapping) noexcept {
  for (unsigned i = 0; i < kSlots; ++i) {
    Slot& slot = slots_[i];
    if (slot.filled.load()) continue;
    slot.mapping = mapping;
    slot.filled.store(true);
    slot.users.fetch_add(1, std::memory_order_seq_cst);
    current_.store(i, std::memory_order_seq_cst);
    return i;
  }
  return kNone;
}

DatabaseUse::DatabaseUse(DatabaseCache& cache, const char* path) noexcept : cache_(cache) {
  unsigned slot = 0;
  if (cache_.pin(slot)) {
    use_slot(slot);
    if (!view_->is_replaced()) [[likely]]
      return;
  }
  open(path);
}

DatabaseUse::~DatabaseUse() {
  if (slot_ != DatabaseCache::kNone) cache_.unpin(slot_);
  unmap(own_);
}

void DatabaseUse::use_slot(unsigned slot) noexcept {
  slot_ = slot;
  view_ = &cache_.slots_[slot].mapping.view;
}

void DatabaseUse::release_slot() noexcept {
  if (slot_ != DatabaseCache::kNone) cache_.unpin(slot_);
  slot_ = DatabaseCache::kNone;
  view_ = nullptr;
}

void DatabaseUse::open(const char* path) noexcept {
  const int saved = errno;
  if (cache_.try_lock()) {
    exchange(path);
    cache_.unlock();
  } else {
    release_slot();
    error_ = map_database(path, nullptr, own_);
    if (error_ == 0) view_ = &own_.view;
  }
  errno = saved;
}

// Under the lock. A file that is marked and still in place (the writer is about to rename, or died before) is
// used as it is and looked at again next time.
void DatabaseUse::exchange(const char* path) noexcept {
  release_slot();  // another thread may have exchanged it meanwhile
  unsigned slot = 0;
  const Mapping* known = nullptr;
  if (cache_.pin(slot)) {
    use_slot(slot);
    if (!view_->is_replaced()) return;
    known = &cache_.slots_[slot].mapping;
  }
  Mapping fresh;
  error_ = map_database(path, known, fresh);
  if (error_ == 0 && fresh.data == nullptr) return;
  release_slot();
  if (error_ != 0) return;
  const unsigned published = cache_.publish(fresh);
  if (published == DatabaseCache::kNone) {
    own_ = fresh;
    view_ = &own_.view;
    return;
  }
  use_slot(published);
  cache_.unmap_unused();
}

}  // namespace cardea::nss
