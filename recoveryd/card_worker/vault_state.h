// SPDX-License-Identifier: Apache-2.0
// The secrets of one operation inside the worker. Wiped as a whole when the vault ends: every member wipes
// itself. The *_steps files work on it; nothing else does.
#pragma once

#include <map>
#include <optional>

#include "core/access_key/access_key_chain.h"
#include "core/crypto/opaque_client.h"
#include "core/records/holders.h"
#include "recoveryd/card_worker/keyring_drawer.h"
#include "recoveryd/worker_link/card_worker.h"

namespace cardea::worker {

struct VaultIdentity {
  UserId user{};
  ComputerId computer{};
};

struct VaultChain {
  access_key::ChainContext whose;
  access_key::ChainSeed seed;  // S
  access_key::AccessKey root;  // k_0
};

struct VaultState {
  std::optional<VaultIdentity> identity;
  std::map<Purpose, SecretBytes> secrets;  // as collected

  std::optional<crypto::OpaqueClientRegistration> registration_a, registration_b;
  std::optional<crypto::OpaqueClientLogin> login_a, login_b;
  std::optional<records::ExportKey> export_a, export_b;

  std::optional<std::uint32_t> card;  // the insertion that is open

  std::optional<records::UserKey> root;             // the newest
  std::map<std::uint32_t, records::UserKey> older;  // by epoch
  std::optional<records::SheetCode> sheet;
  std::optional<crypto::P256KeyPair> recovery;
  std::optional<VaultChain> chain;
  std::optional<KeptKeyring> keyring;
  std::optional<SecretBytes> opened_record;
  std::optional<SecretBytes> opened_key;  // an access key as it is typed
  SecretBytes record_list;
};

}  // namespace cardea::worker
