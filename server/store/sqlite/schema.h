// SPDX-License-Identifier: Apache-2.0
// The tables, version 2. What each column means is in server/store/types.h. The application id marks the file
// as ours; user_version is the schema's version: an older one is brought up to date, one it does not know is
// refused.
#pragma once

#include <cstdint>

namespace cardea::server::sqlite {

inline constexpr std::int64_t kApplicationId = 0x43617264;  // "Card"
inline constexpr std::int64_t kSchemaVersion = 2;
extern const char* const kSchema;
// From version 1: uids and gids. Every user there is gets one.
extern const char* const kUnixIds;
extern const char* const kUnixIdsOfUsers;

}  // namespace cardea::server::sqlite
