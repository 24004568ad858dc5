// SPDX-License-Identifier: Apache-2.0
// A C pointer with its release function as a move-only owner: UniqueHandle<EVP_PKEY, EVP_PKEY_free>.
#pragma once

#include <memory>

namespace cardea {

template <auto Release>
struct HandleDeleter {
  template <typename T>
  void operator()(T* handle) const noexcept {
    (void)Release(handle);
  }
};

template <typename T, auto Release>
using UniqueHandle = std::unique_ptr<T, HandleDeleter<Release>>;

}  // namespace cardea
