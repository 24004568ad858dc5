// SPDX-License-Identifier: Apache-2.0
#include "core/card/pkcs11_module.h"

#include "core/base/bytes.h"
#include "core/card/pkcs11_error.h"

namespace cardea::card {
namespace {

// A null pointer in a vendor's list would be called one day; better to refuse the module at once.
bool is_complete(const CK_FUNCTION_LIST& f) {
  return f.version.major == 2 && f.C_Initialize && f.C_Finalize && f.C_GetSlotList && f.C_GetSlotInfo &&
         f.C_GetTokenInfo && f.C_OpenSession && f.C_CloseSession && f.C_GetSessionInfo && f.C_Login &&
         f.C_Logout && f.C_SetPIN && f.C_CreateObject && f.C_DestroyObject && f.C_GetAttributeValue &&
         f.C_FindObjectsInit && f.C_FindObjects && f.C_FindObjectsFinal && f.C_SignInit && f.C_Sign &&
         f.C_DecryptInit && f.C_Decrypt && f.C_DeriveKey && f.C_GenerateKeyPair;
}

}  // namespace

Pkcs11Module::Pkcs11Module(CK_FUNCTION_LIST* functions, std::unique_ptr<ModuleLibrary> library) noexcept
    : library_(std::move(library)), functions_(functions) {}

Pkcs11Module::~Pkcs11Module() { finalise(); }

Result<std::unique_ptr<Pkcs11Module>> Pkcs11Module::load(std::string_view name_or_path) {
  TRY_ASSIGN(const std::string path, resolve_module(name_or_path));
  TRY_ASSIGN(auto library, load_module_library(path));
  const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(library->symbol("C_GetFunctionList"));
  if (get_list == nullptr) return fail(Error::card_unsupported, "no C_GetFunctionList in " + path);
  CK_FUNCTION_LIST* functions = nullptr;
  const CK_RV rv = get_list(&functions);
  if (rv != CKR_OK || functions == nullptr)
    return fail(Error::card_unsupported, "C_GetFunctionList in " + path);
  if (!is_complete(*functions)) return fail(Error::card_unsupported, "incomplete function list in " + path);
  std::unique_ptr<Pkcs11Module> module(new Pkcs11Module(functions, std::move(library)));
  TRY(module->initialise());
  return module;
}

Result<std::unique_ptr<Pkcs11Module>> Pkcs11Module::from_functions(CK_FUNCTION_LIST* functions) {
  if (functions == nullptr || !is_complete(*functions))
    return fail(Error::card_unsupported, "incomplete function list");
  std::unique_ptr<Pkcs11Module> module(new Pkcs11Module(functions, nullptr));
  TRY(module->initialise());
  return module;
}

Status Pkcs11Module::initialise() {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  CK_RV rv = functions_->C_Initialize(&arguments);
  // Some modules can't lock; one thread owns us, so that is no harm.
  if (rv == CKR_CANT_LOCK || rv == CKR_ARGUMENTS_BAD) rv = functions_->C_Initialize(nullptr);
  if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED) return pkcs11_failure(rv, "C_Initialize");
  initialised_ = true;
  ++generation_;
  return {};
}

bool Pkcs11Module::is_opensc() const {
  CK_INFO info{};
  if (functions_->C_GetInfo == nullptr || functions_->C_GetInfo(&info) != CKR_OK) return false;
  return as_text(ByteView(info.manufacturerID, sizeof info.manufacturerID)).starts_with("OpenSC");
}

void Pkcs11Module::finalise() noexcept {
  if (initialised_) (void)functions_->C_Finalize(nullptr);
  initialised_ = false;
}

Status Pkcs11Module::reinitialise() {
  finalise();
  return initialise();
}

Result<std::vector<CK_SLOT_ID>> Pkcs11Module::slots() const {
  // A module may learn of readers only when it is asked for the number with a null list (PKCS#11 2.40, 5.5).
  CK_ULONG count = 0;
  CK_RV rv = functions_->C_GetSlotList(CK_FALSE, nullptr, &count);
  if (rv != CKR_OK) return pkcs11_failure(rv, "C_GetSlotList");
  if (count > kMaxSlots) return fail(Error::limit_exceeded, "slots");
  std::vector<CK_SLOT_ID> ids(kMaxSlots);
  count = kMaxSlots;
  rv = functions_->C_GetSlotList(CK_FALSE, ids.data(), &count);
  if (rv != CKR_OK) return pkcs11_failure(rv, "C_GetSlotList");
  if (count > kMaxSlots) return fail(Error::limit_exceeded, "slots");
  ids.resize(count);
  return ids;
}

}  // namespace cardea::card
