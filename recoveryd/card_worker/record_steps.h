// SPDX-License-Identifier: Apache-2.0
// Sealing, opening and re-wrapping records with the vault's root keys, and lending their keys to a browser.
#pragma once

#include "recoveryd/card_worker/step.h"

namespace cardea::worker {

Result<Bytes> record_seal(StepContext& context, ByteReader& in);
Result<Bytes> record_open(StepContext& context, ByteReader& in);
Result<Bytes> record_rewrap(StepContext& context, ByteReader& in);
Result<Bytes> record_is_named(StepContext& context, ByteReader& in);
Result<Bytes> record_note(StepContext& context, ByteReader& in);
Result<Bytes> pairing_seal(StepContext& context, ByteReader& in);

}  // namespace cardea::worker
