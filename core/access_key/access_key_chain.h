// SPDX-License-Identifier: Apache-2.0
// The one-time chain behind the access keys of one computer, user and generation (docs/spec/access-key.md).
// The computer makes the seed and forgets it; recovery clients open the sealed seed and show one key of it.
// Called by recoveryd (new generations), core/login (checks), upstream and cli (recovery). No I/O.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/secret.h"
#include "core/crypto/hash.h"
#include "core/crypto/signature.h"

namespace cardea::access_key {

// Keys of one generation. 1,000 uses outlast any generation, because each use asks for a new one; hashing
// down the whole chain takes well under a millisecond.
inline constexpr std::uint16_t kChainLength = 1000;
inline constexpr std::size_t kAccessKeySize = 15;  // 120 bits: 24 typed symbols

using AccessKey = SecretArray<kAccessKeySize>;  // k_i
using ChainSeed = SecretKey32;                  // S
using DeviceShare = SecretKey32;                // DS
using CheckValue = crypto::Sha256Digest;

// Whose chain it is; part of every hash, so that a key opens nothing else.
struct ChainContext {
  std::array<std::uint8_t, 32> computer{};  // computer_id
  std::array<std::uint8_t, 16> user{};      // user_id
  std::uint32_t generation = 0;             // counts from 1

  // computer || user || u32 generation: 52 bytes, the same in every hash of the chain.
  [[nodiscard]] std::array<std::uint8_t, 52> encoded() const noexcept;
};

// S from 32 random bytes of each side: the server takes part in making it and can't know it.
ChainSeed make_chain_seed(const SecretKey32& client_random, const SecretKey32& server_random);

// k_index of the seed's chain, 0 to kChainLength, else Error::access_key_exhausted.
Result<AccessKey> chain_key(const ChainSeed& seed, const ChainContext& context, std::uint32_t index);
// k_(index-1) from k_index; `index` is at least 1.
AccessKey step_down(const AccessKey& key, const ChainContext& context, std::uint16_t index);
// What may be stored to recognise `key`; public.
CheckValue check_value(const AccessKey& key, const ChainContext& context);

// The key with which a generation enters the server (figure 17): Ed25519 from k_0.
crypto::Ed25519KeyPair login_key_pair(const AccessKey& root);

// k_0 || DS: the secret under which this computer's holder and local secrets are sealed, each under a label
// of its own.
using LocalSecret = SecretArray<kAccessKeySize + 32>;
LocalSecret local_secret(const AccessKey& root, const DeviceShare& share);

}  // namespace cardea::access_key
