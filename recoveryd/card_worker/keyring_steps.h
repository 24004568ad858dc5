// SPDX-License-Identifier: Apache-2.0
// The keyring secret (docs/spec/keyring.md): opened or made, sealed to further recipients, handed out. Under
// a ticket it is a login's, with the zero ticket the open vault's.
#pragma once

#include "recoveryd/card_worker/step.h"

namespace cardea::worker {

Result<Bytes> keyring_open(StepContext& context, ByteReader& in);
Result<Bytes> keyring_seal(StepContext& context, ByteReader& in);
Result<Bytes> keyring_reveal(StepContext& context, ByteReader& in);
Result<Bytes> keyring_recipient(StepContext& context, ByteReader& in);

// With a card whose session is logged in.
Result<records::KeyringSecret> open_keyring_with(BoundCard& card, const records::KeyringOwner& owner,
                                                 ByteView envelope);

}  // namespace cardea::worker
