// SPDX-License-Identifier: Apache-2.0
// Memory for secrets: kept out of swap and core dumps where the system allows it. Used by SecretBytes only.
#pragma once

#include <cstddef>

namespace cardea {

// `size` zeroed bytes, or nullptr. Locking is best effort: a lack of RLIMIT_MEMLOCK must not stop a login.
void* locked_allocate(std::size_t size) noexcept;
// Wipes and releases what locked_allocate returned for the same size.
void locked_free(void* data, std::size_t size) noexcept;

}  // namespace cardea
