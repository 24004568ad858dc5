// SPDX-License-Identifier: Apache-2.0
// The check of a typed access key, without the durable counter around it: what a person waits for after the
// last symbol. A wrong key is the longest way: each of the 64 numbers it could have is tried.
#include <benchmark/benchmark.h>

#include "core/access_key/access_key_verifier.h"

namespace cardea::access_key {
namespace {

const ComputerAndUser kWho{{1, 2, 3}, {4, 5, 6}};

ChainContext context_of(std::uint32_t generation) { return {kWho.computer, kWho.user, generation}; }

ChainSeed seed_of(std::uint8_t first) {
  ChainSeed seed;
  seed.expose_mutable()[0] = first;
  return seed;
}

AccessKeyVerifier verifier_of(std::uint32_t generation) {
  return make_generation(seed_of(static_cast<std::uint8_t>(generation)), context_of(generation)).verifier;
}

AccessKey key_of(std::uint32_t index) { return chain_key(seed_of(1), context_of(1), index).value(); }

void check(benchmark::State& state, const std::optional<AccessKeyVerifier>& pending, const AccessKey& key,
           bool fits) {
  const std::optional<AccessKeyVerifier> current = verifier_of(1);
  for (auto _ : state) {
    const auto match = verify_either(current, pending, kWho, key);
    if (match.ok() != fits) {
      state.SkipWithError("the check said the opposite");
      return;
    }
  }
}

void right_key(benchmark::State& state) { check(state, {}, key_of(1), true); }
void right_key_at_the_end_of_the_window(benchmark::State& state) { check(state, {}, key_of(kWindow), true); }
void wrong_key(benchmark::State& state) { check(state, {}, AccessKey(), false); }
void wrong_key_two_generations(benchmark::State& state) { check(state, verifier_of(2), AccessKey(), false); }

BENCHMARK(right_key)->Unit(benchmark::kMicrosecond);
BENCHMARK(right_key_at_the_end_of_the_window)->Unit(benchmark::kMicrosecond);
BENCHMARK(wrong_key)->Unit(benchmark::kMicrosecond);
BENCHMARK(wrong_key_two_generations)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cardea::access_key

BENCHMARK_MAIN();
