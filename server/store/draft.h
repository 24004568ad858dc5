// SPDX-License-Identifier: Apache-2.0
// What somebody has prepared in a browser before he has a card (docs/spec/drafts.md), and what the store's
// commands about it take. It belongs to no account, and its name is the public half of its sheet's code.
#pragma once

#include "server/store/commands.h"

namespace cardea::server {

struct Draft {
  Bytes sheet_check;  // by which it is found
  UserId user;        // whom it makes; nobody has this id before
  Bytes opaque_a;
  Bytes opaque_b;
  Bytes question_seal;
  Bytes recovery_seal;
  Bytes recovery_public;
  std::uint32_t oprf_seed = 1;
  std::string prefix;  // of the network it was made from
  UnixSeconds expires_at = 0;
};

struct KeepDraft {
  Draft draft;
  std::uint64_t max_per_prefix = 0;
  std::uint64_t max_all = 0;
};

// The draft becomes a user with a card and a computer. `token` as in OpenSession.
struct RegisterDraft {
  Bytes sheet_check;
  RegisterUser made;
  Digest token{};
  UnixSeconds token_expires_at = 0;
};

}  // namespace cardea::server
