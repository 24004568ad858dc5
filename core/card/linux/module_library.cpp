// SPDX-License-Identifier: Apache-2.0
#include "core/card/module_library.h"

#include <climits>
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "core/base/unique_handle.h"

namespace cardea::card {
namespace {

constexpr const char* kModuleConfigs = "/usr/share/p11-kit/modules/";
// Where p11-kit looks for a module without a path; `pkg-config --variable=p11_module_path p11-kit-1`.
constexpr const char* kModuleFiles = CARDEA_P11_MODULE_PATH "/";
constexpr std::size_t kMaxConfigBytes = 16 * 1024;  // Debian's have 200

class DlLibrary final : public ModuleLibrary {
 public:
  explicit DlLibrary(void* handle) noexcept : handle_(handle) {}
  [[nodiscard]] void* symbol(const char* name) const noexcept override {
    return ::dlsym(handle_.get(), name);
  }

 private:
  UniqueHandle<void, ::dlclose> handle_;
};

bool is_module_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '.') return false;
  for (const char c : name) {
    const bool harmless = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '.' || c == '_' || c == '-';
    if (!harmless) return false;
  }
  return true;
}

Result<std::string> read_text(const std::string& path) {
  const UniqueHandle<std::FILE, std::fclose> file(std::fopen(path.c_str(), "re"));
  if (!file) return fail(Error::not_found, path);
  std::string text(kMaxConfigBytes, '\0');
  const std::size_t got = std::fread(text.data(), 1, text.size(), file.get());
  if (got == text.size()) return fail(Error::limit_exceeded, path);
  text.resize(got);
  return text;
}

// Root owns it and nobody else may write to it: true for the file and each folder above it.
Status check_path_safe(std::string path) {
  while (true) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return fail(Error::not_found, path);
    if (info.st_uid != 0 || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) return fail(Error::unsafe_file, path);
    if (path == "/") return {};
    const std::size_t slash = path.rfind('/');
    path.resize(slash == 0 ? 1 : slash);
  }
}

}  // namespace

Result<std::string> resolve_module(std::string_view name_or_path) {
  if (name_or_path.starts_with('/')) return std::string(name_or_path);
  if (!is_module_name(name_or_path)) return fail(Error::invalid_argument, escape_for_log(name_or_path));
  TRY_ASSIGN(const std::string text, read_text(kModuleConfigs + std::string(name_or_path) + ".module"));
  for (const std::string& line : split(text, '\n')) {
    const std::string_view trimmed = trim(line);
    if (!trimmed.starts_with("module:")) continue;
    const std::string_view file = trim(trimmed.substr(7));
    if (file.empty()) break;
    return file.front() == '/' ? std::string(file) : kModuleFiles + std::string(file);
  }
  return fail(Error::not_found, "no module: line for " + std::string(name_or_path));
}

Result<std::unique_ptr<ModuleLibrary>> load_module_library(const std::string& path) {
  char resolved[PATH_MAX];
  if (path.empty() || path.front() != '/' || ::realpath(path.c_str(), resolved) == nullptr) {
    return fail(Error::not_found, escape_for_log(path));
  }
  TRY(check_path_safe(resolved));
  void* const handle = ::dlopen(resolved, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* const reason = ::dlerror();
    return fail(Error::io_failed, escape_for_log(reason == nullptr ? path : reason));
  }
  return std::unique_ptr<ModuleLibrary>(std::make_unique<DlLibrary>(handle));
}

}  // namespace cardea::card
