// SPDX-License-Identifier: Apache-2.0
// A PKCS#11 module made of test code, for what SoftHSM can't do: lock, be full, be pulled, lie about lengths.
// One at a time per process, because PKCS#11 functions have no context argument.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/card/cryptoki.h"

namespace cardea::test {

class FakeCryptoki {
 public:
  using Object = std::map<CK_ATTRIBUTE_TYPE, Bytes>;

  FakeCryptoki();
  FakeCryptoki(const FakeCryptoki&) = delete;
  FakeCryptoki& operator=(const FakeCryptoki&) = delete;
  ~FakeCryptoki();

  [[nodiscard]] CK_FUNCTION_LIST* functions() { return &functions_; }
  // The next calls of `function` give these values instead of working; CKR_OK lets one call work.
  void force(const std::string& function, std::deque<CK_RV> values) { forced_[function] = std::move(values); }
  // The card is pulled at the n-th call from now (1 = the next): that call gives 0x5, all later ones 0xB3.
  void remove_at(int call) { calls_to_removal_ = call; }
  void insert();  // a fresh session must be opened
  [[nodiscard]] std::size_t count(const std::string& function) const;
  CK_OBJECT_HANDLE add_data(const std::string& application, const std::string& label, ByteView value);
  [[nodiscard]] std::vector<Bytes> values(const std::string& label) const;

  std::string pin = "123456";
  std::string puk = "12345678";
  int tries = 3;
  CK_FLAGS token_flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | CKF_LOGIN_REQUIRED;
  CK_ULONG min_pin = 4, max_pin = 8;
  bool logged_in = false;
  bool present = true;
  bool unblock_supported = false;
  std::size_t max_objects = 1000;
  CK_RV full_value = CKR_DEVICE_MEMORY;
  std::size_t slot_count = 1;
  std::map<CK_OBJECT_HANDLE, Object> objects;
  std::vector<std::string> calls;
  // Called before C_GetAttributeValue answers an entry; returns true when it has answered itself.
  std::function<bool(CK_OBJECT_HANDLE, CK_ATTRIBUTE&)> on_attribute;

  // For the functions themselves.
  bool enter(const char* function, CK_RV& rv);
  CK_OBJECT_HANDLE next_handle = 1;
  std::vector<CK_OBJECT_HANDLE> search;
  static FakeCryptoki* current;

 private:
  CK_FUNCTION_LIST functions_{};
  std::map<std::string, std::deque<CK_RV>> forced_;
  int calls_to_removal_ = 0;
};

}  // namespace cardea::test
