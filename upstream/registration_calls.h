// SPDX-License-Identifier: Apache-2.0
// Registering a user with his first card and computer. Called by recoveryd and the card worker's owner (cli).
#pragma once

#include "upstream/answer_parts.h"

namespace cardea::upstream {

struct RegistrationStarted {
  std::string registration_id;
  api::UserId user;
  Bytes opaque_a_response;
  Bytes opaque_b_response;
  std::int64_t expires_at = 0;
};

struct NewCard {
  Bytes auth_spki;
  Bytes wrap_spki;
  Bytes proof;
  std::string label;
  std::string serial;
};
api::Json new_card_json(const NewCard& card);

struct RegistrationFinish {
  std::string registration_id;
  Bytes opaque_a_record;
  Bytes opaque_b_record;
  Bytes question_seal;
  Bytes recovery_seal;
  Bytes recovery_public;
  Bytes profile;
  NewCard card;
  Bytes device_spki;
  std::string computer_name;
  std::string computer_serial;
  std::vector<records::Holder> holders;
  Bytes sheet_check;
};

struct Registered {
  api::UserId user;
  std::uint32_t epoch = 0;
  AuditState audit;
};

// Parts that the end of a registration has whether or not it was prepared before (draft_calls.h).
api::Json computer_key_json(ByteView device_spki, const std::string& name, const std::string& serial);
Result<Registered> read_registered(const Answer& answer);

// Charged to the guess budget.
Result<RegistrationStarted> start_registration(ServerClient& client, const std::string& account,
                                               ByteView opaque_a_request, ByteView opaque_b_request);
// Signed with the key that belongs to `device_spki`.
Result<Registered> finish_registration(ServerClient& client, const RequestKey& device,
                                       const RegistrationFinish& finish,
                                       const std::string& idempotency_key = {});

}  // namespace cardea::upstream
