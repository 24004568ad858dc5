// SPDX-License-Identifier: Apache-2.0
// Initialisation and PINs of the SmartCard-HSM personality.
#include "tests/virtual_card/pin_check.h"
#include "tests/virtual_card/sc_hsm_card.h"
#include "tests/virtual_card/tlv.h"

namespace cardea::virtual_card {
namespace {

constexpr std::size_t kOfficerPinSize = 8;
constexpr std::size_t kShortestPin = 6;
constexpr std::size_t kLongestPin = 15;
constexpr std::uint8_t kOfficerTries = 15;

bool is_pin_length(std::size_t size) { return size >= kShortestPin && size <= kLongestPin; }

}  // namespace

// Wipes the card. Once it has an SO-PIN, only who knows it may do so again.
ResponseApdu ScHsmCard::initialise(const CommandApdu& command) {
  const auto pin = find_tlv(command.data, 0x81);
  const auto officer = find_tlv(command.data, 0x82);
  const auto tries = find_tlv(command.data, 0x91);
  if (!pin || !is_pin_length(pin->size()) || !officer || officer->size() != kOfficerPinSize || !tries ||
      tries->size() != 1 || (*tries)[0] == 0 || (*tries)[0] > 10) {
    return sw::kWrongData;
  }
  if (const auto known = state_.pins.find(kScHsmSecurityOfficerPin); known != state_.pins.end()) {
    const std::uint16_t result = check_secret(pin_of(known->second), *officer);
    if (result != sw::kOk) return result == sw::kBlocked ? result : sw::kConditionsNotSatisfied;
  }
  std::erase_if(state_.files, [](const auto& entry) { return entry.first.file != kDeviceCertificate; });
  state_.pins.clear();
  state_.pins[kScHsmUserPin] = {to_bytes(*pin), (*tries)[0], (*tries)[0], {}, 0, 0};
  state_.pins[kScHsmSecurityOfficerPin] = {to_bytes(*officer), kOfficerTries, kOfficerTries, {}, 0, 0};
  state_.activated = true;
  power_cycle();
  return sw::kOk;
}

ResponseApdu ScHsmCard::verify(const CommandApdu& command) {
  if (command.p2 != kScHsmUserPin && command.p2 != kScHsmSecurityOfficerPin) return sw::kReferenceNotFound;
  const auto at = state_.pins.find(command.p2);
  if (at == state_.pins.end()) return sw::kReferenceDataUnusable;
  const bool user = command.p2 == kScHsmUserPin;
  if (command.data.empty()) {
    if (user && verified_) return sw::kOk;
    return at->second.tries_left == 0 ? sw::kBlocked : sw::tries_left(at->second.tries_left);
  }
  if (!user) return sw::kConditionsNotSatisfied;  // the SO-PIN is only presented together with its effect
  const std::uint16_t result = check_secret(pin_of(at->second), command.data);
  verified_ = result == sw::kOk;
  return result;
}

// Old value and new value without a separator: the card knows the old one's length.
ResponseApdu ScHsmCard::change_pin(const CommandApdu& command) {
  const auto at = state_.pins.find(command.p2);
  if (at == state_.pins.end()) return sw::kReferenceNotFound;
  const std::size_t old_size = at->second.value.size();
  if (command.data.size() <= old_size) return sw::kWrongLength;
  const ByteView old_value = ByteView(command.data).first(old_size);
  const ByteView new_value = ByteView(command.data).subspan(old_size);
  const bool user = command.p2 == kScHsmUserPin;
  if (user ? !is_pin_length(new_value.size()) : new_value.size() != kOfficerPinSize) return sw::kWrongLength;
  const std::uint16_t result = check_secret(pin_of(at->second), old_value);
  if (result == sw::kOk) at->second.value = to_bytes(new_value);
  return result;
}

ResponseApdu ScHsmCard::reset_pin(const CommandApdu& command) {
  if (command.p1p2() != kScHsmUserPin) return sw::kWrongParameters;
  const auto user = state_.pins.find(kScHsmUserPin);
  const auto officer = state_.pins.find(kScHsmSecurityOfficerPin);
  if (user == state_.pins.end() || officer == state_.pins.end()) return sw::kReferenceDataUnusable;
  if (command.data.size() < kOfficerPinSize) return sw::kWrongLength;
  const ByteView new_value = ByteView(command.data).subspan(kOfficerPinSize);
  if (!is_pin_length(new_value.size())) return sw::kWrongLength;
  const std::uint16_t result =
      check_secret(pin_of(officer->second), ByteView(command.data).first(kOfficerPinSize));
  if (result != sw::kOk) return result;
  user->second.value = to_bytes(new_value);
  user->second.tries_left = user->second.tries_maximum;
  return sw::kOk;
}

}  // namespace cardea::virtual_card
