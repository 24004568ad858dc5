// SPDX-License-Identifier: Apache-2.0
// The root key, its holders and epochs, and the recovery key: core/records with the secrets of the vault.
#pragma once

#include "recoveryd/card_worker/step.h"

namespace cardea::worker {

Result<Bytes> root_create(StepContext& context, ByteReader& in);
Result<Bytes> root_open(StepContext& context, ByteReader& in);
Result<Bytes> holder_seal(StepContext& context, ByteReader& in);
Result<Bytes> epoch_advance(StepContext& context, ByteReader& in);
Result<Bytes> open_epoch_seals(StepContext& context, ByteReader& in);
Result<Bytes> recovery_key_create(StepContext& context, ByteReader& in);
Result<Bytes> recovery_key_open(StepContext& context, ByteReader& in);
Result<Bytes> sheet_check(StepContext& context, ByteReader& in);
Result<Bytes> sheet_group(StepContext& context, ByteReader& in);

}  // namespace cardea::worker
