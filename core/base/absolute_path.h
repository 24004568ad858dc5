// SPDX-License-Identifier: Apache-2.0
// What a path in a configuration may be: one that means the same wherever a program was started.
#pragma once

#include <string_view>

namespace cardea {

// On Linux "/...". On Windows "C:\..." or "C:/..." of any drive, or a pipe of this computer, "\\.\pipe\NAME";
// no other computer's file.
bool is_absolute_path(std::string_view path) noexcept;

}  // namespace cardea
