// SPDX-License-Identifier: Apache-2.0
// Every Error there is, for tests of tables that must have a row for each.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace cardea::test {

inline std::vector<Error> all_errors() {
  std::vector<Error> errors;
  for (std::uint16_t number = 100; number < 1000; ++number) {
    const auto error = static_cast<Error>(number);
    if (std::string_view(error_name(error)) != "unknown-error") errors.push_back(error);
  }
  return errors;
}

}  // namespace cardea::test
