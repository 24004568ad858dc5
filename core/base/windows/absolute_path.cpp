// SPDX-License-Identifier: Apache-2.0
#include "core/base/absolute_path.h"

namespace cardea {

bool is_absolute_path(std::string_view path) noexcept {
  constexpr std::string_view kPipes = "\\\\.\\pipe\\";
  if (path.starts_with(kPipes)) return path.size() > kPipes.size();
  if (path.size() < 3) return false;
  const bool letter = (path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z');
  return letter && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

}  // namespace cardea
