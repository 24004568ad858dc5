// SPDX-License-Identifier: Apache-2.0
// Makes provider and filter; which one says the interface that is asked for.
#pragma once

#include "credprov/windows/com.h"
#include "credprov/windows/seams.h"

namespace cardea::credprov {

class ClassFactory final : public IClassFactory {
 public:
  explicit ClassFactory(Seams& seams) noexcept : seams_(seams) {}
  ClassFactory(const ClassFactory&) = delete;
  ClassFactory& operator=(const ClassFactory&) = delete;

  STDMETHODIMP QueryInterface(REFIID iid, void** out) noexcept override;
  STDMETHODIMP_(ULONG) AddRef() noexcept override { return references_.add(); }
  STDMETHODIMP_(ULONG) Release() noexcept override;
  STDMETHODIMP CreateInstance(IUnknown* outer, REFIID iid, void** out) noexcept override;
  STDMETHODIMP LockServer(BOOL lock) noexcept override;

 private:
  ~ClassFactory() = default;

  RefCount references_;
  Seams& seams_;
};

}  // namespace cardea::credprov
