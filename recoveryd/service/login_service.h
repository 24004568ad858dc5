// SPDX-License-Identifier: Apache-2.0
// Carries out a login: brings each step of core/login/login_flow to the client, the card worker and the
// stores, and the evidence to the judge. Walks 1 and 2 of docs/architecture.md pass through here.
#pragma once

#include "core/login/login_flow.h"
#include "recoveryd/context.h"
#include "recoveryd/conversation.h"

namespace cardea::recoveryd {

class LoginService {
 public:
  explicit LoginService(Context& context) : context_(context) {}
  // Each sends exactly one verdict, unless the client went away.
  void login(Conversation& client, const LoginRequest& request);
  void account(Conversation& client, const LoginRequest& request);
  void session(Conversation& client, const LoginRequest& request);
  // Decides whether there is anything to judge: gate off, not enrolled, damaged. Empty: go on with `record`.
  std::optional<login::Verdict> before_judging(const LoginRequest& request, const std::string& user,
                                               text::Language language, login::EnrolmentRecord& record);

 private:
  login::Verdict run(Conversation& client, const LoginRequest& request, std::string& user);
  login::Verdict judge_stranger(const LoginRequest& request, const std::string& user,
                                text::Language language);
  // Whether the cards in the readers make somebody called `user` a guest: then `user` is his name, and there
  // is a record of him. Empty: go on, whether or not they do.
  std::optional<login::Verdict> welcome_guest(Conversation& client, const LoginRequest& request,
                                              std::string& user, bool& is_new);
  Result<std::string> user_by_card() const;
  void answer(Conversation& client, const LoginRequest& request, login::Verdict verdict,
              std::string_view user) const;
  [[nodiscard]] TryOrigin origin_of(const Conversation& client, const LoginRequest& request) const;
  // docs/spec/login.md, "Card removal"
  [[nodiscard]] bool is_bound_by(const Conversation& client, const LoginRequest& request) const;
  void bind(const Conversation& client, const LoginRequest& request);
  void note_guest(const Conversation& client, const LoginRequest& request);
  [[nodiscard]] bool counts_as_off(const std::string& service) const;

  Context& context_;
};

// The last word of a login, an account check, a session or a PIN change.
void send_verdict(Conversation& client, const login::Verdict& verdict, std::string_view user);

// The readers as the login flow sees them.
login::Readers readers_of(const worker::ReaderView& view);

}  // namespace cardea::recoveryd
