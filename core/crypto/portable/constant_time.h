// SPDX-License-Identifier: Apache-2.0
// Decisions without branches, for the arithmetic of this folder. A mask is all ones for yes and zero for no.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/base/wipe.h"

namespace cardea::crypto::portable {

using Mask = std::uint64_t;
__extension__ using Wide = unsigned __int128;

// Keeps the compiler from finding out that there are two values only, and from making a branch of them.
inline Mask hidden(Mask mask) noexcept {
  __asm__ volatile("" : "+r"(mask));
  return mask;
}
inline Mask mask_of_bit(std::uint64_t bit) noexcept { return hidden(std::uint64_t{0} - (bit & 1)); }
inline Mask mask_if_zero(std::uint64_t value) noexcept {
  return hidden(((value | (std::uint64_t{0} - value)) >> 63) - 1);
}
inline std::uint64_t select(Mask mask, std::uint64_t yes, std::uint64_t no) noexcept {
  return no ^ (mask & (yes ^ no));
}

// A value that is wiped when it ends. Only names are wiped: what the compiler keeps in registers and spills
// between them is overwritten by the next call, as in the libraries.
template <typename T>
struct Wiped {
  static_assert(std::is_trivially_copyable_v<T>);
  T value{};
  Wiped() = default;
  explicit Wiped(const T& from) : value(from) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { wipe(&value, sizeof value); }
};

}  // namespace cardea::crypto::portable
