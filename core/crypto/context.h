// SPDX-License-Identifier: Apache-2.0
// The associated data of everything that is sealed (docs/spec/envelopes.md): whose it is, what it is, which
// version, under which root key. A blob moved to another user, object, version or epoch does not open.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"

namespace cardea::crypto {

struct ObjectContext {
  std::string_view user_id;  // at most 255 bytes, as the two that follow
  std::string_view object_type;
  std::string_view object_id;
  std::uint32_t version = 0;
  std::uint32_t epoch = 0;
};

// lp(user_id) || lp(object_type) || lp(object_id) || u32 version || u32 epoch. A longer field is a bug of the
// caller, who checks limits before: std::length_error.
Bytes encode(const ObjectContext& context);

}  // namespace cardea::crypto
