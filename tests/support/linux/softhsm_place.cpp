// SPDX-License-Identifier: Apache-2.0
#include "tests/support/softhsm_place.h"

#include <cstdlib>

namespace cardea::test {

std::string softhsm_module() { return "softhsm2"; }
std::string softhsm_path(const std::string& path) { return path; }
std::string softhsm_config(const std::string& directory) { return directory + "/softhsm2.conf"; }
void use_softhsm_config(const std::string& config) { ::setenv("SOFTHSM2_CONF", config.c_str(), 1); }
void forget_softhsm_config() { ::unsetenv("SOFTHSM2_CONF"); }

}  // namespace cardea::test
