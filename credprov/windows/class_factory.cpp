// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/class_factory.h"

#include "credprov/windows/filter.h"
#include "credprov/windows/provider.h"

namespace cardea::credprov {
namespace {

template <typename T>
HRESULT make(Seams& seams, REFIID iid, void** out) {
  const auto made = ComPtr<T>::adopt(new T(seams));
  return made->QueryInterface(iid, out);
}

}  // namespace

STDMETHODIMP ClassFactory::QueryInterface(REFIID iid, void** out) noexcept {
  if (out == nullptr) return E_POINTER;
  *out = nullptr;
  if (iid != __uuidof(IUnknown) && iid != __uuidof(IClassFactory)) return E_NOINTERFACE;
  *out = static_cast<IClassFactory*>(this);
  AddRef();
  return S_OK;
}

STDMETHODIMP_(ULONG) ClassFactory::Release() noexcept {
  const ULONG left = references_.remove();
  if (left == 0) delete this;
  return left;
}

STDMETHODIMP ClassFactory::CreateInstance(IUnknown* outer, REFIID iid, void** out) noexcept {
  return guarded([&]() -> HRESULT {
    if (out == nullptr) return E_POINTER;
    *out = nullptr;
    if (outer != nullptr) return CLASS_E_NOAGGREGATION;
    if (iid == __uuidof(ICredentialProviderFilter)) return make<ProviderFilter>(seams_, iid, out);
    return make<Provider>(seams_, iid, out);
  });
}

STDMETHODIMP ClassFactory::LockServer(BOOL lock) noexcept {
  lock_module(lock != FALSE);
  return S_OK;
}

}  // namespace cardea::credprov
