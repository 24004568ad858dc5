// SPDX-License-Identifier: Apache-2.0
// What the portable part wants of the system: a connection, a thread, the time. The DLL has Windows'
// (windows/), tests have their own.
#pragma once

#include <functional>
#include <memory>

#include "core/base/clock.h"
#include "core/client/transport.h"

namespace cardea::credprov {

// A connection that another thread can end: whoever waits in receive() or read(), now or later, gets
// Error::cancelled at once.
class CancellableTransport : public client::Transport {
 public:
  virtual ~CancellableTransport() = default;
  virtual void cancel() noexcept = 0;
};

class Outside {
 public:
  virtual ~Outside() = default;
  // A connection that is not open yet; null when there is no memory.
  virtual std::unique_ptr<CancellableTransport> transport() noexcept = 0;
  // Runs the task on a thread of its own; false when there is none to be had. The task lets nothing escape.
  virtual bool run(std::function<void()> task) noexcept = 0;
  [[nodiscard]] virtual const Clock& clock() const noexcept = 0;
};

}  // namespace cardea::credprov
