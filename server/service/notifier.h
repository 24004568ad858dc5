// SPDX-License-Identifier: Apache-2.0
// Tells the messages of the outbox to the organisation's own channels (docs/spec/notify.md), one at a time.
// Called by server/notify_loop; several servers of one store may have one each.
#pragma once

#include "core/base/clock.h"
#include "server/store/store.h"

namespace cardea::server {

enum class Told : std::uint8_t { told, nobody, failed };
inline constexpr std::array<const char*, 3> kToldNames = {"told", "nobody", "failed"};

// Implemented by server/notify_program, and by tests.
class NotifyChannel {
 public:
  virtual ~NotifyChannel() = default;
  // `message` is the JSON of the specification.
  virtual Told tell(const std::string& message) = 0;
};

class Notifier {
 public:
  // `server`: "https://" and the authority. `lease`: seconds for which a message is this notifier's; longer
  // than the channel takes. All references outlive it.
  Notifier(Store& store, NotifyChannel& channel, const Clock& clock, std::string server, std::int64_t lease)
      : store_(store), channel_(channel), clock_(clock), server_(std::move(server)), lease_(lease) {}

  // Nothing when no message was due. A failure is the store's; the message is due again after the lease.
  Result<std::optional<Told>> tell_next();

 private:
  [[nodiscard]] std::string text_of(const OutboxMessage& message) const;

  Store& store_;
  NotifyChannel& channel_;
  const Clock& clock_;
  const std::string server_;
  const std::int64_t lease_;
};

}  // namespace cardea::server
