// SPDX-License-Identifier: Apache-2.0
// What a reader can send to the virtual card: a sequence of commands, each after a byte with its length. The
// first byte of the input chooses the card. Whatever comes, the card answers, and its state can be read back.
#include <cstdlib>

#include "tests/virtual_card/card_engine.h"
#include "tests/virtual_card/private_key.h"

namespace {

using namespace cardea;
using namespace cardea::virtual_card;

constexpr std::uint8_t kGenerateKey = 0x46;  // too slow to fuzz

CardFile key_file(FileType type) {
  const PrivateKey key = type == FileType::rsa_key ? PrivateKey::generate_rsa(1024).value()
                                                   : PrivateKey::generate_ec(EcCurve::p256).value();
  CardFile file;
  file.type = type;
  file.size = static_cast<std::uint16_t>(key.bits());
  file.content = key.to_der().value();
  return file;
}

CardState card_with_keys(CardKind kind) {
  CardState state = make_blank_card(kind, Bytes(kind == CardKind::myeid ? 10 : 5, 1), 20000).value();
  const bool myeid = kind == CardKind::myeid;
  const std::uint16_t directory = myeid ? 0x5015 : 0;
  state.files.emplace(FileId{directory, static_cast<std::uint16_t>(myeid ? 0x4b01 : 0xcc01)},
                      key_file(FileType::rsa_key));
  state.files.emplace(FileId{directory, static_cast<std::uint16_t>(myeid ? 0x4b02 : 0xcc02)},
                      key_file(FileType::ec_key));
  return state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const CardState myeid = card_with_keys(CardKind::myeid);
  static const CardState sc_hsm = card_with_keys(CardKind::sc_hsm);
  static SystemRandom random;
  if (size == 0) return 0;
  CardEngine engine((data[0] & 1) == 0 ? myeid : sc_hsm, random);
  ByteView rest(data + 1, size - 1);
  while (!rest.empty()) {
    const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
    const ByteView command = rest.subspan(1, length);
    rest = rest.subspan(1 + length);
    if (command.size() > 1 && command[1] == kGenerateKey) continue;
    if (engine.process(command).size() < 2) std::abort();
  }
  if (!parse_state(serialize_state(engine.state())).ok()) std::abort();
  return 0;
}
