// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/sc_hsm_card.h"

#include "tests/virtual_card/card_certificate.h"

namespace cardea::virtual_card {
namespace {

// A neutral ATR: OpenSC finds the applet by its AID. (3B 80 80 01 01 would be taken for a card with a PIN
// pad.)
constexpr std::array<std::uint8_t, 4> kAtr = {0x3b, 0x80, 0x01, 0x81};
constexpr std::size_t kLongestChallenge = 1024;

}  // namespace

// The certificate holder reference is the serial number in ten hexadecimal digits and a sequence number of
// five; OpenSC shows it without the last five.
Result<CardState> ScHsmCard::blank(ByteView serial, std::uint32_t memory_limit) {
  CardState state;
  state.kind = CardKind::sc_hsm;
  state.serial = to_bytes(serial);
  state.memory_limit = memory_limit;
  TRY_ASSIGN(const PrivateKey device_key, PrivateKey::generate_ec(EcCurve::p256));
  CardFile certificate;
  TRY_ASSIGN(certificate.content, make_device_certificate(device_key, to_hex(serial) + "00001"));
  certificate.size = static_cast<std::uint16_t>(certificate.content.size());
  state.files.emplace(FileId{0, kDeviceCertificate}, std::move(certificate));
  return state;
}

ByteView ScHsmCard::atr() const { return kAtr; }

void ScHsmCard::power_cycle() {
  current_file_.reset();
  verified_ = false;
}

PinSummary ScHsmCard::pins() const {
  const auto user = state_.pins.find(kScHsmUserPin);
  const auto officer = state_.pins.find(kScHsmSecurityOfficerPin);
  if (user == state_.pins.end() || officer == state_.pins.end()) return {};
  return {user->second.tries_left, officer->second.tries_left, verified_};
}

ResponseApdu ScHsmCard::execute(const CommandApdu& command) {
  switch (command.ins) {
    case 0x20:
      return verify(command);
    case 0x24:
      return change_pin(command);
    case 0x2c:
      return reset_pin(command);
    case 0x46:
      return generate_key(command);
    case 0x50:
      return initialise(command);
    case 0x58:
      return enumerate();
    case 0x62:
      return decipher(command);
    case 0x68:
      return sign(command);
    case 0x84: {
      Bytes challenge(command.le > kLongestChallenge ? kLongestChallenge : command.le);
      random_.fill(challenge);
      return challenge;
    }
    case 0xa4:
      return select(command);
    case 0xb1:
      return read_binary(command);
    case 0xd7:
      return update_binary(command);
    case 0xe4:
      return delete_file(command);
    default:
      return sw::kUnknownInstruction;
  }
}

}  // namespace cardea::virtual_card
