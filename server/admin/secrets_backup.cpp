// SPDX-License-Identifier: Apache-2.0
#include "server/admin/secrets_backup.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/secure_file.h"
#include "core/crypto/envelope.h"
#include "core/crypto/password_hash.h"

namespace cardea::server::admin {
namespace {

constexpr std::string_view kMagic = "cardea-secrets";
constexpr std::uint8_t kVersion = 1;
constexpr crypto::Label kSecretsLabel = "cardea/v1/secrets-backup";
// A backup lies somewhere for years, and is opened once.
constexpr crypto::Argon2idCost kCost{std::uint64_t{256} << 20, 3};
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kHeadSize = kMagic.size() + 1 + kSaltSize + 8 + 4;
constexpr std::size_t kMaxSecretsFile = 128 * 1024;

struct Part {
  const char* name;
  std::string ServerConfig::*path;
  mode_t mode;
};

constexpr Part kParts[] = {
    {"oprf-seed", &ServerConfig::oprf_seed_file, 0400},
    {"ake-key", &ServerConfig::ake_key_file, 0400},
    {"checkpoint-key", &ServerConfig::checkpoint_key_file, 0400},
    {"private-key", &ServerConfig::private_key, 0400},
    {"certificate", &ServerConfig::certificate, 0644},
};
constexpr std::size_t kMaxPart = 16 * 1024;

Result<SecretBytes> read_part(const ServerConfig& config, const Part& part) {
  if (part.mode == 0400) return read_secret_file(config.*part.path, kMaxPart);
  TRY_ASSIGN(const Bytes bytes, read_state_file(config.*part.path, kMaxPart));
  return SecretBytes(ByteView(bytes));
}

Result<SecretBytes> key_of(const SecretBytes& passphrase, ByteView salt, crypto::Argon2idCost cost) {
  TRY(crypto::check_argon2id_cost(cost));
  return crypto::argon2id(passphrase.expose(), salt.first<kSaltSize>(), cost, 32);
}

Result<SecretBytes> pack(const ServerConfig& config) {
  SecretBytes all(std::size(kParts) * (kMaxPart + 64));
  ByteWriter writer(all.expose_mutable());
  for (const Part& part : kParts) {
    TRY_ASSIGN(const SecretBytes content, read_part(config, part));
    writer.text(part.name);
    writer.lp(content.expose());
  }
  all.truncate(writer.written().size());
  return all;
}

struct Found {
  const Part* part;
  ByteView content;
};

Result<std::vector<Found>> unpack(ByteView all) {
  ByteReader reader(all);
  std::vector<Found> found;
  for (const Part& part : kParts) {
    if (reader.text() != part.name) return fail(Error::corrupted, "has other parts than it should");
    found.push_back({&part, reader.lp()});
  }
  if (!reader.complete()) return fail(Error::corrupted, "has other parts than it should");
  return found;
}

// Whether the file is missing; already_exists when it has other content.
Result<bool> is_missing(const ServerConfig& config, const Found& found) {
  const auto there = read_part(config, *found.part);
  if (!there.ok()) return there.error() == Error::not_found ? Result<bool>(true) : there.failure();
  if (equal_constant_time(there->expose(), found.content)) return false;
  return fail(Error::already_exists, config.*found.part->path + ": is another one than in the backup");
}

}  // namespace

Status write_secrets_backup(const ServerConfig& config, const std::string& path,
                            const SecretBytes& passphrase, Random& random) {
  const auto salt = random.array<kSaltSize>();
  TRY_ASSIGN(const SecretBytes key, key_of(passphrase, salt, kCost));
  TRY_ASSIGN(const SecretBytes secrets, pack(config));
  ByteBuilder file;
  file.raw(kMagic).u8(kVersion).raw(salt).u64(kCost.memory_bytes).u32(kCost.passes);
  TRY_ASSIGN(const Bytes envelope,
             crypto::seal(key.expose(), kSecretsLabel, file.view(), secrets.expose(), random));
  file.raw(envelope);
  return create_file_atomically(path, file.view(), 0400);
}

Result<std::vector<std::string>> restore_secrets(const ServerConfig& config, const std::string& path,
                                                 const SecretBytes& passphrase) {
  TRY_ASSIGN(const Bytes file, read_state_file(path, kMaxSecretsFile));
  ByteReader reader(file);
  const bool ours = as_text(reader.bytes(kMagic.size())) == kMagic;
  const std::uint8_t version = reader.u8();
  const ByteView salt = reader.bytes(kSaltSize);
  crypto::Argon2idCost cost;
  cost.memory_bytes = reader.u64();
  cost.passes = reader.u32();
  if (!ours || !reader.good()) return fail(Error::corrupted, path + ": is no backup of secrets");
  if (version != kVersion) return fail(Error::unknown_format, path + ": is of a newer version");
  TRY_ASSIGN(const SecretBytes key, key_of(passphrase, salt, cost));
  TRY_ASSIGN(const SecretBytes all,
             crypto::open(key.expose(), kSecretsLabel, ByteView(file).first(kHeadSize), reader.rest()));
  TRY_ASSIGN(const auto parts, unpack(all.expose()));
  std::vector<const Found*> missing;
  for (const Found& found : parts) {
    TRY_ASSIGN(const bool is, is_missing(config, found));
    if (is) missing.push_back(&found);
  }
  std::vector<std::string> made;
  for (const Found* found : missing) {
    const std::string& target = config.*found->part->path;
    TRY(create_file_atomically(target, found->content, found->part->mode));
    made.push_back(target);
  }
  return made;
}

}  // namespace cardea::server::admin
