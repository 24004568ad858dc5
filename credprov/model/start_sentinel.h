// SPDX-License-Identifier: Apache-2.0
// Takes the provider out of a logon screen that it seems to break. A start counts as failed until the logon
// screen has lived with it for a while; after too many in a row the provider offers nothing, and is tried
// again once an hour. The counter lies where an administrator can set it to 0 (registry value StartsPending).
#pragma once

#include <cstdint>

#include "core/base/clock.h"

namespace cardea::credprov {

// One crash may be anybody's, and so may the next; Windows itself starts LogonUI again at once.
inline constexpr std::uint32_t kMaxStartsPending = 3;
inline constexpr std::int64_t kTryAgainSeconds = 3'600;
// How long a logon screen must live with the provider: crashes of providers come with the first tiles.
inline constexpr std::uint32_t kProvenMs = 5'000;

// Where the counter lies. A value that can't be read is 0, one that can't be written stays: standing down is
// for the case that everything else works.
class SentinelStore {
 public:
  virtual std::uint32_t starts_pending() noexcept = 0;
  virtual UnixSeconds last_start() noexcept = 0;
  virtual void store(std::uint32_t starts_pending, UnixSeconds last_start) noexcept = 0;

 protected:
  ~SentinelStore() = default;
};

// Whether the provider stands down, without counting a start: what the filter asks.
bool stands_down(SentinelStore& store, const Clock& clock) noexcept;
// Counts a start; false when the provider must stand down.
bool begin_start(SentinelStore& store, const Clock& clock) noexcept;
// The logon screen lives: the counter begins anew.
void start_succeeded(SentinelStore& store, const Clock& clock) noexcept;

}  // namespace cardea::credprov
