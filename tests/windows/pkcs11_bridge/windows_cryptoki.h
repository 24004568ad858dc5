/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#11 2.40 as Windows lays it out: CK_ULONG has four bytes, structures have no padding, and functions are
   called as the system's are. Only what core/card uses. */
#pragma once

#include <stdint.h>

#define WINDOWS_ABI __attribute__((ms_abi))

typedef uint32_t win_ulong;

#pragma pack(push, 1)
typedef struct {
  uint8_t major, minor;
} win_version;
typedef struct {
  win_version cryptoki_version;
  uint8_t manufacturer[32];
  win_ulong flags;
  uint8_t description[32];
  win_version library_version;
} win_info;
typedef struct {
  uint8_t description[64], manufacturer[32];
  win_ulong flags;
  win_version hardware, firmware;
} win_slot_info;
typedef struct {
  uint8_t label[32], manufacturer[32], model[16], serial[16];
  win_ulong flags, sizes[10];
  win_version hardware, firmware;
  uint8_t utc_time[16];
} win_token_info;
typedef struct {
  win_ulong slot, state, flags, device_error;
} win_session_info;
typedef struct {
  win_ulong type;
  void* value;
  win_ulong length;
} win_attribute;
typedef struct {
  win_ulong mechanism;
  void* parameter;
  win_ulong length;
} win_mechanism;
typedef struct {
  win_ulong hash, mgf, source;
  void* source_data;
  win_ulong source_data_length;
} win_oaep;
typedef struct {
  win_ulong kdf, shared_length;
  void* shared;
  win_ulong public_length;
  void* public_data;
} win_ecdh;
typedef struct {
  void *create_mutex, *destroy_mutex, *lock_mutex, *unlock_mutex;
  win_ulong flags;
  void* reserved;
} win_initialize_args;
typedef struct {
  win_version version;
  void* functions[68]; /* in the order of PKCS#11 2.40, C_Initialize to C_WaitForSlotEvent */
} win_function_list;
#pragma pack(pop)

_Static_assert(sizeof(win_attribute) == 16, "CK_ATTRIBUTE");
_Static_assert(sizeof(win_mechanism) == 16, "CK_MECHANISM");
_Static_assert(sizeof(win_token_info) == 160, "CK_TOKEN_INFO");
