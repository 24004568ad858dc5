// SPDX-License-Identifier: Apache-2.0
// A PKCS#11 module as it is: loaded by path, every call returns what the module said. For tests that look at
// the module or at the virtual card; product code uses core/card. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include <p11-kit/pkcs11.h>

#include "core/base/bytes.h"

namespace cardea::test_support {

class Pkcs11Library {
 public:
  explicit Pkcs11Library(const std::string& path);  // throws when it can't be loaded or initialised
  Pkcs11Library(const Pkcs11Library&) = delete;
  Pkcs11Library& operator=(const Pkcs11Library&) = delete;
  ~Pkcs11Library();  // finalises; stays loaded, as unloading OpenSC at run time is not safe

  CK_FUNCTION_LIST* operator->() const noexcept { return functions_; }
  void reinitialize();
  // The slot whose description begins with this reader name; throws when there is none.
  [[nodiscard]] CK_SLOT_ID slot_of(const std::string& reader) const;

 private:
  CK_FUNCTION_LIST* functions_ = nullptr;
};

// A read-write session; closed with the object.
class Pkcs11Session {
 public:
  Pkcs11Session(Pkcs11Library& library, CK_SLOT_ID slot);  // throws when it can't be opened
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;
  ~Pkcs11Session();

  [[nodiscard]] CK_SESSION_HANDLE handle() const noexcept { return session_; }
  CK_RV login(const std::string& pin, CK_USER_TYPE user = CKU_USER);
  CK_RV logout();
  CK_RV set_pin(const std::string& old_pin, const std::string& new_pin);
  CK_RV init_pin(const std::string& pin);

  // Make a key pair on the card with CKA_ID `id`.
  CK_RV generate_rsa(std::uint8_t id, CK_ULONG bits = 2048);
  CK_RV generate_p256(std::uint8_t id);
  // 0 when there is none.
  CK_OBJECT_HANDLE find_key(CK_OBJECT_CLASS object_class, std::uint8_t id);
  CK_OBJECT_HANDLE find_data(const std::string& label);
  CK_RV attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, Bytes& out);

  CK_RV sign(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE mechanism, ByteView data, Bytes& signature);
  CK_RV decrypt(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, ByteView cryptogram, Bytes& plain);
  CK_RV derive_raw_point(CK_OBJECT_HANDLE key, ByteView point, Bytes& secret);

  CK_RV create_data(const std::string& label, ByteView value);  // private, application "Cardea"
  CK_RV read_data(const std::string& label, Bytes& value);      // CKR_OBJECT_HANDLE_INVALID when not found
  CK_RV destroy(CK_OBJECT_HANDLE object);

 private:
  std::vector<CK_OBJECT_HANDLE> find(std::vector<CK_ATTRIBUTE> wanted);
  CK_RV generate(CK_MECHANISM_TYPE mechanism, std::uint8_t id, CK_ATTRIBUTE specific);
  Pkcs11Library& library_;
  CK_SESSION_HANDLE session_ = 0;
};

}  // namespace cardea::test_support
