// SPDX-License-Identifier: Apache-2.0
// What every step (the work behind one verb) gets and gives. Steps parse their payload completely before they
// do anything; Error::frame_malformed from a step says that the payload was not one, and ends the worker.
#pragma once

#include <functional>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/random.h"
#include "recoveryd/card_worker/card_service.h"
#include "recoveryd/card_worker/vault_state.h"

namespace cardea::worker {

struct StepContext {
  CardService& cards;
  std::optional<VaultState>& vault;  // set in all vault verbs: the verb table sees to it
  KeyringDrawer& keyrings;
  Random& random;
  UniqueFd fd;                  // of the request
  card::PinReport pin;          // for the reply
  std::function<void()> after;  // runs when the reply is out
  // Runs behind `after`, and not before the daemon has had a moment to fetch the login's keyring secret.
  std::function<void()> later;
  bool prompt_near = false;  // somebody will type a PIN soon: read old PIN states meanwhile
};

// What the vault or the context lacks for a step, in a few words.
inline Failure missing(const char* what) { return fail(Error::message_not_permitted, what); }

using Step = Result<Bytes> (*)(StepContext&, ByteReader&);

// The vault's identity, secret, … or Error::message_not_permitted with what is missing.
Result<VaultIdentity> need_identity(const VaultState& vault);
Result<const SecretBytes*> need_secret(const VaultState& vault, Purpose purpose);

}  // namespace cardea::worker
