// SPDX-License-Identifier: Apache-2.0
// A computer at the desk that finishes what the page Register has prepared, with the client's own code: what
// the browser has sealed must open here.
#pragma once

#include "core/crypto/p256.h"
#include "core/records/holders.h"
#include "upstream/server_client.h"

namespace cardea::upstream {

struct FinishedDraft {
  api::UserId user;
  std::string question;
  records::SheetCode sheet;
};

// Who finishes it: password and answer, a card, a computer and a root key in software.
struct DraftOwner {
  std::string_view account, password, answer;
  const crypto::P256KeyPair& auth;
  const crypto::P256KeyPair& wrap;
  const crypto::Ed25519KeyPair& device;
  const records::UserKey& root;
  std::string computer_name;
};

Result<FinishedDraft> finish_prepared(ServerClient& client, Random& random, const DraftOwner& owner,
                                      std::string_view typed_sheet);

}  // namespace cardea::upstream
