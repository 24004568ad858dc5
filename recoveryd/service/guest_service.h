// SPDX-License-Identifier: Apache-2.0
// Guests: cardholders whom nobody has enrolled at this computer (docs/spec/guests.md). Fetches what the
// server says of the owner of a card, checks it, and makes his account and a record that the judge can judge
// him by. It lets nobody in: that is login_run's and the judge's. Called by login_service before a stranger
// is turned away, and by login_run before a guest is judged.
#pragma once

#include "core/api/account_statement.h"
#include "recoveryd/context.h"
#include "recoveryd/conversation.h"
#include "recoveryd/upstream/server_directory.h"

namespace cardea::recoveryd {

class GuestService {
 public:
  explicit GuestService(Context& context) : context_(context) {}

  // Guests are let in here, and this login is one at which they may come: at the computer itself.
  [[nodiscard]] bool is_open_to(const LoginRequest& request) const;

  // A card that belongs to nobody who is known here.
  [[nodiscard]] bool sees_strange_card() const;

  // Makes the owner of the card in the reader a guest, or brings a guest up to date who comes with a new
  // card. `user`: the name that was typed; empty: whoever he is. Returns his login name. Error::not_enrolled:
  // there is nobody to be made a guest, go on as with any stranger. Every other error has a text for him.
  Result<std::string> admit(const std::string& user, text::Voice& voice);

  // Asks the server again about a guest whose card has just signed. An error is a refusal, with a text;
  // a server that can't be reached is none: then the judge looks at how old its last word is.
  Status ask_again(const login::EnrolmentRecord& guest, const crypto::CardId& card, text::Voice& voice);

  // The servers that are asked about guests, for who measures them.
  [[nodiscard]] ServerGroup servers() const;
  // Fetches their newest list, where guests are let in.
  void refresh_servers();

  // What a guest can't do here, because this computer is not one of his: Error::permission_denied.
  Status may_operate(const std::string& user, std::string_view verb) const;

 private:
  Result<api::AccountStatement> ask(const crypto::CardId& card);
  Result<upstream::GuestStatement> fetch(const crypto::CardId& card);
  // The key to believe: the one that is kept, else that of an owner enrolled here with the same server.
  // Error::not_found: none yet.
  Result<Bytes> known_key() const;
  Status take_over(const api::AccountStatement& statement, const worker::CardView& card, text::Voice& voice);
  Status publish(const api::AccountStatement& statement, text::Voice& voice);
  // His right to be here has ended, also while the server is out of reach.
  void end(const std::string& user);

  Context& context_;
};

}  // namespace cardea::recoveryd
