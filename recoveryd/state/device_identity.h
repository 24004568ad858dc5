// SPDX-License-Identifier: Apache-2.0
// Who this computer is to a server: an Ed25519 device key, made on first start, and the id derived from it.
#pragma once

#include "core/base/random.h"
#include "core/crypto/signature.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

using ComputerId = std::array<std::uint8_t, 32>;

struct DeviceIdentity {
  crypto::Ed25519KeyPair key;
  ComputerId computer_id{};  // SHA-256 of the key's SubjectPublicKeyInfo

  // Reads the key, or makes it when there is none. A damaged file is an error: a new key would be another
  // computer, for which no access key opens.
  static Result<DeviceIdentity> load_or_create(const StateDirectory& directory, Random& random);
};

}  // namespace cardea::recoveryd
