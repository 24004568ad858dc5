// SPDX-License-Identifier: Apache-2.0
// The DLL itself: how many objects and threads of it there are, and its name among Windows' classes.
#pragma once

#include <windows.h>

namespace cardea::credprov {

// {7e6b0c5a-3d41-4f0e-9b57-2f8c1ad4e9c3}, of provider and filter: which of them is wanted says the interface.
inline constexpr GUID kProviderClass = {
    0x7e6b0c5a, 0x3d41, 0x4f0e, {0x9b, 0x57, 0x2f, 0x8c, 0x1a, 0xd4, 0xe9, 0xc3}};
inline constexpr const wchar_t* kProviderClassText = L"{7E6B0C5A-3D41-4F0E-9B57-2F8C1AD4E9C3}";

// While one of these lives the DLL is not unloaded.
class ModuleHold {
 public:
  ModuleHold() noexcept;
  ModuleHold(const ModuleHold&) = delete;
  ModuleHold& operator=(const ModuleHold&) = delete;
  ~ModuleHold();
};

// The same by hand: IClassFactory::LockServer.
void lock_module(bool lock) noexcept;
// Objects and threads that live; DllCanUnloadNow.
long module_holds() noexcept;
// The DLL, whatever process it is in.
HMODULE module_handle() noexcept;

}  // namespace cardea::credprov
