// SPDX-License-Identifier: Apache-2.0
// PINs, life cycle and applet data of the MyEID personality.
#include <algorithm>

#include "tests/virtual_card/myeid_card.h"
#include "tests/virtual_card/pin_check.h"

namespace cardea::virtual_card {
namespace {

constexpr std::size_t kPinSize = 8;  // padded with FF by the host
constexpr std::uint8_t kHighestPin = 14;
constexpr std::size_t kPinRecordSize = 19;  // PIN, PUK, tries of both, flags

}  // namespace

ResponseApdu MyEidCard::verify(const CommandApdu& command) {
  const auto at = state_.pins.find(command.p2);
  if (at == state_.pins.end()) return sw::kReferenceNotFound;
  if (command.data.empty()) {
    if (verified_.contains(command.p2)) return sw::kOk;
    return at->second.tries_left == 0 ? sw::kBlocked : sw::tries_left(at->second.tries_left);
  }
  if (command.data.size() != kPinSize) return sw::kWrongLength;
  const std::uint16_t result = check_secret(pin_of(at->second), command.data);
  if (result == sw::kOk) {
    verified_.insert(command.p2);
  } else {
    verified_.erase(command.p2);
  }
  return result;
}

ResponseApdu MyEidCard::change_pin(const CommandApdu& command) {
  const auto at = state_.pins.find(command.p2);
  if (at == state_.pins.end()) return sw::kReferenceNotFound;
  if (command.data.size() != 2 * kPinSize) return sw::kWrongLength;
  const ByteView data = command.data;
  const std::uint16_t result = check_secret(pin_of(at->second), data.first(kPinSize));
  if (result == sw::kOk) at->second.value = to_bytes(data.last(kPinSize));
  return result;
}

ResponseApdu MyEidCard::unblock_pin(const CommandApdu& command) {
  const auto at = state_.pins.find(command.p2);
  if (at == state_.pins.end()) return sw::kReferenceNotFound;
  if (command.data.size() != 2 * kPinSize) return sw::kWrongLength;
  const ByteView data = command.data;
  const std::uint16_t result = check_secret(unblock_of(at->second), data.first(kPinSize));
  if (result == sw::kOk) {
    at->second.value = to_bytes(data.last(kPinSize));
    at->second.tries_left = at->second.tries_maximum;
  }
  return result;
}

ResponseApdu MyEidCard::logout(const CommandApdu&) {
  verified_.clear();
  return sw::kOk;
}

ResponseApdu MyEidCard::put_data(const CommandApdu& command) {
  if (command.p1 != 0x01) return sw::kWrongParameters;
  if (command.p2 >= 1 && command.p2 <= kHighestPin) return create_pin(command.p2, command.data);
  if (command.p2 == 0xe0) return initialise_applet(command.data);
  if (command.p2 == 0xa0) return store_secret(command.data);
  return sw::kFunctionNotSupported;
}

ResponseApdu MyEidCard::create_pin(std::uint8_t reference, ByteView data) {
  if (data.size() != kPinRecordSize) return sw::kWrongLength;
  if (state_.activated) return sw::kSecurityNotSatisfied;
  if (state_.pins.contains(reference)) return sw::kConditionsNotSatisfied;
  PinRecord pin;
  pin.value = to_bytes(data.first(kPinSize));
  pin.unblock_value = to_bytes(data.subspan(kPinSize, kPinSize));
  pin.tries_maximum = std::min<std::uint8_t>(data[16], 15);
  pin.unblock_maximum = std::min<std::uint8_t>(data[17], 15);
  pin.tries_left = pin.tries_maximum;
  pin.unblock_left = pin.unblock_maximum;
  state_.pins.emplace(reference, std::move(pin));
  return sw::kOk;
}

// FF FF, rules of the master file, rules of the application directory. Wipes the card; on an activated card
// this needs what the master file's delete rule says.
ResponseApdu MyEidCard::initialise_applet(ByteView data) {
  if (data.size() != 8) return sw::kWrongLength;
  const CardFile* master = directory(kMasterFile);
  if (master == nullptr || !permitted(static_cast<std::uint8_t>(master->acl[1] >> 4)))
    return sw::kSecurityNotSatisfied;
  CardState fresh = blank(state_.serial, state_.memory_limit);
  const ByteView rules = data.subspan(2);
  std::copy_n(rules.begin(), 3, fresh.find({0, kMasterFile})->acl.begin());
  std::copy_n(rules.begin() + 3, 3, fresh.find({kMasterFile, kApplicationDirectory})->acl.begin());
  fresh.change_counter = static_cast<std::uint16_t>(state_.change_counter + 1);
  state_ = std::move(fresh);
  power_cycle();
  return sw::kOk;
}

ResponseApdu MyEidCard::activate(const CommandApdu&) {
  state_.activated = true;
  verified_.clear();
  return sw::kOk;
}

ResponseApdu MyEidCard::get_data(const CommandApdu& command) {
  if (command.p1 != 0x01) return sw::kWrongParameters;
  switch (command.p2) {
    case 0xa0: {  // applet information: version 4.5.0, serial number, change counter
      Bytes info = {0x00, 0x00, 0x00, 0x00, 0x00, 4, 5, 0};
      info.insert(info.end(), state_.serial.begin(), state_.serial.end());
      info.push_back(static_cast<std::uint8_t>(state_.change_counter >> 8));
      info.push_back(static_cast<std::uint8_t>(state_.change_counter & 0xff));
      return info;
    }
    case 0xaa:  // capabilities: RSA to 2048 bits and EC to 384, no symmetric keys
      return Bytes{0x01, 0x00, 0x09, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x80};
    case 0xa1:
      return list_files();
    case 0x01:
    case 0x86:
      return public_part(command.p2);
    default:
      return sw::kReferenceNotFound;
  }
}

ResponseApdu MyEidCard::list_files() {
  Bytes out;
  for (const auto& [key, file] : state_.files) {
    if (key.directory != current_directory_) continue;
    out.push_back(static_cast<std::uint8_t>(key.file >> 8));
    out.push_back(static_cast<std::uint8_t>(key.file & 0xff));
  }
  return out;
}

}  // namespace cardea::virtual_card
