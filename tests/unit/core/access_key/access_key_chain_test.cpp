// SPDX-License-Identifier: Apache-2.0
// The chain against vectors that were made from the spec by another program.
#include "core/access_key/access_key_chain.h"

#include <gtest/gtest.h>

#include "core/access_key/typed_form.h"
#include "tests/unit/core/access_key/vectors.h"

namespace cardea::access_key {
namespace {

using Poco::JSON::Object;

ChainContext context_of(const Object& vector) {
  return {bytes_of<32>(vector, "computer"), bytes_of<16>(vector, "user"),
          vector.getValue<std::uint32_t>("generation")};
}

ChainSeed seed_of(const Object& vector) { return ChainSeed(bytes_of<32>(vector, "seed")); }

TEST(AccessKeyChain, SeedOfBothSides) {
  const int count = for_each_vector(read_vectors(), "chains", [](const Object& vector) {
    const SecretKey32 client(bytes_of<32>(vector, "client_random"));
    const SecretKey32 server(bytes_of<32>(vector, "server_random"));
    EXPECT_EQ(to_hex(make_chain_seed(client, server).expose()), text_of(vector, "seed"));
    EXPECT_NE(to_hex(make_chain_seed(server, client).expose()), text_of(vector, "seed"));
  });
  EXPECT_EQ(count, 3);
}

TEST(AccessKeyChain, KeysChecksAndTypedForms) {
  for_each_vector(read_vectors(), "chains", [](const Object& vector) {
    const ChainContext context = context_of(vector);
    const ChainSeed seed = seed_of(vector);
    const auto keys = vector.getArray("keys");
    for (unsigned i = 0; i < keys->size(); ++i) {
      const Object& expected = *keys->getObject(i);
      const AccessKey key = chain_key(seed, context, expected.getValue<std::uint32_t>("index")).value();
      EXPECT_EQ(to_hex(key.expose()), text_of(expected, "key"));
      EXPECT_EQ(to_hex(check_value(key, context)), text_of(expected, "check"));
      EXPECT_EQ(format_access_key(key).expose_text(), text_of(expected, "typed"));
    }
    EXPECT_EQ(keys->size(), 9u);
  });
}

TEST(AccessKeyChain, EveryKeyOfEveryVector) {
  for_each_vector(read_vectors(), "chains", [](const Object& vector) {
    const ChainContext context = context_of(vector);
    std::array<Bytes, kChainLength + 1> keys;
    AccessKey key = chain_key(seed_of(vector), context, kChainLength).value();
    keys[kChainLength] = to_bytes(key.expose());
    for (std::uint16_t i = kChainLength; i > 0; --i) {
      key = step_down(key, context, i);
      keys[i - 1u] = to_bytes(key.expose());
    }
    Bytes all;
    for (const Bytes& k : keys)
      all.insert(all.end(), k.begin(), k.end());
    EXPECT_EQ(to_hex(crypto::sha256({all})), text_of(vector, "all_keys_sha256"));
  });
}

TEST(AccessKeyChain, LoginKeyComesFromTheRoot) {
  for_each_vector(read_vectors(), "chains", [](const Object& vector) {
    const AccessKey root = chain_key(seed_of(vector), context_of(vector), 0).value();
    EXPECT_EQ(to_hex(login_key_pair(root).seed().expose()), text_of(vector, "login_seed"));
  });
}

TEST(AccessKeyChain, NoKeyBeyondTheEnd) {
  const ChainSeed seed;
  EXPECT_EQ(chain_key(seed, {}, kChainLength + 1u).error(), Error::access_key_exhausted);
  EXPECT_EQ(chain_key(seed, {}, 0xffffffffu).error(), Error::access_key_exhausted);
}

TEST(AccessKeyChain, LocalSecretIsRootThenShare) {
  const Bytes root(15, 0xaa);
  const Bytes share(32, 0xbb);
  const LocalSecret secret = local_secret(AccessKey::from(root).value(), DeviceShare::from(share).value());
  EXPECT_EQ(to_hex(secret.expose()), to_hex(root) + to_hex(share));
}

}  // namespace
}  // namespace cardea::access_key
