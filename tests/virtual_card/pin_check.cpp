// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/pin_check.h"

namespace cardea::virtual_card {

std::uint16_t check_secret(CountedSecret secret, ByteView presented) {
  if (secret.left == 0) return sw::kBlocked;
  --secret.left;
  if (!equal_constant_time(secret.value, presented)) {
    return secret.left == 0 ? sw::kBlocked : sw::tries_left(secret.left);
  }
  secret.left = secret.maximum;
  return sw::kOk;
}

}  // namespace cardea::virtual_card
