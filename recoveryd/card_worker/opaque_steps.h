// SPDX-License-Identifier: Apache-2.0
// The client's half of OPAQUE for records A (password) and B (password and answer). Export keys stay in the
// vault.
#pragma once

#include "recoveryd/card_worker/step.h"

namespace cardea::worker {

Result<Bytes> opaque_register_start(StepContext& context, ByteReader& in);
Result<Bytes> opaque_register_finish(StepContext& context, ByteReader& in);
Result<Bytes> opaque_login_start(StepContext& context, ByteReader& in);
Result<Bytes> opaque_login_finish(StepContext& context, ByteReader& in);
Result<Bytes> open_question(StepContext& context, ByteReader& in);

}  // namespace cardea::worker
