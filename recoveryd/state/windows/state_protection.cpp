// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/state_protection.h"

#include <string>

// dpapi.h needs the types of windows.h before it.
// clang-format off
#include <windows.h>
#include <dpapi.h>
// clang-format on

namespace cardea::recoveryd {
namespace {

// What DPAPI gave us, wiped when it is taken over.
class Answer {
 public:
  Answer() = default;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() {
    if (blob_.pbData == nullptr) return;
    wipe(blob_.pbData, blob_.cbData);
    (void)LocalFree(blob_.pbData);
  }
  [[nodiscard]] DATA_BLOB* get() noexcept { return &blob_; }
  [[nodiscard]] SecretBytes bytes() const { return SecretBytes(ByteView(blob_.pbData, blob_.cbData)); }

 private:
  DATA_BLOB blob_{};
};

DATA_BLOB blob_of(MutableBytes bytes) { return {static_cast<DWORD>(bytes.size()), bytes.data()}; }

// Ties a file to this program and to its kind: one is never opened as another.
Bytes entropy_of(StateKind kind) {
  return to_bytes(as_bytes("Cardea state " + std::to_string(static_cast<unsigned>(kind))));
}

}  // namespace

// No CRYPTPROTECT_LOCAL_MACHINE: with it every program on the computer could open what it reads.
Result<SecretBytes> protect_state(StateKind kind, SecretBytes body) {
  Bytes entropy = entropy_of(kind);
  DATA_BLOB in = blob_of(body.expose_mutable()), salt = blob_of(entropy);
  Answer out;
  if (CryptProtectData(&in, nullptr, &salt, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN, out.get()) == 0)
    return fail(Error::io_failed, "can't be sealed: Windows error " + std::to_string(GetLastError()));
  return out.bytes();
}

Result<SecretBytes> unprotect_state(StateKind kind, SecretBytes stored) {
  Bytes entropy = entropy_of(kind);
  DATA_BLOB in = blob_of(stored.expose_mutable()), salt = blob_of(entropy);
  Answer out;
  if (CryptUnprotectData(&in, nullptr, &salt, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN, out.get()) == 0) {
    return fail(Error::corrupted, "was not sealed by this account of this computer: Windows error " +
                                      std::to_string(GetLastError()));
  }
  return out.bytes();
}

}  // namespace cardea::recoveryd
