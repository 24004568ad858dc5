// SPDX-License-Identifier: Apache-2.0
// What LogonUI wants a tile for. Windows 10 says `logon` for most unlocks, too; LSA takes either message
// then.
#pragma once

#include <cstdint>

namespace cardea::credprov {

enum class Scenario : std::uint8_t { logon, unlock, credui, change_password };

}  // namespace cardea::credprov
