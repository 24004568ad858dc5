// SPDX-License-Identifier: Apache-2.0
#include "core/card/pkcs11_error.h"

#include <cstdio>

namespace cardea::card {
namespace {

struct Row {
  CK_RV rv;
  Error error;
};

constexpr Row kTable[] = {
    {CKR_CANCEL, Error::cancelled},
    {CKR_HOST_MEMORY, Error::out_of_memory},
    {CKR_SLOT_ID_INVALID, Error::card_absent},
    {CKR_FUNCTION_CANCELED, Error::cancelled},
    {CKR_ATTRIBUTE_READ_ONLY, Error::card_unsupported},
    {CKR_ATTRIBUTE_TYPE_INVALID, Error::card_unsupported},
    {CKR_ATTRIBUTE_VALUE_INVALID, Error::card_unsupported},
    {CKR_DATA_INVALID, Error::decrypt_failed},
    {CKR_DATA_LEN_RANGE, Error::decrypt_failed},
    {CKR_ENCRYPTED_DATA_INVALID, Error::decrypt_failed},
    {CKR_ENCRYPTED_DATA_LEN_RANGE, Error::decrypt_failed},
    {CKR_DEVICE_MEMORY, Error::card_full},
    {CKR_DEVICE_REMOVED, Error::card_removed},
    {CKR_FUNCTION_NOT_SUPPORTED, Error::card_unsupported},
    {CKR_MECHANISM_INVALID, Error::card_unsupported},
    {CKR_MECHANISM_PARAM_INVALID, Error::card_unsupported},
    {CKR_KEY_TYPE_INCONSISTENT, Error::card_unsupported},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, Error::card_unsupported},
    {CKR_OBJECT_HANDLE_INVALID, Error::not_found},
    {CKR_OPERATION_ACTIVE, Error::card_busy},
    {CKR_PIN_INCORRECT, Error::pin_wrong},
    {CKR_PIN_INVALID, Error::pin_length},
    {CKR_PIN_LEN_RANGE, Error::pin_length},
    {CKR_PIN_LOCKED, Error::pin_locked},
    {CKR_SESSION_CLOSED, Error::card_removed},
    {CKR_SESSION_HANDLE_INVALID, Error::card_removed},
    {CKR_SESSION_COUNT, Error::card_busy},
    {CKR_TEMPLATE_INCONSISTENT, Error::card_unsupported},
    {CKR_TOKEN_NOT_PRESENT, Error::card_absent},
    {CKR_TOKEN_NOT_RECOGNIZED, Error::card_blank},
    {CKR_TOKEN_WRITE_PROTECTED, Error::card_unsupported},
    {CKR_USER_PIN_NOT_INITIALIZED, Error::pin_not_initialized},
};

}  // namespace

Error pkcs11_error(CK_RV rv) noexcept {
  for (const Row& row : kTable) {
    if (row.rv == rv) return row.error;
  }
  return Error::card_fault;
}

Failure pkcs11_failure(CK_RV rv, const char* call) {
  char detail[64];
  (void)std::snprintf(detail, sizeof detail, "%.40s: 0x%lx", call, static_cast<unsigned long>(rv));
  return fail(pkcs11_error(rv), detail);
}

bool may_hide_removal(CK_RV rv) noexcept {
  return rv == CKR_GENERAL_ERROR || rv == CKR_FUNCTION_FAILED || rv == CKR_DEVICE_ERROR ||
         rv == CKR_DEVICE_MEMORY || rv == CKR_USER_NOT_LOGGED_IN;
}

}  // namespace cardea::card
