// SPDX-License-Identifier: Apache-2.0
// Randomness is an argument below the edge of a process: programs own one SystemRandom, tests use a
// ScriptedRandom of known bytes.
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace cardea {

class Random {
 public:
  virtual ~Random() = default;
  // Fills `out` from the system's cryptographic generator. Never returns short: a generator that fails ends
  // the process, because every caller would otherwise make a guessable key.
  virtual void fill(MutableBytes out) = 0;

  template <std::size_t N>
  std::array<std::uint8_t, N> array() {
    std::array<std::uint8_t, N> out;
    fill(out);
    return out;
  }
  template <std::size_t N>
  SecretArray<N> secret() {
    SecretArray<N> out;
    fill(out.expose_mutable());
    return out;
  }
};

class SystemRandom final : public Random {
 public:
  void fill(MutableBytes out) override;
};

}  // namespace cardea
