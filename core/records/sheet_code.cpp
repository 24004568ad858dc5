// SPDX-License-Identifier: Apache-2.0
#include "core/records/sheet_code.h"

#include <algorithm>

#include "core/access_key/grouped_code.h"
#include "core/crypto/kdf.h"

namespace cardea::records {

SecretBytes format_sheet_code(const SheetCode& code) { return access_key::format_groups(code.expose()); }

Result<SheetCode> parse_sheet_code(ByteView typed) {
  TRY_ASSIGN(const SecretBytes secret, access_key::parse_groups(typed, kSheetCodeGroups));
  return SheetCode::from(secret.expose());
}

std::array<std::uint8_t, 32> sheet_check(const SheetCode& code, const UserId& user) {
  std::array<std::uint8_t, 32> out{};
  std::ranges::copy(crypto::derive_key(code.expose(), "cardea/v1/sheet-check", user).expose(), out.begin());
  return out;
}

}  // namespace cardea::records
