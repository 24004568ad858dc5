// SPDX-License-Identifier: Apache-2.0
// Making a new access-key generation (this computer's device key: begin, prepare, commit) and issuing one key
// of it (a session after password and answer).
#pragma once

#include "core/access_key/access_key_chain.h"
#include "upstream/answer_parts.h"

namespace cardea::upstream {

struct GenerationBegun {
  std::uint32_t generation = 0;
  SecretKey32 server_random;
  Bytes recovery_public;  // checked to be signed by recovery_signer; who that is, the caller checks
  RecoverySigner recovery_signer;
};

// The chain seed for a help-desk officer (docs/spec/officers.md).
struct OfficerSeal {
  api::CardId officer;
  std::string name;
  Bytes seal;
};

struct GenerationPrepared {
  api::UserId user;
  std::uint32_t generation = 0;
  Bytes seal;
  access_key::CheckValue check_k0{};
  Bytes login_public;
  std::vector<OfficerSeal> officers = {};
};

struct IssuedKey {
  ComputerInfo computer;
  std::uint32_t generation = 0;
  std::uint16_t index = 0;
  Bytes seal;
  access_key::CheckValue check_k0{};
};

Result<GenerationBegun> begin_generation(ServerClient& client, const RequestKey& device,
                                         const api::ComputerId& computer, const api::UserId& user);
Status prepare_generation(ServerClient& client, const RequestKey& device, const api::ComputerId& computer,
                          const GenerationPrepared& prepared);
// After the computer has stored both generations. May be called again after a crash: the generation is then
// the current one already.
Status commit_generation(ServerClient& client, const RequestKey& device, const api::ComputerId& computer,
                         const api::UserId& user, std::uint32_t generation,
                         const access_key::CheckValue& check_k0);
Result<IssuedKey> read_issued(const api::Json& json);
// Error::access_key_exhausted, Error::state_forbidden when the computer has no generation.
Result<IssuedKey> issue_access_key(ServerClient& client, const RequestKey& session,
                                   const api::ComputerId& computer);

}  // namespace cardea::upstream
