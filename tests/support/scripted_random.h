// SPDX-License-Identifier: Apache-2.0
// Known bytes in the place of randomness. The script must be used up exactly: drawing more ends the test
// program, and left() tells what was not drawn.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "core/base/random.h"

namespace cardea::test {

class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(Bytes script) : script_(std::move(script)) {}
  void fill(MutableBytes out) override {
    if (out.size() > left()) std::abort();
    std::copy_n(script_.begin() + static_cast<std::ptrdiff_t>(used_), out.size(), out.begin());
    used_ += out.size();
  }
  [[nodiscard]] std::size_t left() const noexcept { return script_.size() - used_; }

 private:
  Bytes script_;
  std::size_t used_ = 0;
};

}  // namespace cardea::test
