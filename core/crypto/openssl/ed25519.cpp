// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ed25519_encoding.h"
#include "core/crypto/openssl/handles.h"
#include "core/crypto/require.h"
#include "core/crypto/signature.h"

namespace cardea::crypto {

struct Ed25519KeyPair::Impl {
  SecretKey32 seed;
  Bytes spki;
  openssl::Pkey key;
};

Ed25519KeyPair::Ed25519KeyPair(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Ed25519KeyPair::Ed25519KeyPair(Ed25519KeyPair&&) noexcept = default;
Ed25519KeyPair& Ed25519KeyPair::operator=(Ed25519KeyPair&&) noexcept = default;
Ed25519KeyPair::~Ed25519KeyPair() = default;

Ed25519KeyPair Ed25519KeyPair::from_seed(const SecretKey32& seed) {
  auto impl = std::make_unique<Impl>();
  impl->seed = seed.clone();
  impl->key.reset(
      EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, seed.expose().data(), SecretKey32::kSize));
  std::array<std::uint8_t, 32> point{};
  std::size_t size = point.size();
  require(impl->key != nullptr && EVP_PKEY_get_raw_public_key(impl->key.get(), point.data(), &size) == 1 &&
          size == point.size());
  impl->spki = ed25519_spki(point);
  return Ed25519KeyPair(std::move(impl));
}

Ed25519KeyPair Ed25519KeyPair::generate(Random& random) { return from_seed(random.secret<32>()); }

std::array<std::uint8_t, 64> Ed25519KeyPair::sign(ByteView message) const {
  std::array<std::uint8_t, 64> out{};
  std::size_t size = out.size();
  const openssl::Digest context(EVP_MD_CTX_new());
  require(context != nullptr &&
          EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, impl_->key.get(),
                                nullptr) == 1 &&
          EVP_DigestSign(context.get(), out.data(), &size, openssl::data_or_empty(message), message.size()) ==
              1 &&
          size == out.size());
  return out;
}

const Bytes& Ed25519KeyPair::spki() const noexcept { return impl_->spki; }
const SecretKey32& Ed25519KeyPair::seed() const noexcept { return impl_->seed; }

}  // namespace cardea::crypto
