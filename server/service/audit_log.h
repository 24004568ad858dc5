// SPDX-License-Identifier: Apache-2.0
// Signed checkpoints over a user's audit chain. Clients and cards keep the last one: a server that forgets or
// forks is noticed at the next contact.
#pragma once

#include "core/api/proofs.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

struct Checkpoint {
  AuditPoint point;
  UnixSeconds time = 0;
  std::array<std::uint8_t, 64> signature{};
};

inline Checkpoint sign_checkpoint(const ServerSecrets& secrets, const AuditPoint& point, UnixSeconds now) {
  const Bytes proof = api::checkpoint_proof(point.length, point.head, static_cast<std::uint64_t>(now));
  return {point, now, secrets.checkpoint_key().sign(proof)};
}

// Over the administration's chain.
inline Checkpoint sign_administration_checkpoint(const ServerSecrets& secrets, const AuditPoint& point,
                                                 UnixSeconds now) {
  const Bytes proof =
      api::administration_checkpoint_proof(point.length, point.head, static_cast<std::uint64_t>(now));
  return {point, now, secrets.checkpoint_key().sign(proof)};
}

}  // namespace cardea::server
