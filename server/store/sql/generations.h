// SPDX-License-Identifier: Apache-2.0
// Reading access-key generations, for store_computers.cpp and store_access_keys.cpp.
#pragma once

#include "server/store/sql/rows.h"

namespace cardea::server::sql {

Result<std::optional<Generation>> find_generation(Connection& database, const UserId& user,
                                                  const ComputerId& computer, std::uint32_t number);
Result<std::optional<Generation>> current_generation(Connection& database, const UserId& user,
                                                     const ComputerId& computer);
// Cancelled generations keep their number and lose their seal.
Status cancel_generation(Connection& database, const Generation& generation);

}  // namespace cardea::server::sql
