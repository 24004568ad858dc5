// SPDX-License-Identifier: Apache-2.0
// What goes into the two OPAQUE records of a user (docs/spec/opaque.md): record A takes the password as
// typed, record B the password and the answer to the user's own question, normalised so that "  Zürich " and
// "ZU\u0308RICH" are one answer. The portal computes the same in JavaScript
// (tests/vectors/answer-normalisation.json).
#pragma once

#include "core/base/secret.h"

namespace cardea::crypto {

inline constexpr std::size_t kMaxPassword = 1024;  // bytes of UTF-8
inline constexpr std::size_t kMaxAnswer = 1024;    // bytes of UTF-8, before and after normalising

// 1 to kMaxPassword bytes of valid UTF-8, else Error::invalid_argument.
Result<SecretBytes> password_input(ByteView password);
// lp(password) || lp(normalise_answer(answer)).
Result<SecretBytes> password_and_answer_input(ByteView password, ByteView answer);
// NFKC, full case folding, NFKC again, white space trimmed and collapsed to single blanks.
// Error::invalid_argument when it is not UTF-8, too long, has control characters or code points that Unicode
// has not assigned, or nothing is left.
Result<SecretBytes> normalise_answer(ByteView answer);

}  // namespace cardea::crypto
