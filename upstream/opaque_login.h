// SPDX-License-Identifier: Apache-2.0
// Password and answer without showing either to the server: the client's steps of OPAQUE records A and B
// (docs/spec/server-protocol.md). Called by recover.cpp and, for a replacement, by cli.
#pragma once

#include <memory>

#include "core/records/recovery_key.h"
#include "upstream/login_calls.h"

namespace cardea::upstream {

// After the password: a session of level `password`, and the question.
struct PasswordSession {
  SessionInfo info;
  std::unique_ptr<SecretKey32> hmac_key;  // stays where it is: `key` signs with it
  RequestKey key;
  SecretBytes question;
};

// After the answer: the session has level `answer`.
struct Recovered {
  crypto::P256KeyPair recovery_key;  // sk_r, checked to belong to the public key the server named
  records::ExportKey export_b;       // opens the recovery holder, together with a device share
};

// `password`: as typed, UTF-8. Error::identity_not_accepted: password or account wrong.
Result<PasswordSession> login_with_password(ServerClient& client, const std::string& account,
                                            ByteView password);
// Error::identity_not_accepted: the answer is wrong. Each call costs a guess.
Result<Recovered> login_with_answer(ServerClient& client, const PasswordSession& session, ByteView password,
                                    ByteView answer);

}  // namespace cardea::upstream
