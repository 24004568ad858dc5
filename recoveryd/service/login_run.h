// SPDX-License-Identifier: Apache-2.0
// One conversation of LoginService: the loop between the flow's steps and the world.
#pragma once

#include "core/access_key/access_key_verifier.h"
#include "recoveryd/service/login_service.h"

namespace cardea::recoveryd {

class LoginRun {
 public:
  // `guest_is_new`: the server was asked about this guest a moment ago, in the same conversation.
  LoginRun(Context& context, Conversation& client, login::EnrolmentRecord record, login::LoginContext login,
           bool guest_is_new = false);
  login::Verdict run();
  [[nodiscard]] bool by_access_key() const noexcept { return by_access_key_; }

 private:
  login::Step carry_out(login::AskStep& step);
  login::Step carry_out(login::WaitForCardStep& step);
  login::Step carry_out(login::SignStep& step);
  login::Step carry_out(login::SpendKeyStep& step);
  login::Step carry_out(login::JudgeStep& step);
  login::Step carry_out(login::FinishStep& step);
  login::KeyOutcome spend_key();
  [[nodiscard]] login::Readers readers() const;

  Context& context_;
  Conversation& client_;
  login::EnrolmentRecord record_;
  login::LoginContext login_;
  login::LoginPolicy policy_;
  login::LoginFlow flow_;
  Reply reply_;  // the last answer: a key's text or the PIN's channel
  std::optional<login::Verdict> verdict_;
  bool by_access_key_ = false;
  const bool guest_is_new_;
};

}  // namespace cardea::recoveryd
