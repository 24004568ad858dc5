// SPDX-License-Identifier: Apache-2.0
// One PKCS#11 module, loaded and initialised as long as the object lives. The worker owns one per configured
// module and keeps it warm. Nothing in core/card is thread-safe: one thread owns a module and all that comes
// from it.
#pragma once

#include <memory>
#include <vector>

#include "core/card/cryptoki.h"
#include "core/card/module_library.h"

namespace cardea::card {

// A module that claims more slots is not believed.
inline constexpr std::size_t kMaxSlots = 64;

class Pkcs11Module {
 public:
  // By p11-kit module name or absolute path; initialised. Errors as module_library.h, Error::card_unsupported
  // for a library that is no usable PKCS#11 2.x module.
  static Result<std::unique_ptr<Pkcs11Module>> load(std::string_view name_or_path);
  // For modules that are part of the program. `functions` must outlive the object.
  static Result<std::unique_ptr<Pkcs11Module>> from_functions(CK_FUNCTION_LIST* functions);
  Pkcs11Module(const Pkcs11Module&) = delete;
  Pkcs11Module& operator=(const Pkcs11Module&) = delete;
  ~Pkcs11Module();

  // C_Finalize and C_Initialize: the only cure once pcscd was restarted below OpenSC. All sessions and object
  // handles are dead afterwards.
  Status reinitialise();
  // Slots, those without a token too, at most kMaxSlots. Asking also makes the module look for new readers.
  Result<std::vector<CK_SLOT_ID>> slots() const;
  [[nodiscard]] const CK_FUNCTION_LIST& functions() const noexcept { return *functions_; }
  // Counts initialisations; objects of an older one are dead.
  [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }
  // OpenSC with lock_login keeps the card for itself after a wrong PIN, until it is initialised anew.
  [[nodiscard]] bool is_opensc() const;
  [[nodiscard]] bool initialised() const noexcept { return initialised_; }

 private:
  Pkcs11Module(CK_FUNCTION_LIST* functions, std::unique_ptr<ModuleLibrary> library) noexcept;
  Status initialise();
  void finalise() noexcept;

  std::unique_ptr<ModuleLibrary> library_;  // first, so that it is unloaded last
  CK_FUNCTION_LIST* functions_;
  std::uint32_t generation_ = 0;
  bool initialised_ = false;
};

}  // namespace cardea::card
