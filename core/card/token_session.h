// SPDX-License-Identifier: Apache-2.0
// One PKCS#11 session with a token. Its destructor logs out (if it was this session that logged in) and
// closes. Everything a token returns passes through read_attribute or a fixed buffer here: lengths are
// checked before a byte is believed.
#pragma once

#include <vector>

#include "core/base/secret.h"
#include "core/card/pkcs11_module.h"

namespace cardea::card {

// A token with more objects of one class than this is not searched further.
inline constexpr std::size_t kMaxFoundObjects = 256;

class TokenSession {
 public:
  enum class Access : std::uint8_t { read_only, read_write };
  // `module` must outlive the session.
  static Result<TokenSession> open(Pkcs11Module& module, CK_SLOT_ID slot, Access access);
  TokenSession(TokenSession&& other) noexcept;
  TokenSession& operator=(TokenSession&& other) noexcept;
  ~TokenSession();

  [[nodiscard]] Pkcs11Module& module() const noexcept { return *module_; }
  [[nodiscard]] const CK_FUNCTION_LIST& functions() const noexcept { return module_->functions(); }
  [[nodiscard]] CK_SESSION_HANDLE handle() const noexcept { return handle_; }
  [[nodiscard]] CK_SLOT_ID slot() const noexcept { return slot_; }
  // Whether the token says that the user is logged in now.
  [[nodiscard]] bool logged_in() const noexcept;

  // C_Login as user. "Already logged in" says nothing about this PIN, so it is answered by logging out and in
  // again. Callers use pin.h, which guards the last try.
  Status login(ByteView pin);
  void logout() noexcept;

  // Objects that match, at most kMaxFoundObjects, in the token's order.
  Result<std::vector<CK_OBJECT_HANDLE>> find(const std::vector<CK_ATTRIBUTE>& wanted) const;
  // One attribute of at most `limit` bytes; Error::limit_exceeded, Error::card_unsupported when the object
  // has none or does not tell.
  Result<Bytes> read_attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, std::size_t limit) const;
  Result<SecretBytes> read_secret_attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                                            std::size_t limit) const;

  // Turns a failed call into an Error; asks whether the card is still there when the value leaves that open.
  [[nodiscard]] Failure failure(CK_RV rv, const char* call) const;

 private:
  TokenSession(Pkcs11Module& module, CK_SLOT_ID slot, CK_SESSION_HANDLE handle) noexcept;
  Result<CK_ULONG> attribute_size(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, std::size_t limit) const;
  Status fill_attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, MutableBytes out,
                        CK_ULONG& used) const;
  [[nodiscard]] bool alive() const noexcept;

  Pkcs11Module* module_;
  CK_SLOT_ID slot_;
  CK_SESSION_HANDLE handle_;
  std::uint32_t generation_;
  bool logged_in_here_ = false;
};

// Template entries: the value must outlive the entry. PKCS#11 takes non-const pointers and does not write.
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, ByteView value) noexcept;
template <typename T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const T& value) noexcept requires std::is_integral_v<T> {
  return attribute(type, ByteView(reinterpret_cast<const std::uint8_t*>(&value), sizeof value));
}

}  // namespace cardea::card
