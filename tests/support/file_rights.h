// SPDX-License-Identifier: Apache-2.0
// Who may do what with a file of a test, and what a path looks like, on each system in its own way.
#pragma once

#include <string>

namespace cardea::test {

// As chmod does. On Windows a read or write bit for group or others is that right for Everyone; the rest is
// the user's. Throws std::runtime_error.
void give_rights(const std::string& path, unsigned mode);

// "/REST" or "C:/REST": absolute, of nothing that need be there.
std::string absolute_path(const std::string& rest);

}  // namespace cardea::test
