// SPDX-License-Identifier: Apache-2.0
// The byte string a card signs to log in (docs/spec/login.md, "Proof by card"). Bound to this computer, user,
// service and attempt, so that a signature is good for one question only.
#pragma once

#include <string_view>

#include "core/base/random.h"

namespace cardea::login {

inline constexpr std::size_t kLoginNonceBytes = 32;

// lp("cardea/v1/login") ‖ lp(computer_id) ‖ lp(user) ‖ lp(service) ‖ lp(attempt) ‖ nonce
Bytes make_login_challenge(ByteView computer_id, std::string_view user, std::string_view service,
                           std::string_view attempt, Random& random);
// The same with lp("cardea/v1/agent-login") in front, for a card behind the person's ssh agent, which signs
// bytes of any kind: read as what ssh itself has signed, this is no message (docs/spec/login.md, “Proof by
// card”).
Bytes make_agent_challenge(ByteView computer_id, std::string_view user, std::string_view service,
                           std::string_view attempt, Random& random);

}  // namespace cardea::login
