// SPDX-License-Identifier: Apache-2.0
// Everything that asks the card: the login, and the vault's use of keys, storage and PIN.
#pragma once

#include "recoveryd/card_worker/step.h"

namespace cardea::worker {

Result<Bytes> look(StepContext& context, ByteReader& in);
Result<Bytes> login_sign(StepContext& context, ByteReader& in);
Result<Bytes> card_login(StepContext& context, ByteReader& in);
Result<Bytes> card_make_keys(StepContext& context, ByteReader& in);
Result<Bytes> card_sign(StepContext& context, ByteReader& in);
Result<Bytes> storage_list(StepContext& context, ByteReader& in);
Result<Bytes> storage_read(StepContext& context, ByteReader& in);
Result<Bytes> storage_write(StepContext& context, ByteReader& in);
Result<Bytes> storage_remove(StepContext& context, ByteReader& in);
Result<Bytes> change_pin(StepContext& context, ByteReader& in);
Result<Bytes> unblock_pin(StepContext& context, ByteReader& in);

// The vault's card with a session that is logged in. Error::message_not_permitted when none was opened,
// Error::card_removed when it was pulled.
Result<BoundCard*> open_card(StepContext& context);

}  // namespace cardea::worker
