// SPDX-License-Identifier: Apache-2.0
#include "core/base/secret.h"

#include <new>

#include "core/base/locked_memory.h"

namespace cardea {

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  if (size == 0) return;
  data_ = static_cast<std::uint8_t*>(locked_allocate(size));
  if (data_ == nullptr) {
    size_ = 0;
    throw std::bad_alloc();
  }
}

SecretBytes::~SecretBytes() {
  if (data_ != nullptr) locked_free(data_, size_);
}

void SecretBytes::truncate(std::size_t size) {
  if (size >= size_) return;
  SecretBytes shorter(ByteView{data_, size});
  *this = std::move(shorter);
}

}  // namespace cardea
