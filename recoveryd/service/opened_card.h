// SPDX-License-Identifier: Apache-2.0
// The owner's card, opened with its PIN in a vault, with his root key; and, where it is wanted, a session at
// his server that the card has signed. What every record operation begins with.
#pragma once

#include "recoveryd/conversation.h"
#include "recoveryd/service/card_data.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/login_calls.h"

namespace cardea::recoveryd {

// For how long a card's signature opens the server: one operation, not the 8 hours the server would allow.
inline constexpr std::int64_t kOperationSessionSeconds = 900;

// Asks for the PIN of this card and opens it in a vault that has no identity yet. Error::pin_wrong and its
// kin with a text.
Result<std::unique_ptr<worker::Vault>> open_with_pin(const Context& context, Conversation& client,
                                                     const worker::CardView& card);

class OpenedCard {
 public:
  // Asks for the PIN. Error::pin_wrong and its kin with a text.
  static Result<std::unique_ptr<OpenedCard>> open(const Context& context, Conversation& client,
                                                  const std::string& user);

  // A session of level card, at the next region when the user has moved. Error::server_unreachable and its
  // kin; once.
  Status connect();
  // A session of level card for somebody else's key, Ed25519.
  Result<upstream::SessionInfo> open_session_for(ByteView session_spki, std::int64_t expires_at);
  [[nodiscard]] bool connected() const noexcept { return session_.has_value(); }
  [[nodiscard]] upstream::ServerClient& server() { return server_->client(); }
  [[nodiscard]] const upstream::RequestKey& session() const { return *session_; }
  [[nodiscard]] worker::Vault& vault() { return *vault_; }
  [[nodiscard]] const login::EnrolmentRecord& record() const { return record_; }
  [[nodiscard]] const std::string& label() const noexcept { return card_.info.label; }
  [[nodiscard]] const records::CardHeader& header() const { return header_; }
  // Opens the root keys of earlier epochs, for records that have not been re-wrapped yet. Needs connect().
  Status open_older_keys();

 private:
  OpenedCard(const Context& context, login::EnrolmentRecord record)
      : context_(context), record_(std::move(record)) {}
  Status open_root_key(text::Voice& voice);
  Status open_session();

  const Context& context_;
  login::EnrolmentRecord record_;
  worker::CardView card_;
  std::unique_ptr<worker::Vault> vault_;
  records::CardHeader header_;
  std::unique_ptr<ServerLink> server_;
  std::optional<crypto::Ed25519KeyPair> session_key_;
  std::optional<upstream::RequestKey> session_;
};

}  // namespace cardea::recoveryd
