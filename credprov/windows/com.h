// SPDX-License-Identifier: Apache-2.0
// The little COM there is: a pointer that counts, a fence that nothing escapes, and strings as LogonUI frees
// them.
#pragma once

#include <atomic>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "credprov/windows/credential_provider_abi.h"
#include "credprov/windows/module.h"

namespace cardea::credprov {

// Around the body of every method that LogonUI calls.
template <typename Body>
HRESULT guarded(Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return E_OUTOFMEMORY;
  } catch (...) {
    return E_UNEXPECTED;
  }
}

template <typename T>
class ComPtr {
 public:
  ComPtr() noexcept = default;
  explicit ComPtr(T* pointer) noexcept : pointer_(pointer) {
    if (pointer_ != nullptr) pointer_->AddRef();
  }
  ComPtr(const ComPtr& other) noexcept : ComPtr(other.pointer_) {}
  ComPtr(ComPtr&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
  ComPtr& operator=(ComPtr other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }
  ~ComPtr() {
    if (pointer_ != nullptr) pointer_->Release();
  }
  // Takes over the one reference that a new object has.
  static ComPtr adopt(T* pointer) noexcept {
    ComPtr out;
    out.pointer_ = pointer;
    return out;
  }
  [[nodiscard]] T* get() const noexcept { return pointer_; }
  T* operator->() const noexcept { return pointer_; }
  explicit operator bool() const noexcept { return pointer_ != nullptr; }
  T** put() noexcept {
    *this = ComPtr();
    return &pointer_;
  }
  void reset() noexcept { *this = ComPtr(); }

 private:
  T* pointer_ = nullptr;
};

// The count of an object that begins with one reference and ends itself.
class RefCount {
 public:
  ULONG add() noexcept { return ++count_; }
  // The object must end itself at 0.
  ULONG remove() noexcept { return --count_; }

 private:
  std::atomic<ULONG> count_{1};
  const ModuleHold hold_;
};

// UTF-8 as a string that the caller frees with CoTaskMemFree.
HRESULT give_string(std::string_view text, LPWSTR* out);
// As UTF-16 for a call.
std::wstring wide(std::string_view text);
// A string that a COM method gave.
class TakenString {
 public:
  TakenString() noexcept = default;
  TakenString(const TakenString&) = delete;
  TakenString& operator=(const TakenString&) = delete;
  ~TakenString() { CoTaskMemFree(text_); }
  LPWSTR* put() noexcept { return &text_; }
  // UTF-8; empty when there is none or it is no text.
  [[nodiscard]] std::string read() const;

 private:
  LPWSTR text_ = nullptr;
};

}  // namespace cardea::credprov
