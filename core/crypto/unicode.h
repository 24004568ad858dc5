// SPDX-License-Identifier: Apache-2.0
// The one Unicode operation that Cardea needs, used by password_input.cpp. Back ends: utf8proc
// (docs/decisions/0003-unicode-normalisation.md) and tables of our own.
#pragma once

#include "core/base/secret.h"

namespace cardea::crypto {

// NFKC(full case fold(NFKC(text))), without white space at the ends and with each inner run of it as one
// U+0020. Error::invalid_argument for text that is not UTF-8, has control characters other than white space,
// or unassigned code points.
Result<SecretBytes> fold_text(ByteView utf8);

}  // namespace cardea::crypto
