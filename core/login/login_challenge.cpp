// SPDX-License-Identifier: Apache-2.0
#include "core/login/login_challenge.h"

#include "core/base/byte_builder.h"

namespace cardea::login {
namespace {

Bytes challenge(std::string_view label, ByteView computer_id, std::string_view user, std::string_view service,
                std::string_view attempt, Random& random) {
  const auto nonce = random.array<kLoginNonceBytes>();
  return ByteBuilder{}.lp(label).lp(computer_id).lp(user).lp(service).lp(attempt).raw(nonce).take();
}

}  // namespace

Bytes make_login_challenge(ByteView computer_id, std::string_view user, std::string_view service,
                           std::string_view attempt, Random& random) {
  return challenge("cardea/v1/login", computer_id, user, service, attempt, random);
}

Bytes make_agent_challenge(ByteView computer_id, std::string_view user, std::string_view service,
                           std::string_view attempt, Random& random) {
  return challenge("cardea/v1/agent-login", computer_id, user, service, attempt, random);
}

}  // namespace cardea::login
