// SPDX-License-Identifier: Apache-2.0
// Both back ends of core/crypto in one program. Each is a shared library of its own with one visible
// function, because the names of core/crypto are the same in both.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/bytes.h"

namespace cardea::test {

struct Outcome {
  std::uint16_t error = 0;  // the number of the Error, 0 for success
  Bytes bytes;              // what the function returned
  [[nodiscard]] bool ok() const noexcept { return error == 0; }
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

using Arguments = std::span<const Bytes>;

// Calls the function of core/crypto by its name; crypto_side.cpp has the list, with what the arguments are.
// An unknown name, or another number of arguments, ends the program.
__attribute__((visibility("default"))) Outcome crypto_over_openssl(std::string_view function,
                                                                   Arguments arguments);
__attribute__((visibility("default"))) Outcome crypto_over_gcrypt(std::string_view function,
                                                                  Arguments arguments);

}  // namespace cardea::test
