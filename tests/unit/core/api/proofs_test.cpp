// SPDX-License-Identifier: Apache-2.0
// The bytes of docs/spec/server-protocol.md "Proofs", written out by hand: two sides that share a wrong
// function would agree with each other.
#include "core/api/proofs.h"

#include <gtest/gtest.h>

namespace cardea::api {
namespace {

const UserId kUser = UserId::from_bytes(Bytes(16, 0x11)).value();
const CardId kCard = CardId::from_bytes(Bytes(32, 0x22)).value();
const ComputerId kComputer = ComputerId::from_bytes(Bytes(32, 0x33)).value();
const std::string kUser16 = "0010" + std::string(32, '1');

std::string label(std::string_view text) {
  const std::uint8_t length[] = {0, static_cast<std::uint8_t>(text.size())};
  return to_hex(length) + to_hex(as_bytes(text));
}

TEST(Proofs, Card) {
  EXPECT_EQ(to_hex(card_proof(kUser, Bytes{1}, Bytes{2, 3}, Bytes{4})),
            label("cardea/v1/card-proof") + kUser16 + "000101" + "00020203" + "000104");
}

TEST(Proofs, CardSession) {
  EXPECT_EQ(to_hex(card_session_proof("a.b", Bytes{9}, Bytes{8}, 0x0102030405060708)),
            label("cardea/v1/session") + "0003612e62" + "000109" + "000108" + "0102030405060708");
}

TEST(Proofs, AccessKeySession) {
  EXPECT_EQ(to_hex(access_key_session_proof("a.b", Bytes{9}, kComputer, kUser, 7)),
            label("cardea/v1/access-key-session") + "0003612e62" + "000109" + "0020" + std::string(64, '3') +
                kUser16 + "00000007");
}

TEST(Proofs, ComputerReplaceAndCheckpoint) {
  EXPECT_EQ(to_hex(computer_proof(kUser, Bytes{5})), label("cardea/v1/computer-proof") + kUser16 + "000105");
  EXPECT_EQ(to_hex(replace_proof(kUser, kCard, 2)),
            label("cardea/v1/replace-proof") + kUser16 + "0020" + std::string(64, '2') + "00000002");
  EXPECT_EQ(to_hex(checkpoint_proof(3, Bytes(32, 0x44), 5)), label("cardea/v1/checkpoint") +
                                                                 "0000000000000003" + "0020" +
                                                                 std::string(64, '4') + "0000000000000005");
}

TEST(Proofs, Sheet) {
  EXPECT_EQ(to_hex(sheet_proof("a.b", Bytes{9}, "Anna", "suspend")),
            label("cardea/v1/sheet-proof") + "0003612e62" + "000109" + label("anna") + label("suspend"));
}

}  // namespace
}  // namespace cardea::api
