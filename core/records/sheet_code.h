// SPDX-License-Identifier: Apache-2.0
// The code on the printed recovery sheet: 160 random bits in the typed form of access keys, eight groups
// (docs/spec/records.md, "Sheet code"). Called by the card worker and cli.
#pragma once

#include "core/base/random.h"
#include "core/crypto/signature.h"

namespace cardea::records {

using SheetCode = SecretArray<20>;
inline constexpr std::size_t kSheetCodeGroups = 8;

inline SheetCode make_sheet_code(Random& random) { return random.secret<20>(); }

// 47 characters, for the sheet only.
SecretBytes format_sheet_code(const SheetCode& code);
// As access_key::parse_access_key: Error::access_key_mistyped, and access_key::mistyped_group() of the
// failure names the group, 1 to 8.
Result<SheetCode> parse_sheet_code(ByteView typed);

// Signs what a sheet does at the server without a password (api::sheet_proof).
crypto::Ed25519KeyPair sheet_key(const SheetCode& code);
// What the server keeps to know a sheet again: the key's SubjectPublicKeyInfo. Whoever has it opens and signs
// nothing.
Bytes sheet_check(const SheetCode& code);

}  // namespace cardea::records
