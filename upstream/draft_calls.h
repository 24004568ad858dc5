// SPDX-License-Identifier: Apache-2.0
// A registration that was prepared in a browser (docs/spec/drafts.md), as the computer finishes it. Called by
// recoveryd/service/draft_registration.
#pragma once

#include "core/crypto/opaque_messages.h"
#include "upstream/registration_calls.h"

namespace cardea::upstream {

struct DraftQuestion {
  api::UserId user;
  crypto::Ke2 ke2;
  Bytes question_seal;
};

struct DraftAnswer {
  std::string login_id;
  crypto::Ke2 ke2;
  Bytes recovery_seal;
  Bytes recovery_public;
};

struct DraftFinish {
  std::string login_id;
  crypto::Ke3 ke3;
  std::string account;
  Bytes profile;
  NewCard card;
  Bytes device_spki;
  std::string computer_name;
  std::string computer_serial;
  std::vector<records::Holder> holders;
};

// Both cost a guess. `sheet_check` names the draft: Error::not_found when there is none (any more);
// Error::rate_limited, Error::account_closed as for a login.
Result<DraftQuestion> ask_draft_question(ServerClient& client, ByteView sheet_check, const crypto::Ke1& ke1);
Result<DraftAnswer> answer_draft_question(ServerClient& client, ByteView sheet_check, const crypto::Ke1& ke1);
// Signed with the key that belongs to `device_spki`. Errors as finish_registration().
Result<Registered> finish_draft(ServerClient& client, const RequestKey& device, const DraftFinish& finish,
                                const std::string& idempotency_key = {});

}  // namespace cardea::upstream
