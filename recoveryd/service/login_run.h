// SPDX-License-Identifier: Apache-2.0
// One conversation of LoginService: the loop between the flow's steps and the world.
#pragma once

#include "core/access_key/access_key_verifier.h"
#include "recoveryd/service/keyring_service.h"
#include "recoveryd/service/login_service.h"

namespace cardea::recoveryd {

class LoginRun {
 public:
  struct Terms {
    TryOrigin origin;            // where wrong access keys are counted
    bool wants_keyring = false;  // the card that lets in opens the keyring secret, too
    bool guest_is_new = false;   // the server was asked about this guest a moment ago, in this conversation
  };
  LoginRun(Context& context, Conversation& client, login::EnrolmentRecord record, login::LoginContext login,
           const Terms& terms);
  login::Verdict run();
  [[nodiscard]] bool by_access_key() const noexcept { return by_access_key_; }
  [[nodiscard]] const login::EnrolmentRecord& record() const noexcept { return record_; }
  // The card in a reader of this computer that has signed; none after an access key or an agent's signature.
  [[nodiscard]] const std::optional<card::CardId>& card_here() const noexcept { return card_here_; }
  // What the card has opened beside its signature; empty after an access key.
  [[nodiscard]] std::optional<KeyringService::ByCard> keyring_by_card() const {
    return by_access_key_ ? std::nullopt : keyring_;
  }

 private:
  login::Step carry_out(login::AskStep& step);
  login::Step carry_out(login::WaitForCardStep& step);
  login::Step carry_out(login::SignStep& step);
  login::Step carry_out(login::AskAgentStep& step);
  login::AgentOutcome ask_agent(UniqueFd socket, ByteView challenge);
  login::Step carry_out(login::SpendKeyStep& step);
  login::Step carry_out(login::JudgeStep& step);
  login::Step carry_out(login::FinishStep& step);
  void announce(const login::AskStep& step);
  login::KeyOutcome spend_key();
  [[nodiscard]] bool is_the_same_again() const;
  [[nodiscard]] login::Readers readers() const;

  Context& context_;
  Conversation& client_;
  login::EnrolmentRecord record_;
  login::LoginContext login_;
  login::LoginPolicy policy_;
  login::LoginFlow flow_;
  const Terms terms_;
  Reply reply_;          // the last answer: a key's text or the PIN's channel
  SecretBytes refused_;  // the last access key that opened nothing, and what came of it
  login::KeyOutcome refused_outcome_;
  bool asked_before_ = false;
  std::optional<login::Verdict> verdict_;
  std::optional<KeyringService::ByCard> keyring_;
  bool by_access_key_ = false;
  std::optional<card::CardId> card_here_;
};

}  // namespace cardea::recoveryd
