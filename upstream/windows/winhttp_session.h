// SPDX-License-Identifier: Apache-2.0
// WinHTTP's handles as owners, and a session as every exchange uses it: no proxy, TLS 1.2 or later, no
// certificate error ignored, no request sent again behind our back. Connections are kept by a session and end
// with it. Whether a certificate is revoked is not asked, as on Linux: at login there may be no way to
// whoever would know, and answers that matter are signed.
#pragma once

#include <memory>

#include "core/base/result.h"

namespace cardea::upstream {

// Of a WinHTTP handle (HINTERNET is a pointer to nothing).
struct WinHttpClose {
  void operator()(void* handle) const noexcept;
};
using WinHttpHandle = std::unique_ptr<void, WinHttpClose>;

class WinHttpSession {
 public:
  // Error::internal when Windows refuses one of the settings that trust stands on.
  static Result<std::shared_ptr<WinHttpSession>> open();
  [[nodiscard]] void* get() const noexcept { return handle_.get(); }

 private:
  explicit WinHttpSession(WinHttpHandle handle) : handle_(std::move(handle)) {}
  WinHttpHandle handle_;
};

}  // namespace cardea::upstream
