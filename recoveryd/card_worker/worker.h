// SPDX-License-Identifier: Apache-2.0
// The worker's main loop: requests from the daemon, changes from the reader watch, one at a time. `serve` is
// the program without its start; tests and the fuzz target call `handle_packet` with bytes of their own.
#pragma once

#include "recoveryd/card_worker/card_service.h"
#include "recoveryd/card_worker/vault_state.h"
#include "recoveryd/worker_link/packet_socket.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {

class Worker {
 public:
  // All must outlive the worker.
  Worker(CardService& cards, Random& random, const Log& log) noexcept;

  struct Answer {
    Bytes reply;
    std::function<void()> after;  // runs when the reply is out; may be empty
    std::function<void()> later;  // runs some time after that, before any request but for keyring secrets
    bool prompt_near = false;
  };
  // Error::frame_malformed for anything that the daemon would never send; the worker ends then.
  Result<Answer> handle_packet(ByteView packet, UniqueFd fd);

  // Until the socket is closed (0) or something came that should not have (kProtocolExit).
  int serve(PacketSocket& socket, ReaderWatch* watch);

 private:
  Status serve_request(PacketSocket& socket);
  void pay_owed();
  void pay_when_due();
  [[nodiscard]] std::optional<Deadline> next_due() const;
  Status send_view(PacketSocket& socket);
  void refresh_when_due();
  void end_vault();

  CardService& cards_;
  Random& random_;
  const Log& log_;
  std::optional<VaultState> vault_;
  KeyringDrawer keyrings_;
  std::function<void()> owed_;          // a login's card is still to be locked
  std::optional<Deadline> owed_at_;     // not later than this
  std::optional<Deadline> refresh_at_;  // when old PIN states are read
};

}  // namespace cardea::worker
