// SPDX-License-Identifier: Apache-2.0
// The daemon's terminal inside a login program: asks and says through the PAM conversation. An answer that
// the program already has (PAM_AUTHTOK) stands in for the first one, when the options permit it.
#pragma once

#include "core/client/terminal.h"
#include "core/text/language.h"
#include "pam_module/agent_socket.h"
#include "pam_module/options.h"
#include "pam_module/pam_handle.h"

namespace cardea::pam {

class PamTerminal final : public client::Terminal {
 public:
  // `interactive` is false where programs don't expect prompts: account check and session.
  PamTerminal(PamHandle& pam, const Options& options, text::Language language, bool interactive,
              bool silent) noexcept;

  client::Reply ask(const wire::Ask& ask, client::Turn turn, client::SecretBuffer& answer) noexcept override;
  void say(const wire::Say& say) noexcept override;
  // Takes the keyring's secret, which the daemon gives to root's programs before it grants; everything else
  // is refused: a login program's log is no place for a secret.
  client::Reply reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept override;
  client::Channel lend_agent() noexcept override;

  [[nodiscard]] bool has_agent() const noexcept { return interactive_ && agent_.offered(); }

  [[nodiscard]] bool has_first_pass() const noexcept { return first_pass_; }
  // False when every ask is refused without a prompt.
  [[nodiscard]] bool may_prompt() const noexcept { return interactive_ && !only_first_pass_; }
  // What was revealed, or null. It counts only once the login is granted.
  [[nodiscard]] const char* keyring_secret() const noexcept {
    return keyring_.empty() ? nullptr : keyring_memory_;
  }
  // True when the daemon asked and could not be answered because of that.
  [[nodiscard]] bool missed_a_prompt() const noexcept { return missed_; }

 private:
  [[nodiscard]] bool answer_from_first_pass(const wire::Ask& ask, client::Turn turn,
                                            client::SecretBuffer& answer) noexcept;

  PamHandle& pam_;
  const AgentSocket agent_;
  const text::Language language_;
  const bool interactive_;
  const bool silent_;
  const bool only_first_pass_;
  const bool first_pass_;
  // base64url of 32 bytes, and a NUL behind it.
  static constexpr std::size_t kMaxKeyringSecret = 64;
  char keyring_memory_[kMaxKeyringSecret + 1] = {};
  client::SecretBuffer keyring_{std::span<char>(keyring_memory_, kMaxKeyringSecret)};
  bool first_ask_ = true;
  bool missed_ = false;
};

}  // namespace cardea::pam
