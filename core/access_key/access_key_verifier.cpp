// SPDX-License-Identifier: Apache-2.0
#include "core/access_key/access_key_verifier.h"

#include <algorithm>

namespace cardea::access_key {
namespace {

ChainContext context_of(const ComputerAndUser& who, std::uint32_t generation) {
  return {who.computer, who.user, generation};
}

// k_to from k_from.
AccessKey walk_down(const AccessKey& key, const ChainContext& context, std::uint16_t from, std::uint16_t to) {
  AccessKey at = key.clone();
  for (std::uint16_t i = from; i > to; --i)
    at = step_down(at, context, i);
  return at;
}

}  // namespace

NewGeneration make_generation(const ChainSeed& seed, const ChainContext& context) {
  AccessKey root = chain_key(seed, context, 0).value();  // 0 is in range
  const CheckValue check = check_value(root, context);
  Bytes login_public = login_key_pair(root).spki();
  return {{context.generation, 0, check, check}, std::move(root), std::move(login_public)};
}

// docs/spec/access-key.md, "Use": the index is part of each step, so each candidate number walks its own way.
Result<AccessKeyMatch> verify(const AccessKeyVerifier& verifier, const ComputerAndUser& who,
                              const AccessKey& key) {
  const std::uint16_t last = verifier.last_used;
  if (verifier.generation == 0 || last > kChainLength) return fail(Error::corrupted, "verifier out of range");
  if (last == kChainLength) return Error::access_key_exhausted;
  const ChainContext context = context_of(who, verifier.generation);
  const std::uint16_t end = std::min<std::uint16_t>(kChainLength, static_cast<std::uint16_t>(last + kWindow));
  for (std::uint16_t i = static_cast<std::uint16_t>(last + 1); i <= end; ++i) {
    const AccessKey at_last = walk_down(key, context, i, last);
    if (!equal_constant_time(check_value(at_last, context), verifier.check_last)) continue;
    AccessKey root = walk_down(at_last, context, last, 0);
    if (!equal_constant_time(check_value(root, context), verifier.check_root)) {
      return fail(Error::corrupted, "the key fits the last used key, but not the root of the chain");
    }
    return AccessKeyMatch{
        i, {verifier.generation, i, check_value(key, context), verifier.check_root}, std::move(root)};
  }
  return Error::access_key_wrong;
}

Result<AccessKeyMatch> verify_either(const std::optional<AccessKeyVerifier>& current,
                                     const std::optional<AccessKeyVerifier>& pending,
                                     const ComputerAndUser& who, const AccessKey& key) {
  Result<AccessKeyMatch> first =
      current ? verify(*current, who, key) : Result<AccessKeyMatch>(Error::access_key_wrong);
  if (first.ok() || !pending) return first;
  Result<AccessKeyMatch> second = verify(*pending, who, key);
  if (second.ok() || first.error() == Error::access_key_wrong) return second;
  return first;
}

}  // namespace cardea::access_key
