// SPDX-License-Identifier: Apache-2.0
#include "server/store/audit_chain.h"

namespace cardea::server {

Digest next_global_head(const Digest& previous, const Digest& user_head) {
  constexpr std::uint8_t kPrefix[] = {0x02};
  return crypto::sha256({kPrefix, previous, user_head});
}

}  // namespace cardea::server
