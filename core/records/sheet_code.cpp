// SPDX-License-Identifier: Apache-2.0
#include "core/records/sheet_code.h"

#include "core/access_key/grouped_code.h"
#include "core/crypto/kdf.h"

namespace cardea::records {

SecretBytes format_sheet_code(const SheetCode& code) { return access_key::format_groups(code.expose()); }

Result<SheetCode> parse_sheet_code(ByteView typed) {
  TRY_ASSIGN(const SecretBytes secret, access_key::parse_groups(typed, kSheetCodeGroups));
  return SheetCode::from(secret.expose());
}

crypto::Ed25519KeyPair sheet_key(const SheetCode& code) {
  return crypto::Ed25519KeyPair::from_seed(crypto::derive_key(code.expose(), "cardea/v1/sheet-check", {}));
}

Bytes sheet_check(const SheetCode& code) { return sheet_key(code).spki(); }

}  // namespace cardea::records
