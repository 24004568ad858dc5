// SPDX-License-Identifier: Apache-2.0
#include "core/base/absolute_path.h"

namespace cardea {

bool is_absolute_path(std::string_view path) noexcept { return path.starts_with('/'); }

}  // namespace cardea
