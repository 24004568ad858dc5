// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/device_identity.h"

#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {
namespace {

DeviceIdentity identity(crypto::Ed25519KeyPair key) {
  const ComputerId id = crypto::card_id(key.spki());
  return DeviceIdentity{std::move(key), id};
}

}  // namespace

Result<DeviceIdentity> DeviceIdentity::load_or_create(const StateDirectory& directory, Random& random) {
  const std::string path = directory.file("computer");
  auto body = read_state(path, StateKind::computer);
  if (body.ok()) {
    auto seed = SecretKey32::from(body->expose());
    if (!seed.ok()) return fail(Error::corrupted, path + ": wrong length");
    return identity(crypto::Ed25519KeyPair::from_seed(*seed));
  }
  if (body.error() != Error::not_found) return body.failure();
  auto key = crypto::Ed25519KeyPair::generate(random);
  TRY(write_state(path, StateKind::computer, key.seed().expose()));
  return identity(std::move(key));
}

}  // namespace cardea::recoveryd
