// SPDX-License-Identifier: Apache-2.0
// A SoftHSM token in a private directory, for one test: two processes that start on one token directory race,
// and the second may see no token.
#pragma once

#include <memory>
#include <string>

#include "core/card/pkcs11_module.h"
#include "tests/support/temp_dir.h"

namespace cardea::test {

class SoftHsmToken {
 public:
  static constexpr const char* kModule = "softhsm2";
  static constexpr const char* kPin = "123456";
  static constexpr const char* kSoPin = "87654321";
  static constexpr const char* kLabel = "Test card";

  // Makes the directory, sets SOFTHSM2_CONF and initialises one token with kPin.
  SoftHsmToken();
  SoftHsmToken(const SoftHsmToken&) = delete;
  SoftHsmToken& operator=(const SoftHsmToken&) = delete;
  ~SoftHsmToken();

  [[nodiscard]] const std::string& config() const { return config_; }
  [[nodiscard]] std::string token_dir() const { return directory_.file("tokens"); }
  // A fresh module of this process, and the slot of the token.
  [[nodiscard]] std::unique_ptr<card::Pkcs11Module> load() const;
  static CK_SLOT_ID slot(const card::Pkcs11Module& module);
  // One more token in the same directory.
  void add_token(const char* label) const;

 private:
  TempDir directory_;
  std::string config_;
};

}  // namespace cardea::test
