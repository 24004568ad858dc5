// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/agent_link/agent_messages.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/ssh_key.h"

namespace cardea::recoveryd::agent {
namespace {

// draft-ietf-sshm-ssh-agent, “Message numbers” and “Signature flags”
constexpr std::uint8_t kFailure = 5, kSignRequest = 13, kSignResponse = 14, kExtensionFailure = 28;
constexpr std::uint32_t kRsaSha256 = 2;

}  // namespace

Bytes sign_request(const crypto::PublicKey& key, ByteView message) {
  const Bytes body = ByteBuilder()
                         .u8(kSignRequest)
                         .lp32(crypto::ssh_public_key(key).blob)
                         .lp32(message)
                         .u32(key.kind() == crypto::KeyKind::rsa ? kRsaSha256 : 0)
                         .take();
  return ByteBuilder().lp32(body).take();
}

Result<std::size_t> answer_length(ByteView head) {
  ByteReader reader(head);
  const std::size_t length = reader.u32();
  if (!reader.complete() || length == 0) return Error::frame_malformed;
  if (length > kMaxAnswerBytes) return Error::frame_too_large;
  return length;
}

Result<Bytes> signature_in_answer(const crypto::PublicKey& key, ByteView answer) {
  ByteReader reader(answer);
  const std::uint8_t type = reader.u8();
  if (!reader.good()) return Error::frame_malformed;
  if (type == kFailure || type == kExtensionFailure) return Error::not_found;
  if (type != kSignResponse) return Error::frame_malformed;
  const ByteView signature = reader.lp32();
  if (!reader.complete()) return Error::frame_malformed;
  return crypto::signature_from_ssh(key, signature);
}

}  // namespace cardea::recoveryd::agent
