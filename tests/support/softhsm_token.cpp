// SPDX-License-Identifier: Apache-2.0
#include "tests/support/softhsm_token.h"

#include <cstring>
#include <fstream>
#include <stdexcept>

#include "core/card/slot.h"
#include "tests/support/softhsm_place.h"

namespace cardea::test {
namespace {

void expect_ok(CK_RV rv, const char* call) {
  if (rv != CKR_OK) throw std::runtime_error(std::string(call) + " failed");
}

CK_ULONG length(const char* value) { return static_cast<CK_ULONG>(std::strlen(value)); }
CK_UTF8CHAR* text(const char* value) { return reinterpret_cast<CK_UTF8CHAR*>(const_cast<char*>(value)); }

}  // namespace

SoftHsmToken::SoftHsmToken() : config_(softhsm_config(directory_.path())) {
  std::filesystem::create_directory(token_dir());
  std::ofstream(config_) << "directories.tokendir = " << softhsm_path(token_dir())
                         << "\nobjectstore.backend = file\nslots.removable = true\nlog.level = ERROR\n";
  use_softhsm_config(config_);
  add_token(kLabel);
}

SoftHsmToken::~SoftHsmToken() { forget_softhsm_config(); }

void SoftHsmToken::add_token(const char* label) const {
  const auto module = load();
  const auto& functions = module->functions();
  CK_UTF8CHAR padded[32];
  std::memset(padded, ' ', sizeof padded);
  std::memcpy(padded, label, std::strlen(label));
  const auto slots = module->slots();
  // The last slot is always the uninitialised one.
  expect_ok(functions.C_InitToken(slots->back(), text(kSoPin), length(kSoPin), padded), "C_InitToken");
  CK_SESSION_HANDLE session = 0;
  expect_ok(
      functions.C_OpenSession(slots->back(), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
      "C_OpenSession");
  expect_ok(functions.C_Login(session, CKU_SO, text(kSoPin), length(kSoPin)), "C_Login");
  expect_ok(functions.C_InitPIN(session, text(kPin), length(kPin)), "C_InitPIN");
  expect_ok(functions.C_CloseSession(session), "C_CloseSession");
}

std::unique_ptr<card::Pkcs11Module> SoftHsmToken::load() const {
  auto module = card::Pkcs11Module::load(softhsm_module());
  if (!module.ok()) throw std::runtime_error("SoftHSM: " + module.failure().detail);
  return std::move(module).value();
}

CK_SLOT_ID SoftHsmToken::slot(const card::Pkcs11Module& module) {
  const auto slots = module.slots();
  for (const CK_SLOT_ID id : *slots) {
    const auto token = card::read_token_info(module, id);
    if (token.ok() && token->label == kLabel) return id;
  }
  throw std::runtime_error("no token");
}

}  // namespace cardea::test
