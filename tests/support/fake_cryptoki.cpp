// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_cryptoki.h"

#include <algorithm>
#include <cstring>

namespace cardea::test {

FakeCryptoki* FakeCryptoki::current = nullptr;

namespace {

FakeCryptoki& fake() { return *FakeCryptoki::current; }

#define FAKE_ENTER(name)                                  \
  do {                                                    \
    CK_RV forced_rv = CKR_OK;                             \
    if (!fake().enter(name, forced_rv)) return forced_rv; \
  } while (false)

std::string text(const CK_UTF8CHAR* value, CK_ULONG size) {
  return {reinterpret_cast<const char*>(value), size};
}

CK_RV initialize(void*) {
  FAKE_ENTER("C_Initialize");
  return CKR_OK;
}

CK_RV finalize(void*) {
  FAKE_ENTER("C_Finalize");
  fake().logged_in = false;
  return CKR_OK;
}

CK_RV get_slot_list(CK_BBOOL, CK_SLOT_ID* list, CK_ULONG* count) {
  FAKE_ENTER("C_GetSlotList");
  if (list != nullptr) {
    for (CK_ULONG i = 0; i < std::min<CK_ULONG>(*count, fake().slot_count); ++i)
      list[i] = i;
  }
  *count = fake().slot_count;
  return CKR_OK;
}

CK_RV get_slot_info(CK_SLOT_ID, CK_SLOT_INFO* info) {
  FAKE_ENTER("C_GetSlotInfo");
  std::memset(info, ' ', sizeof *info);
  std::memcpy(info->slotDescription, "Fake reader", 11);
  info->flags = CKF_REMOVABLE_DEVICE | (fake().present ? CKF_TOKEN_PRESENT : 0UL);
  return CKR_OK;
}

CK_RV get_token_info(CK_SLOT_ID, CK_TOKEN_INFO* info) {
  FAKE_ENTER("C_GetTokenInfo");
  if (!fake().present) return CKR_TOKEN_NOT_PRESENT;
  std::memset(info, ' ', sizeof *info);
  std::memcpy(info->label, "Fake card", 9);
  info->flags = fake().token_flags;
  if (fake().tries == 1) info->flags |= CKF_USER_PIN_FINAL_TRY;
  if (fake().tries == 0) info->flags |= CKF_USER_PIN_LOCKED;
  info->ulMinPinLen = fake().min_pin;
  info->ulMaxPinLen = fake().max_pin;
  return CKR_OK;
}

CK_RV open_session(CK_SLOT_ID, CK_FLAGS, void*, CK_NOTIFY, CK_SESSION_HANDLE* session) {
  FAKE_ENTER("C_OpenSession");
  *session = 77;
  return CKR_OK;
}

CK_RV close_session(CK_SESSION_HANDLE) {
  FAKE_ENTER("C_CloseSession");
  return CKR_OK;
}

CK_RV get_session_info(CK_SESSION_HANDLE, CK_SESSION_INFO* info) {
  FAKE_ENTER("C_GetSessionInfo");
  *info = {};
  info->state = fake().logged_in ? CKS_RW_USER_FUNCTIONS : CKS_RW_PUBLIC_SESSION;
  return CKR_OK;
}

CK_RV check_pin(const std::string& given) {
  if (fake().tries == 0) return CKR_PIN_LOCKED;
  if (given == fake().pin) {
    fake().tries = 3;
    return CKR_OK;
  }
  --fake().tries;
  return fake().tries == 0 ? CKR_PIN_LOCKED : CKR_PIN_INCORRECT;
}

CK_RV login(CK_SESSION_HANDLE, CK_USER_TYPE, CK_UTF8CHAR* pin, CK_ULONG size) {
  FAKE_ENTER("C_Login");
  if (fake().logged_in) return CKR_USER_ALREADY_LOGGED_IN;
  const CK_RV rv = check_pin(text(pin, size));
  fake().logged_in = rv == CKR_OK;
  return rv;
}

CK_RV logout(CK_SESSION_HANDLE) {
  FAKE_ENTER("C_Logout");
  fake().logged_in = false;
  return CKR_OK;
}

CK_RV set_pin(CK_SESSION_HANDLE, CK_UTF8CHAR* old_pin, CK_ULONG old_size, CK_UTF8CHAR* new_pin,
              CK_ULONG new_size) {
  FAKE_ENTER("C_SetPIN");
  if (!fake().logged_in) {
    if (!fake().unblock_supported) return CKR_PIN_LOCKED;
    if (text(old_pin, old_size) != fake().puk) return CKR_PIN_INCORRECT;
  } else if (const CK_RV rv = check_pin(text(old_pin, old_size)); rv != CKR_OK) {
    return rv;
  }
  fake().pin = text(new_pin, new_size);
  fake().tries = 3;
  return CKR_OK;
}

CK_RV create_object(CK_SESSION_HANDLE, CK_ATTRIBUTE* parts, CK_ULONG count, CK_OBJECT_HANDLE* object) {
  FAKE_ENTER("C_CreateObject");
  if (fake().objects.size() >= fake().max_objects) return fake().full_value;
  FakeCryptoki::Object made;
  for (CK_ULONG i = 0; i < count; ++i) {
    const auto* const bytes = static_cast<const std::uint8_t*>(parts[i].pValue);
    made[parts[i].type] = Bytes(bytes, bytes + parts[i].ulValueLen);
  }
  *object = fake().next_handle++;
  fake().objects[*object] = made;
  return CKR_OK;
}

CK_RV destroy_object(CK_SESSION_HANDLE, CK_OBJECT_HANDLE object) {
  FAKE_ENTER("C_DestroyObject");
  return fake().objects.erase(object) == 1 ? CKR_OK : CKR_OBJECT_HANDLE_INVALID;
}

CK_RV get_attribute_value(CK_SESSION_HANDLE, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* entries, CK_ULONG count) {
  FAKE_ENTER("C_GetAttributeValue");
  if (count != 1) return CKR_ARGUMENTS_BAD;
  if (fake().on_attribute && fake().on_attribute(object, *entries)) return CKR_OK;
  const auto found = fake().objects.find(object);
  if (found == fake().objects.end()) return CKR_OBJECT_HANDLE_INVALID;
  const auto value = found->second.find(entries->type);
  if (value == found->second.end()) {
    entries->ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return CKR_ATTRIBUTE_TYPE_INVALID;
  }
  if (entries->pValue != nullptr) {
    if (entries->ulValueLen < value->second.size()) return CKR_BUFFER_TOO_SMALL;
    std::copy(value->second.begin(), value->second.end(), static_cast<std::uint8_t*>(entries->pValue));
  }
  entries->ulValueLen = value->second.size();
  return CKR_OK;
}

CK_RV find_objects_init(CK_SESSION_HANDLE, CK_ATTRIBUTE* parts, CK_ULONG count) {
  FAKE_ENTER("C_FindObjectsInit");
  fake().search.clear();
  for (const auto& [handle, object] : fake().objects) {
    bool matches = true;
    for (CK_ULONG i = 0; i < count && matches; ++i) {
      const auto* const bytes = static_cast<const std::uint8_t*>(parts[i].pValue);
      const auto value = object.find(parts[i].type);
      matches = value != object.end() && value->second == Bytes(bytes, bytes + parts[i].ulValueLen);
    }
    if (matches) fake().search.push_back(handle);
  }
  return CKR_OK;
}

CK_RV find_objects(CK_SESSION_HANDLE, CK_OBJECT_HANDLE* found, CK_ULONG room, CK_ULONG* count) {
  FAKE_ENTER("C_FindObjects");
  *count = std::min<CK_ULONG>(room, fake().search.size());
  std::copy_n(fake().search.begin(), *count, found);
  fake().search.erase(fake().search.begin(), fake().search.begin() + static_cast<std::ptrdiff_t>(*count));
  return CKR_OK;
}

CK_RV find_objects_final(CK_SESSION_HANDLE) {
  FAKE_ENTER("C_FindObjectsFinal");
  return CKR_OK;
}

CK_RV sign_init(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE) {
  FAKE_ENTER("C_SignInit");
  return CKR_OK;
}

// Claims a signature longer than any buffer: what C_Sign gives is a length from a stranger.
CK_RV sign(CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE*, CK_ULONG* size) {
  FAKE_ENTER("C_Sign");
  *size = 1UL << 20;
  return CKR_OK;
}

CK_RV decrypt_init(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE) {
  FAKE_ENTER("C_DecryptInit");
  return CKR_OK;
}

CK_RV decrypt(CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE*, CK_ULONG* size) {
  FAKE_ENTER("C_Decrypt");
  *size = 1UL << 20;
  return CKR_OK;
}

CK_RV derive_key(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE, CK_ATTRIBUTE*, CK_ULONG,
                 CK_OBJECT_HANDLE* object) {
  FAKE_ENTER("C_DeriveKey");
  *object = fake().next_handle++;
  fake().objects[*object] = {{CKA_VALUE, Bytes(31, 7)}};
  return CKR_OK;
}

CK_RV generate_key_pair(CK_SESSION_HANDLE, CK_MECHANISM*, CK_ATTRIBUTE* parts, CK_ULONG count, CK_ATTRIBUTE*,
                        CK_ULONG, CK_OBJECT_HANDLE* public_key, CK_OBJECT_HANDLE* private_key) {
  FAKE_ENTER("C_GenerateKeyPair");
  const CK_RV rv = create_object(0, parts, count, public_key);
  *private_key = fake().next_handle++;
  return rv;
}

}  // namespace

FakeCryptoki::FakeCryptoki() {
  current = this;
  functions_.version = {2, 40};
  functions_.C_Initialize = initialize;
  functions_.C_Finalize = finalize;
  functions_.C_GetSlotList = get_slot_list;
  functions_.C_GetSlotInfo = get_slot_info;
  functions_.C_GetTokenInfo = get_token_info;
  functions_.C_OpenSession = open_session;
  functions_.C_CloseSession = close_session;
  functions_.C_GetSessionInfo = get_session_info;
  functions_.C_Login = login;
  functions_.C_Logout = logout;
  functions_.C_SetPIN = set_pin;
  functions_.C_CreateObject = create_object;
  functions_.C_DestroyObject = destroy_object;
  functions_.C_GetAttributeValue = get_attribute_value;
  functions_.C_FindObjectsInit = find_objects_init;
  functions_.C_FindObjects = find_objects;
  functions_.C_FindObjectsFinal = find_objects_final;
  functions_.C_SignInit = sign_init;
  functions_.C_Sign = sign;
  functions_.C_DecryptInit = decrypt_init;
  functions_.C_Decrypt = decrypt;
  functions_.C_DeriveKey = derive_key;
  functions_.C_GenerateKeyPair = generate_key_pair;
}

FakeCryptoki::~FakeCryptoki() { current = nullptr; }

bool FakeCryptoki::enter(const char* function, CK_RV& rv) {
  calls.emplace_back(function);
  if (calls_to_removal_ > 0 && --calls_to_removal_ == 0) {
    present = false;
    logged_in = false;
    rv = CKR_GENERAL_ERROR;
    return false;
  }
  const std::string name(function);
  if (!present && name != "C_GetSlotInfo" && name != "C_GetTokenInfo" && name != "C_Finalize") {
    rv = CKR_SESSION_HANDLE_INVALID;
    return false;
  }
  auto& queue = forced_[name];
  if (queue.empty()) return true;
  rv = queue.front();
  queue.pop_front();
  return rv == CKR_OK;
}

void FakeCryptoki::insert() {
  present = true;
  calls_to_removal_ = 0;
}

std::size_t FakeCryptoki::count(const std::string& function) const {
  return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), function));
}

CK_OBJECT_HANDLE FakeCryptoki::add_data(const std::string& application, const std::string& label,
                                        ByteView value) {
  const CK_ULONG data_class = CKO_DATA;
  const auto* const class_bytes = reinterpret_cast<const std::uint8_t*>(&data_class);
  objects[next_handle] = {{CKA_CLASS, Bytes(class_bytes, class_bytes + sizeof data_class)},
                          {CKA_APPLICATION, to_bytes(as_bytes(application))},
                          {CKA_LABEL, to_bytes(as_bytes(label))},
                          {CKA_VALUE, to_bytes(value)}};
  return next_handle++;
}

std::vector<Bytes> FakeCryptoki::values(const std::string& label) const {
  std::vector<Bytes> out;
  for (const auto& [handle, object] : objects) {
    const auto found = object.find(CKA_LABEL);
    if (found != object.end() && found->second == to_bytes(as_bytes(label)))
      out.push_back(object.at(CKA_VALUE));
  }
  return out;
}

}  // namespace cardea::test
