// SPDX-License-Identifier: Apache-2.0
#include "core/records/sheet_code.h"

#include <gtest/gtest.h>

#include "core/access_key/grouped_code.h"

namespace cardea::records {
namespace {

TEST(SheetCode, EightGroupsBothWays) {
  SystemRandom random;
  for (int i = 0; i < 50; ++i) {
    const SheetCode code = make_sheet_code(random);
    const SecretBytes text = format_sheet_code(code);
    EXPECT_EQ(text.size(), 47u);
    EXPECT_EQ(parse_sheet_code(text.expose()).value(), code);
  }
}

TEST(SheetCode, NamesTheMistypedGroup) {
  SystemRandom random;
  const SecretBytes text = format_sheet_code(make_sheet_code(random));
  std::string typed(text.expose_text());
  typed[45] = typed[45] == '7' ? '8' : '7';
  const auto parsed = parse_sheet_code(as_bytes(typed));
  ASSERT_EQ(parsed.error(), Error::access_key_mistyped);
  EXPECT_EQ(access_key::mistyped_group(parsed.failure()), 8);
}

TEST(SheetCode, CheckIsTheKeyOfThisCode) {
  SystemRandom random;
  const SheetCode code = make_sheet_code(random);
  EXPECT_EQ(sheet_check(code), sheet_check(code.clone()));
  EXPECT_NE(sheet_check(code), sheet_check(make_sheet_code(random)));
  const auto key = crypto::PublicKey::from_spki(sheet_check(code)).value();
  EXPECT_TRUE(key.verify(as_bytes("proof"), sheet_key(code).sign(as_bytes("proof"))).ok());
}

// Made with node's crypto; the portal's tests have the same pair (tests/unit/server/portal/sheet_test.ts).
TEST(SheetCode, CheckOfAKnownCode) {
  SheetCode code;
  std::uint8_t next = 0;
  for (std::uint8_t& byte : code.expose_mutable())
    byte = next++;
  EXPECT_EQ(to_hex(sheet_check(code)),
            "302a300506032b6570032100e3ab71bc5b0607014c552b543daa3886b8ac565b53d982dcc754a5b285cc62db");
}

}  // namespace
}  // namespace cardea::records
