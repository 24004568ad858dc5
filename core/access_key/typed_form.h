// SPDX-License-Identifier: Apache-2.0
// The access key as people read and type it: 24 symbols in six groups of five, with check symbols
// (docs/spec/access-key.md, "Typed form"). Called by recoveryd (what was typed at a prompt), cli and upstream
// (what is shown).
#pragma once

#include "core/access_key/access_key_chain.h"
#include "core/access_key/grouped_code.h"

namespace cardea::access_key {

inline constexpr std::size_t kAccessKeyGroups = 6;

// 35 characters, for the person's eyes only.
SecretBytes format_access_key(const AccessKey& key);

// Error::access_key_mistyped when no reading of `typed` has all its check symbols right: no try may be
// counted for it, and mistyped_group() of the failure (1 to 6) goes into the prompt.
Result<AccessKey> parse_access_key(ByteView typed);

}  // namespace cardea::access_key
