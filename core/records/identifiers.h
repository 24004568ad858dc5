// SPDX-License-Identifier: Apache-2.0
// The names of things in core/records, and the contexts that bind sealed bytes to them
// (docs/spec/records.md).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/crypto/context.h"

namespace cardea::records {

using UserId = std::array<std::uint8_t, 16>;
using RecordId = std::array<std::uint8_t, 16>;
using CardId = std::array<std::uint8_t, 32>;
using ComputerId = std::array<std::uint8_t, 32>;

// Raw identifiers, not their text. `object` may be empty.
inline Bytes object_context(const UserId& user, std::string_view type, ByteView object, std::uint32_t version,
                            std::uint32_t epoch) {
  return crypto::encode({as_text(user), type, as_text(object), version, epoch});
}

}  // namespace cardea::records
