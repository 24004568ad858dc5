// SPDX-License-Identifier: Apache-2.0
// The key files that can be rotated: old form, new form, and what is refused.
#include "server/service/key_files.h"

#include <gtest/gtest.h>

#include "server/service/server_secrets.h"

namespace cardea::server {
namespace {

SystemRandom random_source;

TEST(KeyFiles, ThirtyTwoBytesAreTheFirstKey) {
  const SecretKey32 key = random_source.secret<32>();
  const auto seeds = read_oprf_seeds(key.expose());
  ASSERT_TRUE(seeds.ok());
  ASSERT_EQ(seeds->size(), 1u);
  EXPECT_EQ(seeds->front().number, 1u);
  EXPECT_TRUE(seeds->front().seed == key);
  const auto keys = read_checkpoint_keys(key.expose());
  ASSERT_TRUE(keys.ok());
  EXPECT_TRUE(keys->seed == key);
  EXPECT_TRUE(handovers_of(*keys).empty());
}

TEST(KeyFiles, ARotationKeepsTheOldSeeds) {
  std::vector<OprfSeed> seeds(1);
  seeds[0].seed = random_source.secret<32>();
  ASSERT_TRUE(add_oprf_seed(seeds, random_source, 1000).ok());
  ASSERT_TRUE(add_oprf_seed(seeds, random_source, 2000).ok());
  const auto read = read_oprf_seeds(write_oprf_seeds(seeds).expose());
  ASSERT_TRUE(read.ok()) << read.failure().detail;
  ASSERT_EQ(read->size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*read)[i].number, i + 1);
    EXPECT_TRUE((*read)[i].seed == seeds[i].seed);
  }
  EXPECT_EQ(read->back().created, 2000);
  while (seeds.size() < kMaxKeys)
    ASSERT_TRUE(add_oprf_seed(seeds, random_source, 3000).ok());
  EXPECT_EQ(add_oprf_seed(seeds, random_source, 3000).error(), Error::limit_exceeded);
  EXPECT_TRUE(read_oprf_seeds(write_oprf_seeds(seeds).expose()).ok());
}

TEST(KeyFiles, ARotatedCheckpointKeyIsSignedAndTheOldOneIsForgotten) {
  CheckpointKeys keys = first_checkpoint_key(random_source.secret<32>(), 500);
  const SecretKey32 old = keys.seed.clone();
  keys = next_checkpoint_key(keys, random_source, 1000).value();
  keys = next_checkpoint_key(keys, random_source, 2000).value();
  const SecretBytes file = write_checkpoint_keys(keys);
  EXPECT_EQ(as_text(file.expose()).find(as_text(old.expose())), std::string_view::npos);
  const auto read = read_checkpoint_keys(file.expose());
  ASSERT_TRUE(read.ok()) << read.failure().detail;
  EXPECT_TRUE(read->seed == keys.seed);
  EXPECT_EQ(handovers_of(*read).size(), 2u);
  EXPECT_TRUE(api::follow_checkpoint_key(keys.keys[0].spki, keys.keys[2].spki, handovers_of(*read)).ok());
}

TEST(KeyFiles, WhatIsNoKeyFileIsRefused) {
  std::vector<OprfSeed> seeds(1);
  seeds[0].seed = random_source.secret<32>();
  ASSERT_TRUE(add_oprf_seed(seeds, random_source, 1000).ok());
  const Bytes good = to_bytes(write_oprf_seeds(seeds).expose());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(read_oprf_seeds(ByteView(good).first(size)).ok(), size == 32) << size;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(read_oprf_seeds(longer).ok());
  EXPECT_EQ(read_checkpoint_keys(good).error(), Error::key_invalid);
  Bytes newer = good;
  newer[11] = 2;
  EXPECT_EQ(read_oprf_seeds(newer).error(), Error::unknown_format);

  const CheckpointKeys first = first_checkpoint_key(random_source.secret<32>(), 500);
  const CheckpointKeys second = next_checkpoint_key(first, random_source, 1000).value();
  const Bytes file = to_bytes(write_checkpoint_keys(second).expose());
  for (std::size_t at = 15; at < file.size(); ++at) {
    Bytes changed = file;
    changed[at] ^= 1;
    const auto read = read_checkpoint_keys(changed);
    // The times are not signed: they are told to the administrator only.
    const bool is_time =
        (at >= 19 && at < 27) || (at >= 19 + 8 + 2 + 44 + 2 + 4 && at < 27 + 8 + 2 + 44 + 2 + 4);
    EXPECT_EQ(read.ok(), is_time) << at;
  }
}

}  // namespace
}  // namespace cardea::server
