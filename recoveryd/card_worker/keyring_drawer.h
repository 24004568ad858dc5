// SPDX-License-Identifier: Apache-2.0
// Keyring secrets of logins between the moment they are opened and the moment they are handed out: a few
// seconds, each under the ticket of its login. What nobody fetches is wiped.
#pragma once

#include <list>
#include <optional>

#include "recoveryd/worker_link/card_worker.h"
#include "recoveryd/worker_link/packet_socket.h"

namespace cardea::worker {

inline constexpr std::chrono::seconds kKeyringKept{15};  // the daemon judges, writes its file and syncs it
inline constexpr std::size_t kMaxKeyringsKept = 16;      // as many logins at once; the oldest makes room

struct KeptKeyring {
  records::KeyringOwner owner;
  Result<records::KeyringSecret> secret;  // or why it could not be opened
};

class KeyringDrawer {
 public:
  void put(const KeyringTicket& ticket, KeptKeyring kept, Deadline now) {
    remove(ticket);
    if (slots_.size() >= kMaxKeyringsKept) slots_.pop_front();
    slots_.push_back({ticket, std::move(kept), now + kKeyringKept});
  }
  // nullptr when nothing is kept under the ticket.
  [[nodiscard]] const KeptKeyring* find(const KeyringTicket& ticket) const {
    for (const Slot& slot : slots_) {
      if (slot.ticket == ticket) return &slot.kept;
    }
    return nullptr;
  }
  void remove(const KeyringTicket& ticket) {
    slots_.remove_if([&](const Slot& slot) { return slot.ticket == ticket; });
  }
  void remove_old(Deadline now) {
    slots_.remove_if([&](const Slot& slot) { return slot.until <= now; });
  }
  // When remove_old should be called next.
  [[nodiscard]] std::optional<Deadline> next_end() const {
    return slots_.empty() ? std::nullopt : std::optional(slots_.front().until);
  }

 private:
  struct Slot {
    KeyringTicket ticket;
    KeptKeyring kept;
    Deadline until;
  };
  std::list<Slot> slots_;  // the oldest first
};

}  // namespace cardea::worker
