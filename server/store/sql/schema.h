// SPDX-License-Identifier: Apache-2.0
// The tables, version 2, for all engines. What each column means is in server/store/types.h. The text is
// SQLite's; what another engine calls differently it replaces (server/store/postgres/schema.cpp). A database
// knows its version: an older one is brought up to date, one this program does not know is refused.
#pragma once

#include <cstdint>

namespace cardea::server::sql {

inline constexpr std::int64_t kSchemaVersion = 2;
extern const char* const kSchema;
// From version 1: uids and gids. Every user there is gets one.
extern const char* const kUnixIds;
extern const char* const kUnixIdsOfUsers;

}  // namespace cardea::server::sql
