// SPDX-License-Identifier: Apache-2.0
#include "core/access_key/access_key_chain.h"

#include <algorithm>

#include "core/base/byte_io.h"
#include "core/crypto/kdf.h"

namespace cardea::access_key {
namespace {

constexpr crypto::Label kSeedLabel = "cardea/v1/access-key-seed";
constexpr crypto::Label kTopLabel = "cardea/v1/access-key";
constexpr crypto::Label kStepLabel = "cardea/v1/access-key-step";
constexpr crypto::Label kCheckLabel = "cardea/v1/access-key-check";
constexpr crypto::Label kLoginLabel = "cardea/v1/access-key-login";

AccessKey first_bytes(ByteView digest) {
  AccessKey key;
  std::copy_n(digest.begin(), kAccessKeySize, key.expose_mutable().begin());
  return key;
}

AccessKey step(const AccessKey& key, ByteView context, std::uint16_t index) {
  const std::uint8_t number[2] = {static_cast<std::uint8_t>(index >> 8), static_cast<std::uint8_t>(index)};
  auto digest = crypto::sha256({kStepLabel.bytes(), context, number, key.expose()});
  AccessKey next = first_bytes(digest);
  wipe(digest.data(), digest.size());
  return next;
}

}  // namespace

std::array<std::uint8_t, 52> ChainContext::encoded() const noexcept {
  std::array<std::uint8_t, 52> out{};
  ByteWriter writer(out);
  writer.bytes(computer);
  writer.bytes(user);
  writer.u32(generation);
  return out;
}

ChainSeed make_chain_seed(const SecretKey32& client_random, const SecretKey32& server_random) {
  SecretArray<64> both;
  std::ranges::copy(client_random.expose(), both.expose_mutable().begin());
  std::ranges::copy(server_random.expose(), both.expose_mutable().begin() + 32);
  return crypto::derive_key(both.expose(), kSeedLabel, {});
}

Result<AccessKey> chain_key(const ChainSeed& seed, const ChainContext& context, std::uint32_t index) {
  if (index > kChainLength) return fail(Error::access_key_exhausted, "the generation has no such key");
  const auto encoded = context.encoded();
  AccessKey key = first_bytes(crypto::derive_key(seed.expose(), kTopLabel, encoded).expose());
  for (std::uint16_t i = kChainLength; i > index; --i)
    key = step(key, encoded, i);
  return key;
}

AccessKey step_down(const AccessKey& key, const ChainContext& context, std::uint16_t index) {
  return step(key, context.encoded(), index);
}

CheckValue check_value(const AccessKey& key, const ChainContext& context) {
  return crypto::sha256({kCheckLabel.bytes(), context.encoded(), key.expose()});
}

crypto::Ed25519KeyPair login_key_pair(const AccessKey& root) {
  return crypto::Ed25519KeyPair::from_seed(crypto::derive_key(root.expose(), kLoginLabel, {}));
}

LocalSecret local_secret(const AccessKey& root, const DeviceShare& share) {
  LocalSecret secret;
  std::ranges::copy(root.expose(), secret.expose_mutable().begin());
  std::ranges::copy(share.expose(), secret.expose_mutable().begin() + kAccessKeySize);
  return secret;
}

}  // namespace cardea::access_key
