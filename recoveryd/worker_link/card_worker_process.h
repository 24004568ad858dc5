// SPDX-License-Identifier: Apache-2.0
// The real CardWorker: starts cardea-card-worker (or has systemd start it), keeps it alive, kills it (or
// hangs up on it) when a deadline passes, and reaps it. The daemon owns one. A worker that ends is started
// again at once, or after a second when it lived shorter.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/log.h"
#include "recoveryd/worker_link/card_worker.h"

namespace cardea::worker {

struct WorkerOptions {
  // Where systemd listens and starts a worker for each connection. Then nothing below but `log` is used: the
  // unit says it. Empty: the worker is our child.
  std::string socket;
  std::string program;                   // absolute path of cardea-card-worker
  std::vector<std::string> modules;      // p11-kit names or absolute paths, tried in order
  std::string user;                      // drop to this user when started as root; empty: stay
  std::string opensc_conf;               // absolute path; empty: the worker's default
  std::vector<std::string> environment;  // "NAME=VALUE", the worker's whole environment
  const Log* log = nullptr;              // where starts and ends of the worker are told; may be null
};

class Supervisor;

class CardWorkerProcess final : public CardWorker {
 public:
  // Starts the worker; does not wait for it. Error::io_failed when there is no thread or socket.
  static Result<std::unique_ptr<CardWorkerProcess>> start(WorkerOptions options);
  CardWorkerProcess(const CardWorkerProcess&) = delete;
  CardWorkerProcess& operator=(const CardWorkerProcess&) = delete;
  // Ends the worker and reaps it. Vaults must be gone.
  ~CardWorkerProcess() override;

  [[nodiscard]] ReaderView view() const override;
  ReaderView wait_for_change(std::uint64_t revision, Timeout timeout) override;
  Status refresh(Timeout timeout) override;
  Result<Bytes> login_sign(const card::CardId& card, ByteView message, bool last_try_consent, UniqueFd pin,
                           card::PinReport& report, Timeout timeout,
                           const KeyringOpening* keyring = nullptr) override;
  Status keyring_open(const KeyringOpening& opening, Timeout timeout) override;
  Result<Bytes> keyring_seal(const KeyringTicket& ticket, const records::KeyringRecipient& recipient,
                             Timeout timeout) override;
  Status keyring_reveal(const KeyringTicket& ticket, UniqueFd channel, Timeout timeout) override;
  Result<std::unique_ptr<Vault>> open_vault(Timeout timeout) override;

  // The worker's process id; -1 between two workers, and for one that systemd started.
  [[nodiscard]] pid_t pid() const;

 private:
  explicit CardWorkerProcess(std::shared_ptr<Supervisor> supervisor) noexcept;
  std::shared_ptr<Supervisor> supervisor_;
};

}  // namespace cardea::worker
