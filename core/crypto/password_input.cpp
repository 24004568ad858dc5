// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/password_input.h"

#include "core/base/byte_io.h"
#include "core/base/text.h"
#include "core/crypto/unicode.h"

namespace cardea::crypto {

Result<SecretBytes> password_input(ByteView password) {
  if (password.empty() || password.size() > kMaxPassword || !is_valid_utf8(as_text(password))) {
    return Error::invalid_argument;
  }
  return SecretBytes(password);
}

Result<SecretBytes> normalise_answer(ByteView answer) {
  if (answer.empty() || answer.size() > kMaxAnswer || !is_valid_utf8(as_text(answer)))
    return Error::invalid_argument;
  TRY_ASSIGN(SecretBytes folded, fold_text(answer));
  if (folded.empty() || folded.size() > kMaxAnswer) return Error::invalid_argument;
  return folded;
}

Result<SecretBytes> password_and_answer_input(ByteView password, ByteView answer) {
  TRY(password_input(password));
  TRY_ASSIGN(const SecretBytes folded, normalise_answer(answer));
  SecretBytes out(2 + password.size() + 2 + folded.size());
  ByteWriter writer(out.expose_mutable());
  writer.lp(password);
  writer.lp(folded.expose());
  if (!writer.good()) return Error::internal;
  return out;
}

}  // namespace cardea::crypto
