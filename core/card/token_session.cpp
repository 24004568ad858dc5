// SPDX-License-Identifier: Apache-2.0
#include "core/card/token_session.h"

#include "core/card/pkcs11_error.h"

namespace cardea::card {

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, ByteView value) noexcept {
  return {type, const_cast<std::uint8_t*>(value.data()), static_cast<CK_ULONG>(value.size())};
}

TokenSession::TokenSession(Pkcs11Module& module, CK_SLOT_ID slot, CK_SESSION_HANDLE handle) noexcept
    : module_(&module), slot_(slot), handle_(handle), generation_(module.generation()) {}

TokenSession::TokenSession(TokenSession&& other) noexcept
    : module_(std::exchange(other.module_, nullptr)),
      slot_(other.slot_),
      handle_(other.handle_),
      generation_(other.generation_),
      logged_in_here_(std::exchange(other.logged_in_here_, false)) {}

// What this one had ends with `other`.
TokenSession& TokenSession::operator=(TokenSession&& other) noexcept {
  std::swap(module_, other.module_);
  std::swap(slot_, other.slot_);
  std::swap(handle_, other.handle_);
  std::swap(generation_, other.generation_);
  std::swap(logged_in_here_, other.logged_in_here_);
  return *this;
}

TokenSession::~TokenSession() {
  // After a re-initialisation the number of this session may belong to another one.
  if (module_ == nullptr || generation_ != module_->generation() || !module_->initialised()) return;
  logout();
  (void)functions().C_CloseSession(handle_);
}

Result<TokenSession> TokenSession::open(Pkcs11Module& module, CK_SLOT_ID slot, Access access) {
  CK_FLAGS flags = CKF_SERIAL_SESSION;
  if (access == Access::read_write) flags |= CKF_RW_SESSION;
  CK_SESSION_HANDLE handle = 0;
  const CK_RV rv = module.functions().C_OpenSession(slot, flags, nullptr, nullptr, &handle);
  if (rv != CKR_OK) return pkcs11_failure(rv, "C_OpenSession");
  return TokenSession(module, slot, handle);
}

bool TokenSession::logged_in() const noexcept {
  CK_SESSION_INFO info{};
  if (generation_ != module_->generation() || functions().C_GetSessionInfo(handle_, &info) != CKR_OK)
    return false;
  return info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
}

Status TokenSession::login(ByteView pin) {
  // C_Login takes a pointer to non-const but only reads (PKCS#11 2.40, 5.6).
  auto* const text = const_cast<std::uint8_t*>(pin.data());
  const auto size = static_cast<CK_ULONG>(pin.size());
  CK_RV rv = functions().C_Login(handle_, CKU_USER, text, size);
  if (rv == CKR_USER_ALREADY_LOGGED_IN) {
    (void)functions().C_Logout(handle_);
    rv = functions().C_Login(handle_, CKU_USER, text, size);
  }
  // Still "already logged in" would be a success that no PIN was checked for: refused like any other value.
  if (rv != CKR_OK) return failure(rv, "C_Login");
  logged_in_here_ = true;
  return {};
}

void TokenSession::logout() noexcept {
  if (!std::exchange(logged_in_here_, false)) return;
  (void)functions().C_Logout(handle_);
}

Result<std::vector<CK_OBJECT_HANDLE>> TokenSession::find(const std::vector<CK_ATTRIBUTE>& wanted) const {
  std::vector<CK_ATTRIBUTE> entries = wanted;
  CK_RV rv = functions().C_FindObjectsInit(handle_, entries.data(), static_cast<CK_ULONG>(entries.size()));
  if (rv != CKR_OK) return failure(rv, "C_FindObjectsInit");
  std::vector<CK_OBJECT_HANDLE> found;
  CK_OBJECT_HANDLE batch[32];
  while (found.size() < kMaxFoundObjects) {
    CK_ULONG count = 0;
    rv = functions().C_FindObjects(handle_, batch, std::size(batch), &count);
    if (rv != CKR_OK || count == 0 || count > std::size(batch)) break;
    found.insert(found.end(), batch, batch + count);
  }
  const CK_RV final_rv = functions().C_FindObjectsFinal(handle_);
  if (rv != CKR_OK) return failure(rv, "C_FindObjects");
  if (final_rv != CKR_OK) return failure(final_rv, "C_FindObjectsFinal");
  return found;
}

Result<CK_ULONG> TokenSession::attribute_size(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                                              std::size_t limit) const {
  CK_ATTRIBUTE entry{type, nullptr, 0};
  const CK_RV rv = functions().C_GetAttributeValue(handle_, object, &entry, 1);
  if (rv != CKR_OK) return failure(rv, "C_GetAttributeValue");
  if (entry.ulValueLen == CK_UNAVAILABLE_INFORMATION)
    return fail(Error::card_unsupported, "attribute unavailable");
  if (entry.ulValueLen > limit) return fail(Error::limit_exceeded, "attribute too long");
  return entry.ulValueLen;
}

Status TokenSession::fill_attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, MutableBytes out,
                                    CK_ULONG& used) const {
  CK_ATTRIBUTE entry{type, out.data(), static_cast<CK_ULONG>(out.size())};
  const CK_RV rv = functions().C_GetAttributeValue(handle_, object, &entry, 1);
  if (rv != CKR_OK) return failure(rv, "C_GetAttributeValue");
  if (entry.ulValueLen > out.size()) return fail(Error::card_fault, "attribute grew");
  used = entry.ulValueLen;
  return {};
}

Result<Bytes> TokenSession::read_attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                                           std::size_t limit) const {
  TRY_ASSIGN(CK_ULONG size, attribute_size(object, type, limit));
  Bytes out(size);
  if (size == 0) return out;
  TRY(fill_attribute(object, type, out, size));
  out.resize(size);
  return out;
}

Result<SecretBytes> TokenSession::read_secret_attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                                                        std::size_t limit) const {
  TRY_ASSIGN(CK_ULONG size, attribute_size(object, type, limit));
  SecretBytes out(size);
  if (size == 0) return out;
  TRY(fill_attribute(object, type, out.expose_mutable(), size));
  out.truncate(size);
  return out;
}

bool TokenSession::alive() const noexcept {
  CK_SESSION_INFO session{};
  if (functions().C_GetSessionInfo(handle_, &session) != CKR_OK) return false;
  CK_SLOT_INFO slot{};
  return functions().C_GetSlotInfo(slot_, &slot) == CKR_OK && (slot.flags & CKF_TOKEN_PRESENT) != 0;
}

Failure TokenSession::failure(CK_RV rv, const char* call) const {
  Failure out = pkcs11_failure(rv, call);
  if (may_hide_removal(rv) && !alive()) out.error = Error::card_removed;
  return out;
}

}  // namespace cardea::card
