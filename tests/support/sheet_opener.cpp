// SPDX-License-Identifier: Apache-2.0
// Opens the root key with a recovery sheet, so that the story no_secret_leaks knows what it must not find.
// Standard input: four lines, user id, epoch and envelope of the sheet holder (hexadecimal, decimal,
// hexadecimal) and the sheet's code. Standard output: the key in hexadecimal. Not shipped.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>

#include "core/base/text.h"
#include "core/records/holders.h"

namespace {

using namespace cardea;

Result<records::UserKey> open_key(const std::string& user_text, const std::string& epoch,
                                  const std::string& envelope, const std::string& code_text) {
  TRY_ASSIGN(const Bytes user_bytes, from_hex(user_text));
  const auto number = parse_decimal(epoch);
  records::UserId user{};
  if (user_bytes.size() != user.size() || !number) return Error::invalid_argument;
  std::ranges::copy(user_bytes, user.begin());
  records::Holder holder{records::HolderKind::sheet, "sheet", static_cast<std::uint32_t>(*number), {}};
  TRY_ASSIGN(holder.envelope, from_hex(envelope));
  TRY_ASSIGN(const auto code, records::parse_sheet_code(as_bytes(code_text)));
  return records::open_with_sheet(holder, user, code);
}

}  // namespace

int main() {
  std::string user, epoch, envelope, code;
  std::cin >> user >> epoch >> envelope >> code;
  const auto key = open_key(user, epoch, envelope, code);
  if (!key.ok()) {
    std::fprintf(stderr, "sheet_opener: %s %s\n", error_name(key.error()), key.failure().detail.c_str());
    return 1;
  }
  std::puts(to_hex(key->secret().expose()).c_str());
  return 0;
}
