// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/myeid_card.h"

namespace cardea::virtual_card {
namespace {

// T=1, historical bytes "MyEID": what OpenSC's match_card looks for.
constexpr std::array<std::uint8_t, 9> kAtr = {0x3b, 0x85, 0x01, 'M', 'y', 'E', 'I', 'D', 0xf8};

constexpr std::uint8_t kSessionObject = 0x01;  // second byte of tag 85

CardFile make_directory(std::array<std::uint8_t, 3> acl) {
  CardFile file;
  file.type = FileType::directory;
  file.acl = acl;
  return file;
}

}  // namespace

CardState MyEidCard::blank(ByteView serial, std::uint32_t memory_limit) {
  CardState state;
  state.kind = CardKind::myeid;
  state.serial = to_bytes(serial);
  state.memory_limit = memory_limit;
  state.files.emplace(FileId{0, kMasterFile}, make_directory({0x11, 0x3f, 0xff}));
  state.files.emplace(FileId{kMasterFile, kApplicationDirectory}, make_directory({0x11, 0x1f, 0xff}));
  return state;
}

ByteView MyEidCard::atr() const { return kAtr; }

void MyEidCard::power_cycle() {
  // OpenSC keeps the result of a key agreement in a file that it marks to last until the next reset.
  std::erase_if(state_.files,
                [](const auto& entry) { return (entry.second.proprietary[1] & kSessionObject) != 0; });
  current_directory_ = kMasterFile;
  current_file_.reset();
  verified_.clear();
  environment_ = {};
  first_half_.clear();
}

PinSummary MyEidCard::pins() const {
  const auto at = state_.pins.find(kUserPin);
  if (at == state_.pins.end()) return {};
  return {at->second.tries_left, at->second.unblock_left, verified_.contains(kUserPin)};
}

ResponseApdu MyEidCard::execute(const CommandApdu& command) {
  switch (command.ins) {
    case 0x20:
      return verify(command);
    case 0x22:
      return set_security_environment(command);
    case 0x24:
      return change_pin(command);
    case 0x2a:
      return security_operation(command);
    case 0x2c:
      return unblock_pin(command);
    case 0x2e:
      return logout(command);
    case 0x44:
      return activate(command);
    case 0x46:
      return generate_key(command);
    case 0x84: {
      Bytes challenge(command.le > 256 ? 256 : command.le);
      random_.fill(challenge);
      return challenge;
    }
    case 0x86:
      return general_authenticate(command);
    case 0xa4:
      return select(command);
    case 0xb0:
      return read_binary(command);
    case 0xca:
      return get_data(command);
    case 0xd6:
      return update_binary(command);
    case 0xda:
      return put_data(command);
    case 0xe0:
      return create_file(command);
    case 0xe4:
      return delete_file(command);
    default:
      return sw::kUnknownInstruction;
  }
}

bool MyEidCard::permitted(std::uint8_t nibble) const {
  if (!state_.activated || nibble == 0) return true;
  return nibble != 0x0f && verified_.contains(nibble);
}

}  // namespace cardea::virtual_card
