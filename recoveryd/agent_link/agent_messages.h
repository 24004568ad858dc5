// SPDX-License-Identifier: Apache-2.0
// The two messages of the ssh agent protocol (draft-ietf-sshm-ssh-agent) that the daemon uses. Called by
// ssh_agent; what is read here comes from a stranger.
#pragma once

#include "core/base/bytes.h"
#include "core/crypto/signature.h"

namespace cardea::recoveryd::agent {

// An RSA-4096 signature takes 560 bytes; OpenSSH's own limit is 256 KiB.
inline constexpr std::size_t kMaxAnswerBytes = 4'096;
inline constexpr std::size_t kLengthBytes = 4;

// SSH_AGENTC_SIGN_REQUEST with its length: sign `message` with this key. RSA is asked for rsa-sha2-256 (RFC
// 8332), never for SHA-1.
Bytes sign_request(const crypto::PublicKey& key, ByteView message);

// The length of the answer that follows. Error::frame_malformed for an empty one, frame_too_large.
Result<std::size_t> answer_length(ByteView head);

// The signature in an answer (without its length), in the form of PublicKey::verify; it is not verified here.
// Error::not_found when the agent refuses or does not have the key, frame_malformed for everything that is no
// SSH_AGENT_SIGN_RESPONSE by such a key.
Result<Bytes> signature_in_answer(const crypto::PublicKey& key, ByteView answer);

}  // namespace cardea::recoveryd::agent
