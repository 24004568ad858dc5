// SPDX-License-Identifier: Apache-2.0
// An account statement whose signature was good: what a server that means ill could say to a computer.
#include "core/api/account_statement.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const cardea::ByteView input(data, size);
  const auto statement = cardea::api::decode_account_statement(input);
  if (!statement.ok()) return 0;
  if (cardea::api::encode(*statement) != cardea::to_bytes(input)) std::abort();  // one form for one statement
  if (!cardea::api::is_unix_id(statement->uid) || !cardea::api::is_login_name(statement->login)) std::abort();
  return 0;
}
