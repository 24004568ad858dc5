// SPDX-License-Identifier: Apache-2.0
// Sessions: by password and answer (OPAQUE messages, see opaque_login.h), by a card, by an access key.
#pragma once

#include <functional>

#include "core/access_key/access_key_chain.h"
#include "core/crypto/opaque_messages.h"
#include "upstream/answer_parts.h"

namespace cardea::upstream {

struct LoginStarted {
  std::string login_id;
  crypto::Ke2 ke2;
};

struct PasswordAccepted {
  SessionInfo session;
  Bytes question_seal;
};

struct AnswerAccepted {
  Bytes recovery_seal;
  Bytes recovery_public;
};

// Each start costs a guess. Error::identity_not_accepted, Error::rate_limited (detail: a sentence with the
// time to wait), Error::account_closed.
Result<LoginStarted> start_password_login(ServerClient& client, const std::string& account,
                                          const crypto::Ke1& ke1);
Result<PasswordAccepted> finish_password_login(ServerClient& client, const std::string& login_id,
                                               const crypto::Ke3& ke3);
Result<LoginStarted> start_answer_login(ServerClient& client, const RequestKey& session,
                                        const crypto::Ke1& ke1);
Result<AnswerAccepted> finish_answer_login(ServerClient& client, const RequestKey& session,
                                           const std::string& login_id, const crypto::Ke3& ke3);

struct Challenge {
  Bytes bytes;
  std::int64_t expires_at = 0;
};
Result<Challenge> get_challenge(ServerClient& client);

// The call that shows a proof over `challenge` to the server at `authority`.
using ProofMaker = std::function<Result<Call>(const Challenge& challenge, const std::string& authority)>;
// Where a second proof, should the first one's answer be lost, harms nobody.
inline constexpr int kProofTries = 2;
// A proof names the server it is for, so it goes to that one only: another one would call it false. When the
// server is lost on the way, the next one is shown a new proof over a new challenge, up to `tries` in all.
Result<Answer> call_with_proof(ServerClient& client, int tries, const ProofMaker& prove);

// Signs card_session_proof() with the card's auth key.
using CardSigner = std::function<Result<Bytes>(ByteView message)>;
// One card signature opens a session for the key of `session_spki` (Ed25519) until `expires_at`.
Result<SessionInfo> open_card_session(ServerClient& client, const api::CardId& card, ByteView session_spki,
                                      std::int64_t expires_at, const CardSigner& sign);
// Figure 17: spends the generation that `root` (k_0) is of.
Result<SessionInfo> open_access_key_session(ServerClient& client, const access_key::ChainContext& whose,
                                            const access_key::AccessKey& root, ByteView session_spki);
Status end_session(ServerClient& client, const RequestKey& session);

}  // namespace cardea::upstream
