// SPDX-License-Identifier: Apache-2.0
// Where a PKCS#11 module's code comes from: linux/ and windows/ hold the two implementations. Used by
// Pkcs11Module only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cardea::card {

// A loaded shared library; the destructor unloads it.
class ModuleLibrary {
 public:
  virtual ~ModuleLibrary() = default;
  // nullptr when there is no such symbol.
  [[nodiscard]] virtual void* symbol(const char* name) const noexcept = 0;
};

// The file behind a module's name: an absolute path as it is, else the p11-kit module of that name.
// Error::not_found, Error::invalid_argument for a name with other characters than [A-Za-z0-9._-].
Result<std::string> resolve_module(std::string_view name_or_path);
// Error::unsafe_file when somebody other than the system's owner could replace the file or a folder above it;
// Error::io_failed when it does not load.
Result<std::unique_ptr<ModuleLibrary>> load_module_library(const std::string& path);

}  // namespace cardea::card
