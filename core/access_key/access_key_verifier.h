// SPDX-License-Identifier: Apache-2.0
// What a computer stores to recognise the next access keys of a generation, and the check itself
// (docs/spec/access-key.md, "Use"). Pure: the caller (core/login) counts the try durably before, and makes
// the returned state durable before it lets anyone in.
#pragma once

#include <optional>

#include "core/access_key/access_key_chain.h"

namespace cardea::access_key {

// How far ahead of the last used key the next may be: that many keys may be issued and never used.
inline constexpr std::uint16_t kWindow = 64;

// Nothing in it is secret and nothing in it opens anything.
struct AccessKeyVerifier {
  std::uint32_t generation = 0;
  std::uint16_t last_used = 0;  // j; 0 before the first use
  CheckValue check_last{};      // check(k_j)
  CheckValue check_root{};      // check(k_0)

  friend bool operator==(const AccessKeyVerifier&, const AccessKeyVerifier&) = default;
};

struct ComputerAndUser {
  std::array<std::uint8_t, 32> computer{};
  std::array<std::uint8_t, 16> user{};
};

// A generation as the computer makes it: the verifier to store, and what the server gets at PREPARE.
struct NewGeneration {
  AccessKeyVerifier verifier;
  AccessKey root;      // k_0, to seal local secrets with; then forgotten
  Bytes login_public;  // SubjectPublicKeyInfo of login_key_pair(root)
};
NewGeneration make_generation(const ChainSeed& seed, const ChainContext& context);

struct AccessKeyMatch {
  std::uint16_t index = 0;     // i
  AccessKeyVerifier verifier;  // with last_used = i: durable before anyone is let in
  AccessKey root;              // k_0
};

// Error::access_key_wrong for a spent, older, foreign or invented key; Error::access_key_exhausted when the
// generation has no key left; Error::corrupted when the key fits but the stored root does not, or the stored
// state is out of range.
Result<AccessKeyMatch> verify(const AccessKeyVerifier& verifier, const ComputerAndUser& who,
                              const AccessKey& key);

// Between PREPARE and COMMIT keys of two generations open. Tries `current`, then `pending`; whose generation
// matched is in the match's verifier. The errors are those of `current`, unless only `pending` has another
// than access_key_wrong.
Result<AccessKeyMatch> verify_either(const std::optional<AccessKeyVerifier>& current,
                                     const std::optional<AccessKeyVerifier>& pending,
                                     const ComputerAndUser& who, const AccessKey& key);

}  // namespace cardea::access_key
