// SPDX-License-Identifier: Apache-2.0
// Offers a Windows password that was just typed to the daemon, which has the card worker seal it once Windows
// has taken it (docs/spec/local-protocol.md, “Windows”). The password leaves this process before Windows has
// answered; what follows is one word.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/secret.h"
#include "core/client/terminal.h"
#include "credprov/model/outside.h"

namespace cardea::credprov {

class PasswordSealing final : public client::Terminal {
 public:
  PasswordSealing(std::string user, std::string language, SecretBytes password,
                  std::unique_ptr<CancellableTransport> transport);
  PasswordSealing(const PasswordSealing&) = delete;
  PasswordSealing& operator=(const PasswordSealing&) = delete;
  ~PasswordSealing() = default;

  // On a thread of its own, once.
  void run() noexcept;
  // From LogonUI's thread: what Windows said. Never waits. The first word counts.
  void decide(bool accepted) noexcept;

  client::Reply ask(const wire::Ask& ask, client::Turn turn, client::SecretBuffer& answer) noexcept override;
  void say(const wire::Say&) noexcept override {}
  client::Reply reveal(const wire::Reveal&, std::span<const std::uint8_t>) noexcept override {
    return client::Reply::refused;
  }

 private:
  const std::string user_, language_;
  const std::unique_ptr<CancellableTransport> transport_;
  std::mutex mutex_;
  std::condition_variable woken_;
  SecretBytes password_;
  bool decided_ = false;
  bool accepted_ = false;
};

}  // namespace cardea::credprov
