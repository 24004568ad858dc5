// SPDX-License-Identifier: Apache-2.0
// Where libpam finds its modules on this computer, and whether a named one is there. Used by pam_check.
#pragma once

#include <string>
#include <vector>

#include "cli/doctor/system.h"

namespace cardea::cli::doctor {

class PamModules {
 public:
  explicit PamModules(const System& system);
  // `module` as in a service file: a name, or a path.
  [[nodiscard]] bool present(const std::string& module) const { return !place_of(module).empty(); }
  // The path, of its file or of a folder above it, that others than the administrator may change; or empty.
  [[nodiscard]] std::string writable(const std::string& module) const;

 private:
  [[nodiscard]] std::string place_of(const std::string& module) const;
  const System& system_;
  std::vector<std::string> folders_;
};

}  // namespace cardea::cli::doctor
