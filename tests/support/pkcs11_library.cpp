// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pkcs11_library.h"

#include <stdexcept>

#include <dlfcn.h>

namespace cardea::test_support {
namespace {

CK_BBOOL g_true = CK_TRUE;

void must(CK_RV result, const char* call) {
  if (result != CKR_OK) throw std::runtime_error(std::string(call) + " returned " + std::to_string(result));
}

// PKCS#11 takes pointers to non-const for what it only reads.
unsigned char* writable(ByteView view) { return const_cast<unsigned char*>(view.data()); }
unsigned char* writable(const std::string& text) { return writable(as_bytes(text)); }

template <typename T>
CK_ATTRIBUTE attribute_of(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof value};
}

CK_ATTRIBUTE text_attribute(CK_ATTRIBUTE_TYPE type, const std::string& text) {
  return {type, writable(text), text.size()};
}

}  // namespace

Pkcs11Library::Pkcs11Library(const std::string& path) {
  // Never closed: OpenSC's libraries leave exit handlers behind.
  void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (module == nullptr) throw std::runtime_error(::dlerror());
  const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
  if (get_list == nullptr) throw std::runtime_error(path + ": not a PKCS#11 module");
  must(get_list(&functions_), "C_GetFunctionList");
  must(functions_->C_Initialize(nullptr), "C_Initialize");
}

Pkcs11Library::~Pkcs11Library() { functions_->C_Finalize(nullptr); }

void Pkcs11Library::reinitialize() {
  functions_->C_Finalize(nullptr);
  must(functions_->C_Initialize(nullptr), "C_Initialize");
}

CK_SLOT_ID Pkcs11Library::slot_of(const std::string& reader) const {
  std::vector<CK_SLOT_ID> slots(64);
  CK_ULONG count = slots.size();
  must(functions_->C_GetSlotList(CK_FALSE, slots.data(), &count), "C_GetSlotList");
  slots.resize(count);
  for (const CK_SLOT_ID slot : slots) {
    CK_SLOT_INFO info{};
    if (functions_->C_GetSlotInfo(slot, &info) != CKR_OK) continue;
    const std::string name(reinterpret_cast<const char*>(info.slotDescription), sizeof info.slotDescription);
    if (name.starts_with(reader)) return slot;
  }
  throw std::runtime_error("no slot of reader " + reader);
}

Pkcs11Session::Pkcs11Session(Pkcs11Library& library, CK_SLOT_ID slot) : library_(library) {
  must(library_->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_),
       "C_OpenSession");
}

Pkcs11Session::~Pkcs11Session() { library_->C_CloseSession(session_); }

CK_RV Pkcs11Session::login(const std::string& pin, CK_USER_TYPE user) {
  return library_->C_Login(session_, user, writable(pin), pin.size());
}

CK_RV Pkcs11Session::logout() { return library_->C_Logout(session_); }

CK_RV Pkcs11Session::set_pin(const std::string& old_pin, const std::string& new_pin) {
  return library_->C_SetPIN(session_, writable(old_pin), old_pin.size(), writable(new_pin), new_pin.size());
}

CK_RV Pkcs11Session::init_pin(const std::string& pin) {
  return library_->C_InitPIN(session_, writable(pin), pin.size());
}

CK_RV Pkcs11Session::generate(CK_MECHANISM_TYPE type, std::uint8_t id, CK_ATTRIBUTE specific) {
  CK_MECHANISM mechanism{type, nullptr, 0};
  const CK_MECHANISM_TYPE derived = CKM_EC_KEY_PAIR_GEN;
  const CK_ATTRIBUTE_TYPE second_use = type == derived ? CKA_DERIVE : CKA_DECRYPT;
  std::vector<CK_ATTRIBUTE> public_part = {attribute_of(CKA_TOKEN, g_true), attribute_of(CKA_ID, id),
                                           specific, attribute_of(CKA_VERIFY, g_true)};
  std::vector<CK_ATTRIBUTE> private_part = {attribute_of(CKA_TOKEN, g_true),
                                            attribute_of(CKA_PRIVATE, g_true), attribute_of(CKA_ID, id),
                                            attribute_of(CKA_SIGN, g_true), attribute_of(second_use, g_true)};
  CK_OBJECT_HANDLE handles[2] = {};
  return library_->C_GenerateKeyPair(session_, &mechanism, public_part.data(), public_part.size(),
                                     private_part.data(), private_part.size(), &handles[0], &handles[1]);
}

CK_RV Pkcs11Session::generate_rsa(std::uint8_t id, CK_ULONG bits) {
  return generate(CKM_RSA_PKCS_KEY_PAIR_GEN, id, attribute_of(CKA_MODULUS_BITS, bits));
}

CK_RV Pkcs11Session::generate_p256(std::uint8_t id) {
  // OBJECT IDENTIFIER prime256v1 (RFC 5480 section 2.1.1.1)
  std::array<std::uint8_t, 10> parameters = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
  return generate(CKM_EC_KEY_PAIR_GEN, id, attribute_of(CKA_EC_PARAMS, parameters));
}

std::vector<CK_OBJECT_HANDLE> Pkcs11Session::find(std::vector<CK_ATTRIBUTE> wanted) {
  std::vector<CK_OBJECT_HANDLE> found(16);
  CK_ULONG count = 0;
  if (library_->C_FindObjectsInit(session_, wanted.data(), wanted.size()) != CKR_OK) return {};
  if (library_->C_FindObjects(session_, found.data(), found.size(), &count) != CKR_OK) count = 0;
  library_->C_FindObjectsFinal(session_);
  found.resize(count);
  return found;
}

CK_OBJECT_HANDLE Pkcs11Session::find_key(CK_OBJECT_CLASS object_class, std::uint8_t id) {
  const auto found = find({attribute_of(CKA_CLASS, object_class), attribute_of(CKA_ID, id)});
  return found.empty() ? 0 : found[0];
}

CK_OBJECT_HANDLE Pkcs11Session::find_data(const std::string& label) {
  CK_OBJECT_CLASS object_class = CKO_DATA;
  const auto found = find({attribute_of(CKA_CLASS, object_class), text_attribute(CKA_LABEL, label)});
  return found.empty() ? 0 : found[0];
}

CK_RV Pkcs11Session::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, Bytes& out) {
  CK_ATTRIBUTE wanted{type, nullptr, 0};
  const CK_RV sized = library_->C_GetAttributeValue(session_, object, &wanted, 1);
  if (sized != CKR_OK) return sized;
  out.resize(wanted.ulValueLen);
  wanted.pValue = out.data();
  return library_->C_GetAttributeValue(session_, object, &wanted, 1);
}

CK_RV Pkcs11Session::sign(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE type, ByteView data, Bytes& signature) {
  CK_MECHANISM mechanism{type, nullptr, 0};
  const CK_RV begun = library_->C_SignInit(session_, &mechanism, key);
  if (begun != CKR_OK) return begun;
  signature.resize(512);
  CK_ULONG size = signature.size();
  const CK_RV result = library_->C_Sign(session_, writable(data), data.size(), signature.data(), &size);
  signature.resize(result == CKR_OK ? size : 0);
  return result;
}

CK_RV Pkcs11Session::decrypt(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, ByteView cryptogram,
                             Bytes& plain) {
  const CK_RV begun = library_->C_DecryptInit(session_, &mechanism, key);
  if (begun != CKR_OK) return begun;
  plain.resize(512);
  CK_ULONG size = plain.size();
  const CK_RV result =
      library_->C_Decrypt(session_, writable(cryptogram), cryptogram.size(), plain.data(), &size);
  plain.resize(result == CKR_OK ? size : 0);
  return result;
}

CK_RV Pkcs11Session::derive_raw_point(CK_OBJECT_HANDLE key, ByteView point, Bytes& secret) {
  CK_ECDH1_DERIVE_PARAMS parameters{CKD_NULL, 0, nullptr, point.size(), writable(point)};
  CK_MECHANISM mechanism{CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
  CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
  CK_KEY_TYPE key_type = CKK_GENERIC_SECRET;
  CK_BBOOL no = CK_FALSE;
  CK_ULONG size = (point.size() - 1) / 2;
  std::vector<CK_ATTRIBUTE> wanted = {
      attribute_of(CKA_TOKEN, no),           attribute_of(CKA_CLASS, object_class),
      attribute_of(CKA_KEY_TYPE, key_type),  attribute_of(CKA_SENSITIVE, no),
      attribute_of(CKA_EXTRACTABLE, g_true), attribute_of(CKA_VALUE_LEN, size)};
  CK_OBJECT_HANDLE derived = 0;
  const CK_RV result =
      library_->C_DeriveKey(session_, &mechanism, key, wanted.data(), wanted.size(), &derived);
  return result == CKR_OK ? attribute(derived, CKA_VALUE, secret) : result;
}

CK_RV Pkcs11Session::create_data(const std::string& label, ByteView value) {
  CK_OBJECT_CLASS object_class = CKO_DATA;
  const std::string application = "Cardea";
  std::vector<CK_ATTRIBUTE> wanted = {attribute_of(CKA_CLASS, object_class),
                                      attribute_of(CKA_TOKEN, g_true),
                                      attribute_of(CKA_PRIVATE, g_true),
                                      text_attribute(CKA_LABEL, label),
                                      text_attribute(CKA_APPLICATION, application),
                                      {CKA_VALUE, writable(value), value.size()}};
  CK_OBJECT_HANDLE object = 0;
  return library_->C_CreateObject(session_, wanted.data(), wanted.size(), &object);
}

CK_RV Pkcs11Session::read_data(const std::string& label, Bytes& value) {
  const CK_OBJECT_HANDLE object = find_data(label);
  return object == 0 ? CKR_OBJECT_HANDLE_INVALID : attribute(object, CKA_VALUE, value);
}

CK_RV Pkcs11Session::destroy(CK_OBJECT_HANDLE object) { return library_->C_DestroyObject(session_, object); }

}  // namespace cardea::test_support
