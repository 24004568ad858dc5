// SPDX-License-Identifier: Apache-2.0
#include "server/secret_files.h"

#include "core/base/secure_file.h"

namespace cardea::server {
namespace {

Result<SecretKey32> load_key(const std::string& path) {
  TRY_ASSIGN(const SecretBytes bytes, read_secret_file(path));
  auto key = SecretKey32::from(bytes.expose());
  if (!key.ok()) return fail(Error::key_invalid, path + ": must hold exactly 32 bytes");
  return key;
}

// The failure names the file.
template <typename T>
Result<T> in_file(const std::string& path, Result<T> read) {
  if (read.ok()) return read;
  return fail(read.error(), path + ": " + read.failure().detail);
}

}  // namespace

Result<ServerSecrets> load_secrets(const ServerConfig& config) {
  TRY_ASSIGN(const auto oprf_seeds, load_oprf_seeds(config));
  TRY_ASSIGN(const SecretKey32 ake_key, load_key(config.ake_key_file));
  TRY_ASSIGN(const CheckpointKeys checkpoint_keys, load_checkpoint_keys(config));
  return ServerSecrets::make(oprf_seeds, ake_key, checkpoint_keys);
}

Result<std::vector<OprfSeed>> load_oprf_seeds(const ServerConfig& config) {
  TRY_ASSIGN(const SecretBytes bytes, read_secret_file(config.oprf_seed_file));
  return in_file(config.oprf_seed_file, read_oprf_seeds(bytes.expose()));
}

Result<CheckpointKeys> load_checkpoint_keys(const ServerConfig& config) {
  TRY_ASSIGN(const SecretBytes bytes, read_secret_file(config.checkpoint_key_file));
  return in_file(config.checkpoint_key_file, read_checkpoint_keys(bytes.expose()));
}

Result<std::shared_ptr<const RegionKeys>> load_region_keys(const ServerConfig& config) {
  if (config.relocation_key_file.empty()) return std::shared_ptr<const RegionKeys>();
  TRY_ASSIGN(const SecretKey32 secret, load_key(config.relocation_key_file));
  TRY_ASSIGN(auto keys, RegionKeys::make(secret));
  for (const auto& [name, region] : config.regions.others) {
    if (region.key.text() == keys.public_key().text())
      return fail(Error::config_invalid,
                  config.relocation_key_file + ": [regions] says that this is the key of “" + name +
                      "”, and this region is “" + config.region + "”: each has a key of its own");
  }
  return std::shared_ptr<const RegionKeys>(std::make_shared<RegionKeys>(std::move(keys)));
}

Result<std::vector<std::string>> init_secrets(const ServerConfig& config, Random& random) {
  std::vector<std::string> made;
  std::vector<std::string> paths{config.oprf_seed_file, config.ake_key_file, config.checkpoint_key_file};
  if (!config.relocation_key_file.empty()) paths.push_back(config.relocation_key_file);
  for (const std::string& path : paths) {
    const SecretKey32 key = random.secret<32>();
    const Status status = create_file_atomically(path, key.expose(), 0400);
    if (status.ok()) {
      made.push_back(path);
    } else if (status.error() != Error::already_exists) {
      return status.failure();
    }
  }
  return made;
}

}  // namespace cardea::server
