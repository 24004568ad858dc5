// SPDX-License-Identifier: Apache-2.0
// The tables for all engines. What each column means is in server/store/types.h. The text is
// SQLite's; what another engine calls differently it replaces (server/store/postgres/schema.cpp). A database
// knows its version: an older one is brought up to date, one this program does not know is refused.
#pragma once

#include <cstdint>

namespace cardea::server::sql {

// Version 1.
extern const char* const kSchema;
// Version 2: uids and gids. Every user there is gets one.
extern const char* const kUnixIds;
extern const char* const kUnixIdsOfUsers;
// The newest. Every version from 3 on is a text that is run on the one before; one that was released is never
// changed.
std::int64_t schema_version() noexcept;
const char* text_of_version(std::int64_t version) noexcept;

}  // namespace cardea::server::sql
