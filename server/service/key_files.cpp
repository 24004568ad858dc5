// SPDX-License-Identifier: Apache-2.0
#include "server/service/key_files.h"

#include "core/base/byte_io.h"
#include "core/crypto/signature.h"

namespace cardea::server {
namespace {

// docs/spec/server-keys.md
constexpr std::string_view kMagic = "cardea-keys";
constexpr std::uint8_t kKeyFileVersion = 1;
enum class Kind : std::uint8_t { oprf_seeds = 1, checkpoint_key = 2 };
constexpr std::size_t kHeadSize = kMagic.size() + 2 + 2;
constexpr std::size_t kSeedEntry = 4 + 8 + SecretKey32::kSize;
constexpr std::size_t kMaxKeyEntry = 4 + 8 + 2 + 64 + 2 + 64;

// How many entries follow.
Result<std::size_t> read_head(ByteReader& reader, Kind kind) {
  if (as_text(reader.bytes(kMagic.size())) != kMagic)
    return fail(Error::key_invalid, "is neither 32 bytes nor a key file");
  if (reader.u8() != kKeyFileVersion) return fail(Error::unknown_format, "is of a newer version");
  if (reader.u8() != static_cast<std::uint8_t>(kind))
    return fail(Error::key_invalid, "is a key file of another kind");
  const std::size_t count = reader.u16();
  if (!reader.good() || count == 0 || count > kMaxKeys) return fail(Error::key_invalid, "is damaged");
  return count;
}

void write_head(ByteWriter& writer, Kind kind, std::size_t count) {
  writer.bytes(as_bytes(kMagic));
  writer.u8(kKeyFileVersion);
  writer.u8(static_cast<std::uint8_t>(kind));
  writer.u16(static_cast<std::uint16_t>(count));
}

Failure damaged() { return fail(Error::key_invalid, "is damaged"); }

Status must_follow(const CheckpointKeys& keys) {
  for (std::size_t i = 0; i < keys.keys.size(); ++i) {
    if (keys.keys[i].number != keys.keys.front().number + i) return damaged();
  }
  const auto last = crypto::Ed25519KeyPair::from_seed(keys.seed);
  if (last.spki() != keys.keys.back().spki) return damaged();
  return api::follow_checkpoint_key(keys.keys.front().spki, last.spki(), handovers_of(keys));
}

}  // namespace

Result<std::vector<OprfSeed>> read_oprf_seeds(ByteView file) {
  std::vector<OprfSeed> seeds;
  if (file.size() == SecretKey32::kSize) {
    TRY_ASSIGN(seeds.emplace_back().seed, SecretKey32::from(file));
    return seeds;
  }
  ByteReader reader(file);
  TRY_ASSIGN(const std::size_t count, read_head(reader, Kind::oprf_seeds));
  for (std::size_t i = 0; i < count; ++i) {
    OprfSeed& seed = seeds.emplace_back();
    seed.number = reader.u32();
    seed.created = static_cast<UnixSeconds>(reader.u64());
    auto bytes = SecretKey32::from(reader.bytes(SecretKey32::kSize));
    if (!bytes.ok() || seed.number != seeds.front().number + i) return damaged();
    seed.seed = std::move(bytes).value();
  }
  if (!reader.complete()) return damaged();
  return seeds;
}

SecretBytes write_oprf_seeds(const std::vector<OprfSeed>& seeds) {
  SecretBytes file(kHeadSize + seeds.size() * kSeedEntry);
  ByteWriter writer(file.expose_mutable());
  write_head(writer, Kind::oprf_seeds, seeds.size());
  for (const OprfSeed& seed : seeds) {
    writer.u32(seed.number);
    writer.u64(static_cast<std::uint64_t>(seed.created));
    writer.bytes(seed.seed.expose());
  }
  return file;
}

Status add_oprf_seed(std::vector<OprfSeed>& seeds, Random& random, UnixSeconds now) {
  if (seeds.size() >= kMaxKeys) return fail(Error::limit_exceeded, "there were too many rotations");
  const std::uint32_t number = seeds.back().number + 1;
  seeds.push_back({number, now, random.secret<32>()});
  return {};
}

Result<CheckpointKeys> read_checkpoint_keys(ByteView file) {
  if (file.size() == SecretKey32::kSize) {
    TRY_ASSIGN(const SecretKey32 seed, SecretKey32::from(file));
    return first_checkpoint_key(seed, 0);
  }
  ByteReader reader(file);
  TRY_ASSIGN(const std::size_t count, read_head(reader, Kind::checkpoint_key));
  CheckpointKeys keys;
  for (std::size_t i = 0; i < count; ++i) {
    CheckpointKeys::Key& key = keys.keys.emplace_back();
    key.number = reader.u32();
    key.created = static_cast<UnixSeconds>(reader.u64());
    key.spki = to_bytes(reader.lp());
    key.signature = to_bytes(reader.lp());
  }
  auto seed = SecretKey32::from(reader.bytes(SecretKey32::kSize));
  if (!reader.complete() || !seed.ok()) return damaged();
  keys.seed = std::move(seed).value();
  TRY(must_follow(keys));
  return keys;
}

SecretBytes write_checkpoint_keys(const CheckpointKeys& keys) {
  SecretBytes file(kHeadSize + keys.keys.size() * kMaxKeyEntry + SecretKey32::kSize);
  ByteWriter writer(file.expose_mutable());
  write_head(writer, Kind::checkpoint_key, keys.keys.size());
  for (const CheckpointKeys::Key& key : keys.keys) {
    writer.u32(key.number);
    writer.u64(static_cast<std::uint64_t>(key.created));
    writer.lp(key.spki);
    writer.lp(key.signature);
  }
  writer.bytes(keys.seed.expose());
  file.truncate(writer.written().size());
  return file;
}

CheckpointKeys first_checkpoint_key(const SecretKey32& seed, UnixSeconds created) {
  CheckpointKeys keys;
  keys.keys.push_back({1, created, crypto::Ed25519KeyPair::from_seed(seed).spki(), {}});
  keys.seed = seed.clone();
  return keys;
}

Result<CheckpointKeys> next_checkpoint_key(const CheckpointKeys& keys, Random& random, UnixSeconds now) {
  if (keys.keys.size() >= kMaxKeys) return fail(Error::limit_exceeded, "there were too many rotations");
  CheckpointKeys out;
  out.keys = keys.keys;
  out.seed = random.secret<32>();
  const auto old = crypto::Ed25519KeyPair::from_seed(keys.seed);
  const Bytes spki = crypto::Ed25519KeyPair::from_seed(out.seed).spki();
  const std::uint32_t number = keys.keys.back().number + 1;
  const auto signature = old.sign(api::checkpoint_key_proof(number, spki));
  out.keys.push_back({number, now, spki, to_bytes(signature)});
  return out;
}

std::vector<api::KeyHandover> handovers_of(const CheckpointKeys& keys) {
  std::vector<api::KeyHandover> out;
  for (std::size_t i = 1; i < keys.keys.size(); ++i)
    out.push_back({keys.keys[i].number, keys.keys[i].spki, keys.keys[i].signature});
  return out;
}

}  // namespace cardea::server
