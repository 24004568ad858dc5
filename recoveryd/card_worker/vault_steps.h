// SPDX-License-Identifier: Apache-2.0
// Opening and closing a vault, whose operation it is, and secrets in and out.
#pragma once

#include "recoveryd/card_worker/step.h"

namespace cardea::worker {

Result<Bytes> vault_open(StepContext& context, ByteReader& in);
Result<Bytes> vault_close(StepContext& context, ByteReader& in);
Result<Bytes> set_identity(StepContext& context, ByteReader& in);
Result<Bytes> collect(StepContext& context, ByteReader& in);
Result<Bytes> reveal(StepContext& context, ByteReader& in);

}  // namespace cardea::worker
