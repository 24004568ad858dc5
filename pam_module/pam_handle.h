// SPDX-License-Identifier: Apache-2.0
// The few things the module does with a pam_handle_t, in one place: read items, speak with the person through
// the program's conversation, log, leave environment. LoginDialog and PamTerminal use it; nothing else
// touches libpam.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <security/pam_modules.h>

#include "core/client/secret_buffer.h"

namespace cardea::pam {

class PamHandle {
 public:
  explicit PamHandle(pam_handle_t* handle) noexcept : handle_(handle) {}

  // An item such as PAM_TTY; empty when it is not set. Valid until somebody sets the item again.
  [[nodiscard]] std::string_view item(int type) const noexcept;
  // Asks for the user name when the program has not got one; a PAM result.
  [[nodiscard]] int ask_for_user() noexcept;
  [[nodiscard]] bool set_user(const char* user) noexcept;
  // In place of what an earlier module may have left there.
  [[nodiscard]] bool set_authtok(const char* secret) noexcept;
  // A variable that another module has set for the session, or null; it stays libpam's.
  [[nodiscard]] const char* environment(const char* name) const noexcept { return pam_getenv(handle_, name); }
  // False when there was no memory. `name` and `value` hold neither NUL nor '=' in the name.
  [[nodiscard]] bool put_environment(std::string_view name, std::string_view value) noexcept;

  // One message of PAM_PROMPT_ECHO_ON or _OFF; the answer is moved from the program's copy, which is wiped.
  // False when the program has no conversation, refuses, or answers with nothing at all.
  [[nodiscard]] bool prompt(int style, const char* text, client::SecretBuffer& answer) noexcept;
  // One message of PAM_TEXT_INFO or PAM_ERROR_MSG; nobody depends on its being seen.
  void show(int style, const char* text) noexcept;

  __attribute__((format(printf, 3, 4))) void log(int priority, const char* format, ...) noexcept;

  // Has the person type a new password twice, unless another module has done it: PAM_AUTHTOK for the modules
  // behind this one. A PAM result.
  [[nodiscard]] int ask_for_new_password() noexcept;

  // What an earlier call on this handle returned: authenticate for setcred, the preliminary check for the
  // change itself. False when there was none.
  enum class Step : std::uint8_t { authenticate, preliminary };
  void remember(Step step, int result) noexcept;
  [[nodiscard]] bool remembered(Step step, int& result) const noexcept;

 private:
  pam_handle_t* handle_;
};

}  // namespace cardea::pam
