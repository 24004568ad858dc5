// SPDX-License-Identifier: Apache-2.0
// What Windows loads and calls. No logic here.
#include <cstdlib>

#include "credprov/windows/class_factory.h"
#include "credprov/windows/registration.h"

namespace cardea::credprov {
namespace {

std::atomic<long> g_holds{0};
HMODULE g_module = nullptr;
_invalid_parameter_handler g_handler_before = nullptr;

// The C library of the process is LogonUI's too: a bad parameter of ours must not end it.
void ignore_invalid_parameter(const wchar_t*, const wchar_t*, const wchar_t*, unsigned, std::uintptr_t) {}

}  // namespace

ModuleHold::ModuleHold() noexcept { ++g_holds; }
ModuleHold::~ModuleHold() { --g_holds; }
void lock_module(bool lock) noexcept { g_holds += lock ? 1 : -1; }
long module_holds() noexcept { return g_holds; }
HMODULE module_handle() noexcept { return g_module; }

}  // namespace cardea::credprov

using namespace cardea::credprov;

extern "C" {

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID) {
  if (reason == DLL_PROCESS_ATTACH) {
    g_module = module;
    g_handler_before = _set_invalid_parameter_handler(ignore_invalid_parameter);
  }
  if (reason == DLL_PROCESS_DETACH) (void)_set_invalid_parameter_handler(g_handler_before);
  return TRUE;
}

STDAPI DllGetClassObject(REFCLSID clsid, REFIID iid, void** out) {
  return guarded([&]() -> HRESULT {
    if (out == nullptr) return E_POINTER;
    *out = nullptr;
    if (clsid != kProviderClass) return CLASS_E_CLASSNOTAVAILABLE;
    const auto factory = ComPtr<ClassFactory>::adopt(new ClassFactory(seams()));
    return factory->QueryInterface(iid, out);
  });
}

STDAPI DllCanUnloadNow() { return module_holds() == 0 ? S_OK : S_FALSE; }
STDAPI DllRegisterServer() { return register_provider(module_handle()); }
STDAPI DllUnregisterServer() { return unregister_provider(); }

}  // extern "C"
