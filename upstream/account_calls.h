// SPDX-License-Identifier: Apache-2.0
// A user's account, the holders of his root key, and his audit chain.
#pragma once

#include "upstream/answer_parts.h"

namespace cardea::upstream {

struct Account {
  api::UserId user;
  std::string account;
  std::uint32_t epoch = 0;
  Bytes recovery_public;  // P-256 point, 65 bytes
  RecoverySigner recovery_signer;
  Bytes profile;
  AuditState audit;
};

struct Holders {
  std::vector<records::Holder> holders;
  std::vector<records::EpochSeal> epoch_seals;
};

struct AuditEvent {
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  std::string kind;
  api::Json details;
  std::array<std::uint8_t, 32> hash{};
};

struct AuditPage {
  std::vector<AuditEvent> events;
  AuditState audit;
};

// `user` is given by the device key only, which may serve several users; a session names its own.
// The recovery key is checked to be signed by the signer that is named.
Result<Account> get_account(ServerClient& client, const RequestKey& key,
                            const std::optional<api::UserId>& user);
Result<Holders> get_holders(ServerClient& client, const RequestKey& key,
                            const std::optional<api::UserId>& user);
Status put_holder(ServerClient& client, const RequestKey& key, const std::optional<api::UserId>& user,
                  const records::Holder& holder);
// The events after sequence number `after`, oldest first.
Result<AuditPage> get_audit(ServerClient& client, const RequestKey& key,
                            const std::optional<api::UserId>& user, std::uint64_t after);

}  // namespace cardea::upstream
