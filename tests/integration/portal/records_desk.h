// SPDX-License-Identifier: Apache-2.0
// The owner's card at the desk: his records as the client's code seals and opens them, and the utility's half
// of a pairing. What it does goes through the same calls as `cardea records` and `cardea portal allow`.
#pragma once

#include "core/records/holders.h"
#include "core/records/sealed_record.h"
#include "upstream/login_calls.h"

namespace cardea::upstream {

// Whose card.
struct DeskCard {
  const api::UserId& user;
  const crypto::P256KeyPair& auth;
  const records::UserKey& root;
};

class RecordsDesk {
 public:
  RecordsDesk(ServerClient& client, const Clock& clock, Random& random)
      : client_(client), clock_(clock), random_(random) {}

  // Stores a body as a new record, or as the next version of `id`; {"id", "version"}.
  Result<api::Json> put(const DeskCard& card, const std::string& id, std::string_view body);
  // What the client's code reads: {"version", "body"} or {"error"}.
  Result<api::Json> read(const DeskCard& card, const std::string& id);
  // `with_records`: their keys go out, and the card holds the records of `on_card` in these versions.
  // {"allowed": account} or {"error"}.
  Result<api::Json> allow(const DeskCard& card, const std::string& account, const std::string& code,
                          bool with_records, const std::vector<records::RecordName>& on_card);

 private:
  Result<SessionInfo> open(const DeskCard& card, ByteView session_spki);

  ServerClient& client_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace cardea::upstream
