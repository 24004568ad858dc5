// SPDX-License-Identifier: Apache-2.0
// How this process gets at a SoftHSM with a configuration of its own: directly, or under Wine through the
// bridge (tests/windows/pkcs11_bridge), whose SoftHSM is a program of the other system and knows files by
// that one's names.
#pragma once

#include <string>

namespace cardea::test {

// What Pkcs11Module::load() takes.
std::string softhsm_module();
// The same file's name for SoftHSM.
std::string softhsm_path(const std::string& path);
// Where the configuration is to be written; `directory` is the token's own.
std::string softhsm_config(const std::string& directory);
// From now on SoftHSM reads it, and no longer.
void use_softhsm_config(const std::string& config);
void forget_softhsm_config();

}  // namespace cardea::test
