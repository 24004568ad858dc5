/* SPDX-License-Identifier: Apache-2.0 */
/* A PKCS#11 module for programs under Wine that hands each call to a module of this machine
   ($CARDEA_TEST_PKCS11, a path): the card's whole way through Windows' structures without a Windows module.
   Handles get numbers of their own, because a module may use pointers, which have no room in four bytes.
   Built by winegcc; compiled without _WIN32, so that <p11-kit/pkcs11.h> is this machine's. */
#undef _WIN32
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "windows_cryptoki.h"

enum { kMaxAttributes = 32, kMaxHandles = 4096, kMaxFound = 256, kMaxSlots = 64 };

static CK_FUNCTION_LIST* module;

/* Numbers for the module's handles, 1 and up; never given back: a test ends before they do. */
static CK_ULONG handles[kMaxHandles];
static win_ulong handle_count;
static pthread_mutex_t handles_lock = PTHREAD_MUTEX_INITIALIZER;

static win_ulong number_of(CK_ULONG handle) {
  win_ulong number = 0;
  pthread_mutex_lock(&handles_lock);
  for (win_ulong i = 0; i < handle_count && number == 0; ++i)
    if (handles[i] == handle) number = i + 1;
  if (number == 0 && handle_count < kMaxHandles) {
    handles[handle_count++] = handle;
    number = handle_count;
  }
  pthread_mutex_unlock(&handles_lock);
  return number;
}

static CK_ULONG handle_of(win_ulong number) {
  CK_ULONG handle = CK_INVALID_HANDLE;
  pthread_mutex_lock(&handles_lock);
  if (number >= 1 && number <= handle_count) handle = handles[number - 1];
  pthread_mutex_unlock(&handles_lock);
  return handle;
}

/* Attributes whose value is a CK_ULONG. */
static int is_number(win_ulong type) {
  return type == CKA_CLASS || type == CKA_KEY_TYPE || type == CKA_CERTIFICATE_TYPE ||
         type == CKA_MODULUS_BITS || type == CKA_VALUE_LEN || type == CKA_KEY_GEN_MECHANISM;
}

/* What CK_UNAVAILABLE_INFORMATION is on the other side. */
static win_ulong narrow(CK_ULONG value) { return value > 0xfffffffeUL ? 0xffffffffU : (win_ulong)value; }

struct template {
  CK_ATTRIBUTE attributes[kMaxAttributes];
  CK_ULONG numbers[kMaxAttributes];
};

static CK_RV widen_template(const win_attribute* from, win_ulong count, struct template* to) {
  if (count > kMaxAttributes) return CKR_ARGUMENTS_BAD;
  for (win_ulong i = 0; i < count; ++i) {
    CK_ATTRIBUTE* const out = &to->attributes[i];
    out->type = from[i].type;
    out->pValue = from[i].value;
    out->ulValueLen = from[i].length;
    if (!is_number(from[i].type) || from[i].value == NULL) continue;
    if (from[i].length != sizeof(win_ulong)) return CKR_ATTRIBUTE_VALUE_INVALID;
    win_ulong number;
    memcpy(&number, from[i].value, sizeof number);
    to->numbers[i] = number;
    out->pValue = &to->numbers[i];
    out->ulValueLen = sizeof(CK_ULONG);
  }
  return CKR_OK;
}

static CK_RV WINDOWS_ABI bridge_initialize(const win_initialize_args* from) {
  CK_C_INITIALIZE_ARGS arguments = {0};
  if (from == NULL) return module->C_Initialize(NULL);
  if (from->create_mutex != NULL || from->reserved != NULL) return CKR_ARGUMENTS_BAD;
  arguments.flags = from->flags;
  return module->C_Initialize(&arguments);
}

static CK_RV WINDOWS_ABI bridge_finalize(void* reserved) { return module->C_Finalize(reserved); }

static CK_RV WINDOWS_ABI bridge_get_info(win_info* out) {
  CK_INFO info;
  const CK_RV rv = module->C_GetInfo(&info);
  if (rv != CKR_OK) return rv;
  memset(out, 0, sizeof *out);
  memcpy(&out->cryptoki_version, &info.cryptokiVersion, 2);
  memcpy(out->manufacturer, info.manufacturerID, 32);
  memcpy(out->description, info.libraryDescription, 32);
  memcpy(&out->library_version, &info.libraryVersion, 2);
  out->flags = narrow(info.flags);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_get_slot_list(uint8_t present, win_ulong* out, win_ulong* count) {
  CK_SLOT_ID slots[kMaxSlots];
  CK_ULONG found = kMaxSlots;
  if (out == NULL) {
    const CK_RV rv = module->C_GetSlotList(present, NULL, &found);
    *count = narrow(found);
    return rv;
  }
  const CK_RV rv = module->C_GetSlotList(present, slots, &found);
  if (rv != CKR_OK) return rv;
  if (found > *count) return CKR_BUFFER_TOO_SMALL;
  for (CK_ULONG i = 0; i < found; ++i)
    out[i] = narrow(slots[i]);
  *count = narrow(found);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_get_slot_info(win_ulong slot, win_slot_info* out) {
  CK_SLOT_INFO info;
  const CK_RV rv = module->C_GetSlotInfo(slot, &info);
  if (rv != CKR_OK) return rv;
  memcpy(out->description, info.slotDescription, 64);
  memcpy(out->manufacturer, info.manufacturerID, 32);
  memcpy(&out->hardware, &info.hardwareVersion, 2);
  memcpy(&out->firmware, &info.firmwareVersion, 2);
  out->flags = narrow(info.flags);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_get_token_info(win_ulong slot, win_token_info* out) {
  CK_TOKEN_INFO info;
  const CK_RV rv = module->C_GetTokenInfo(slot, &info);
  if (rv != CKR_OK) return rv;
  memcpy(out->label, info.label, 32);
  memcpy(out->manufacturer, info.manufacturerID, 32);
  memcpy(out->model, info.model, 16);
  memcpy(out->serial, info.serialNumber, 16);
  memcpy(&out->hardware, &info.hardwareVersion, 2);
  memcpy(&out->firmware, &info.firmwareVersion, 2);
  memcpy(out->utc_time, info.utcTime, 16);
  out->flags = narrow(info.flags);
  const CK_ULONG sizes[10] = {info.ulMaxSessionCount,   info.ulSessionCount,     info.ulMaxRwSessionCount,
                              info.ulRwSessionCount,    info.ulMaxPinLen,        info.ulMinPinLen,
                              info.ulTotalPublicMemory, info.ulFreePublicMemory, info.ulTotalPrivateMemory,
                              info.ulFreePrivateMemory};
  for (int i = 0; i < 10; ++i)
    out->sizes[i] = narrow(sizes[i]);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_init_token(win_ulong slot, uint8_t* pin, win_ulong length, uint8_t* label) {
  return module->C_InitToken(slot, pin, length, label);
}

static CK_RV WINDOWS_ABI bridge_init_pin(win_ulong session, uint8_t* pin, win_ulong length) {
  return module->C_InitPIN(handle_of(session), pin, length);
}

static CK_RV WINDOWS_ABI bridge_set_pin(win_ulong session, uint8_t* old_pin, win_ulong old_length,
                                        uint8_t* new_pin, win_ulong new_length) {
  return module->C_SetPIN(handle_of(session), old_pin, old_length, new_pin, new_length);
}

static CK_RV WINDOWS_ABI bridge_open_session(win_ulong slot, win_ulong flags, void* application, void* notify,
                                             win_ulong* out) {
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  if (notify != NULL) return CKR_ARGUMENTS_BAD; /* a function of the other calling convention */
  const CK_RV rv = module->C_OpenSession(slot, flags, application, NULL, &session);
  if (rv == CKR_OK) *out = number_of(session);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_close_session(win_ulong session) {
  return module->C_CloseSession(handle_of(session));
}

static CK_RV WINDOWS_ABI bridge_get_session_info(win_ulong session, win_session_info* out) {
  CK_SESSION_INFO info;
  const CK_RV rv = module->C_GetSessionInfo(handle_of(session), &info);
  if (rv != CKR_OK) return rv;
  out->slot = narrow(info.slotID);
  out->state = narrow(info.state);
  out->flags = narrow(info.flags);
  out->device_error = narrow(info.ulDeviceError);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_login(win_ulong session, win_ulong user, uint8_t* pin, win_ulong length) {
  return module->C_Login(handle_of(session), user, pin, length);
}

static CK_RV WINDOWS_ABI bridge_logout(win_ulong session) { return module->C_Logout(handle_of(session)); }

static CK_RV WINDOWS_ABI bridge_create_object(win_ulong session, win_attribute* from, win_ulong count,
                                              win_ulong* out) {
  struct template template;
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  CK_RV rv = widen_template(from, count, &template);
  if (rv == CKR_OK) rv = module->C_CreateObject(handle_of(session), template.attributes, count, &object);
  if (rv == CKR_OK) *out = number_of(object);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_destroy_object(win_ulong session, win_ulong object) {
  return module->C_DestroyObject(handle_of(session), handle_of(object));
}

static CK_RV WINDOWS_ABI bridge_get_attributes(win_ulong session, win_ulong object, win_attribute* to,
                                               win_ulong count) {
  struct template template;
  if (count > kMaxAttributes) return CKR_ARGUMENTS_BAD;
  for (win_ulong i = 0; i < count; ++i) {
    const int as_number = is_number(to[i].type) && to[i].value != NULL;
    if (as_number && to[i].length < sizeof(win_ulong)) return CKR_BUFFER_TOO_SMALL;
    template.attributes[i].type = to[i].type;
    template.attributes[i].pValue = as_number ? (void*)&template.numbers[i] : to[i].value;
    template.attributes[i].ulValueLen = as_number ? sizeof(CK_ULONG) : to[i].length;
  }
  const CK_RV rv =
      module->C_GetAttributeValue(handle_of(session), handle_of(object), template.attributes, count);
  for (win_ulong i = 0; i < count; ++i) {
    const CK_ULONG length = template.attributes[i].ulValueLen;
    if (!is_number(to[i].type) || length == CK_UNAVAILABLE_INFORMATION) {
      to[i].length = narrow(length);
      continue;
    }
    to[i].length = sizeof(win_ulong);
    if (to[i].value != NULL) {
      const win_ulong number = narrow(template.numbers[i]);
      memcpy(to[i].value, &number, sizeof number);
    }
  }
  return rv;
}

static CK_RV WINDOWS_ABI bridge_find_init(win_ulong session, win_attribute* from, win_ulong count) {
  struct template template;
  const CK_RV rv = widen_template(from, count, &template);
  return rv != CKR_OK ? rv : module->C_FindObjectsInit(handle_of(session), template.attributes, count);
}

static CK_RV WINDOWS_ABI bridge_find(win_ulong session, win_ulong* out, win_ulong room, win_ulong* count) {
  CK_OBJECT_HANDLE objects[kMaxFound];
  CK_ULONG found = 0;
  const CK_RV rv =
      module->C_FindObjects(handle_of(session), objects, room < kMaxFound ? room : kMaxFound, &found);
  if (rv != CKR_OK) return rv;
  for (CK_ULONG i = 0; i < found; ++i)
    out[i] = number_of(objects[i]);
  *count = narrow(found);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_find_final(win_ulong session) {
  return module->C_FindObjectsFinal(handle_of(session));
}

struct mechanism {
  CK_MECHANISM mechanism;
  CK_RSA_PKCS_OAEP_PARAMS oaep;
  CK_ECDH1_DERIVE_PARAMS ecdh;
};

static CK_RV widen_mechanism(const win_mechanism* from, struct mechanism* to) {
  to->mechanism.mechanism = from->mechanism;
  to->mechanism.pParameter = from->parameter;
  to->mechanism.ulParameterLen = from->length;
  if (from->length == 0) return CKR_OK;
  if (from->mechanism == CKM_RSA_PKCS_OAEP && from->length == sizeof(win_oaep)) {
    const win_oaep* const oaep = from->parameter;
    to->oaep = (CK_RSA_PKCS_OAEP_PARAMS){.hashAlg = oaep->hash,
                                         .mgf = oaep->mgf,
                                         .source = oaep->source,
                                         .pSourceData = oaep->source_data,
                                         .ulSourceDataLen = oaep->source_data_length};
    to->mechanism.pParameter = &to->oaep;
    to->mechanism.ulParameterLen = sizeof to->oaep;
    return CKR_OK;
  }
  if (from->mechanism == CKM_ECDH1_DERIVE && from->length == sizeof(win_ecdh)) {
    const win_ecdh* const ecdh = from->parameter;
    to->ecdh = (CK_ECDH1_DERIVE_PARAMS){.kdf = ecdh->kdf,
                                        .ulSharedDataLen = ecdh->shared_length,
                                        .pSharedData = ecdh->shared,
                                        .ulPublicDataLen = ecdh->public_length,
                                        .pPublicData = ecdh->public_data};
    to->mechanism.pParameter = &to->ecdh;
    to->mechanism.ulParameterLen = sizeof to->ecdh;
    return CKR_OK;
  }
  return CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV WINDOWS_ABI bridge_decrypt_init(win_ulong session, const win_mechanism* from, win_ulong key) {
  struct mechanism mechanism;
  const CK_RV rv = widen_mechanism(from, &mechanism);
  return rv != CKR_OK ? rv : module->C_DecryptInit(handle_of(session), &mechanism.mechanism, handle_of(key));
}

static CK_RV WINDOWS_ABI bridge_decrypt(win_ulong session, uint8_t* in, win_ulong length, uint8_t* out,
                                        win_ulong* room) {
  CK_ULONG size = *room;
  const CK_RV rv = module->C_Decrypt(handle_of(session), in, length, out, &size);
  *room = narrow(size);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_sign_init(win_ulong session, const win_mechanism* from, win_ulong key) {
  struct mechanism mechanism;
  const CK_RV rv = widen_mechanism(from, &mechanism);
  return rv != CKR_OK ? rv : module->C_SignInit(handle_of(session), &mechanism.mechanism, handle_of(key));
}

static CK_RV WINDOWS_ABI bridge_sign(win_ulong session, uint8_t* in, win_ulong length, uint8_t* out,
                                     win_ulong* room) {
  CK_ULONG size = *room;
  const CK_RV rv = module->C_Sign(handle_of(session), in, length, out, &size);
  *room = narrow(size);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_generate_pair(win_ulong session, const win_mechanism* from,
                                              win_attribute* public_from, win_ulong public_count,
                                              win_attribute* private_from, win_ulong private_count,
                                              win_ulong* public_out, win_ulong* private_out) {
  struct mechanism mechanism;
  struct template public_part, private_part;
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE, private_key = CK_INVALID_HANDLE;
  CK_RV rv = widen_mechanism(from, &mechanism);
  if (rv == CKR_OK) rv = widen_template(public_from, public_count, &public_part);
  if (rv == CKR_OK) rv = widen_template(private_from, private_count, &private_part);
  if (rv == CKR_OK) {
    rv = module->C_GenerateKeyPair(handle_of(session), &mechanism.mechanism, public_part.attributes,
                                   public_count, private_part.attributes, private_count, &public_key,
                                   &private_key);
  }
  if (rv != CKR_OK) return rv;
  *public_out = number_of(public_key);
  *private_out = number_of(private_key);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_derive(win_ulong session, const win_mechanism* from, win_ulong base,
                                       win_attribute* with, win_ulong count, win_ulong* out) {
  struct mechanism mechanism;
  struct template template;
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  CK_RV rv = widen_mechanism(from, &mechanism);
  if (rv == CKR_OK) rv = widen_template(with, count, &template);
  if (rv == CKR_OK) {
    rv = module->C_DeriveKey(handle_of(session), &mechanism.mechanism, handle_of(base), template.attributes,
                             count, &key);
  }
  if (rv == CKR_OK) *out = number_of(key);
  return rv;
}

static CK_RV WINDOWS_ABI bridge_not_supported(void) { return CKR_FUNCTION_NOT_SUPPORTED; }

static CK_RV WINDOWS_ABI bridge_get_function_list(win_function_list** out);

static win_function_list functions = {{2, 40},
                                      {bridge_initialize,
                                       bridge_finalize,
                                       bridge_get_info,
                                       bridge_get_function_list,
                                       bridge_get_slot_list,
                                       bridge_get_slot_info,
                                       bridge_get_token_info,
                                       [9] = bridge_init_token,
                                       [10] = bridge_init_pin,
                                       [11] = bridge_set_pin,
                                       [12] = bridge_open_session,
                                       [13] = bridge_close_session,
                                       [15] = bridge_get_session_info,
                                       [18] = bridge_login,
                                       [19] = bridge_logout,
                                       [20] = bridge_create_object,
                                       [22] = bridge_destroy_object,
                                       [24] = bridge_get_attributes,
                                       [26] = bridge_find_init,
                                       [27] = bridge_find,
                                       [28] = bridge_find_final,
                                       [33] = bridge_decrypt_init,
                                       [34] = bridge_decrypt,
                                       [42] = bridge_sign_init,
                                       [43] = bridge_sign,
                                       [59] = bridge_generate_pair,
                                       [62] = bridge_derive}};

static CK_RV WINDOWS_ABI bridge_get_function_list(win_function_list** out) {
  *out = &functions;
  return CKR_OK;
}

/* What bridge.spec exports. */
CK_RV WINDOWS_ABI C_GetFunctionList_bridge(win_function_list** out) {
  if (module == NULL) {
    const char* const path = getenv("CARDEA_TEST_PKCS11");
    void* const library = path == NULL ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get_list = NULL;
    if (library != NULL) get_list = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    if (get_list == NULL || get_list(&module) != CKR_OK) return CKR_GENERAL_ERROR;
    for (size_t i = 0; i < sizeof functions.functions / sizeof functions.functions[0]; ++i)
      if (functions.functions[i] == NULL) functions.functions[i] = (void*)bridge_not_supported;
  }
  *out = &functions;
  return CKR_OK;
}
