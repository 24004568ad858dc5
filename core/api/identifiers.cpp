// SPDX-License-Identifier: Apache-2.0
#include "core/api/identifiers.h"

#include "core/crypto/hash.h"

namespace cardea::api {

CardId card_id_of(ByteView auth_spki) { return CardId(crypto::sha256({auth_spki})); }
ComputerId computer_id_of(ByteView device_spki) { return ComputerId(crypto::sha256({device_spki})); }

}  // namespace cardea::api
