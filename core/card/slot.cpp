// SPDX-License-Identifier: Apache-2.0
#include "core/card/slot.h"

#include "core/base/text.h"
#include "core/card/pkcs11_error.h"

namespace cardea::card {
namespace {

// 255 bytes is more than any card takes; a larger or impossible limit is no limit.
std::uint8_t pin_limit(CK_ULONG value) {
  return value <= 255 ? static_cast<std::uint8_t>(value) : std::uint8_t{0};
}

}  // namespace

std::string padded_text(ByteView field) {
  std::string text(as_text(field));
  text = text.substr(0, text.find('\0'));  // some modules pad with zeros
  text = std::string(trim(text));
  if (is_printable_text(text)) return text;
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return text;
}

PinReport TokenInfo::pin() const noexcept {
  if ((flags & CKF_USER_PIN_INITIALIZED) == 0) return {PinState::not_initialised, {}};
  if ((flags & CKF_USER_PIN_LOCKED) != 0) return {PinState::locked, std::uint8_t{0}};
  if ((flags & CKF_USER_PIN_FINAL_TRY) != 0) return {PinState::last_try, std::uint8_t{1}};
  if ((flags & CKF_USER_PIN_COUNT_LOW) != 0) return {PinState::low, {}};
  return {PinState::ok, {}};
}

Result<SlotInfo> read_slot_info(const Pkcs11Module& module, CK_SLOT_ID slot) {
  CK_SLOT_INFO raw{};
  const CK_RV rv = module.functions().C_GetSlotInfo(slot, &raw);
  if (rv != CKR_OK) return pkcs11_failure(rv, "C_GetSlotInfo");
  SlotInfo info;
  info.description = padded_text({raw.slotDescription, sizeof raw.slotDescription});
  info.token_present = (raw.flags & CKF_TOKEN_PRESENT) != 0;
  return info;
}

Result<TokenInfo> read_token_info(const Pkcs11Module& module, CK_SLOT_ID slot) {
  CK_TOKEN_INFO raw{};
  const CK_RV rv = module.functions().C_GetTokenInfo(slot, &raw);
  if (rv != CKR_OK) return pkcs11_failure(rv, "C_GetTokenInfo");
  TokenInfo info;
  info.label = padded_text({raw.label, sizeof raw.label});
  info.manufacturer = padded_text({raw.manufacturerID, sizeof raw.manufacturerID});
  info.model = padded_text({raw.model, sizeof raw.model});
  info.serial = padded_text({raw.serialNumber, sizeof raw.serialNumber});
  info.flags = raw.flags;
  info.min_pin = pin_limit(raw.ulMinPinLen);
  info.max_pin = pin_limit(raw.ulMaxPinLen);
  if (info.max_pin != 0 && info.min_pin > info.max_pin) info.min_pin = info.max_pin = 0;
  return info;
}

}  // namespace cardea::card
