// SPDX-License-Identifier: Apache-2.0
// Chains of access keys: made for the owner of a computer, sealed to officers, and opened by an officer's
// card (docs/spec/officers.md).
#pragma once

#include "recoveryd/card_worker/step.h"

namespace cardea::worker {

Result<Bytes> chain_create(StepContext& context, ByteReader& in);
Result<Bytes> chain_seal(StepContext& context, ByteReader& in);
Result<Bytes> chain_open(StepContext& context, ByteReader& in);

}  // namespace cardea::worker
