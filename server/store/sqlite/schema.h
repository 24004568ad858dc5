// SPDX-License-Identifier: Apache-2.0
// The tables, version 1. What each column means is in server/store/types.h. The application id marks the file
// as ours; user_version is the schema's version: a program refuses one it does not know.
#pragma once

#include <cstdint>

namespace cardea::server::sqlite {

inline constexpr std::int64_t kApplicationId = 0x43617264;  // "Card"
inline constexpr std::int64_t kSchemaVersion = 1;
extern const char* const kSchema;

}  // namespace cardea::server::sqlite
