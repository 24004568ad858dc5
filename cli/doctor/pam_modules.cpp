// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/pam_modules.h"

namespace cardea::cli::doctor {

PamModules::PamModules(const System& system) : system_(system) {
  for (const char* top : {"/lib", "/usr/lib", "/lib64", "/usr/lib64"}) {
    const std::string folder(top);
    if (system.exists(folder + "/security")) folders_.push_back(folder + "/security");
    const auto names = system.list(folder);
    if (!names.ok()) continue;
    // Debian's folder for each architecture.
    for (const std::string& name : *names) {
      if (name.find("-linux-") == std::string::npos) continue;
      if (system.exists(folder + "/" + name + "/security"))
        folders_.push_back(folder + "/" + name + "/security");
    }
  }
}

std::string PamModules::place_of(const std::string& module) const {
  if (module.starts_with('/')) return system_.exists(module) ? module : std::string();
  for (const std::string& folder : folders_) {
    const std::string path = folder + "/" + module;
    if (system_.exists(path)) return path;
  }
  return {};
}

std::string PamModules::writable(const std::string& module) const {
  const std::string place = place_of(module);
  return place.empty() ? std::string() : writable_by_others(system_, place);
}

}  // namespace cardea::cli::doctor
