// SPDX-License-Identifier: Apache-2.0
#include "pam_module/pam_handle.h"

#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <security/pam_ext.h>

namespace cardea::pam {
namespace {

const char* name_of(PamHandle::Step step) noexcept {
  return step == PamHandle::Step::authenticate ? "cardea_authenticate_result" : "cardea_preliminary_result";
}

// One message to the program; `response` is null or must be released with free().
int converse(pam_handle_t* handle, int style, const char* text, pam_response*& response) noexcept {
  const void* item = nullptr;
  response = nullptr;
  if (pam_get_item(handle, PAM_CONV, &item) != PAM_SUCCESS || item == nullptr) return PAM_CONV_ERR;
  const auto* conversation = static_cast<const pam_conv*>(item);
  if (conversation->conv == nullptr) return PAM_CONV_ERR;
  const pam_message message{style, text};
  const pam_message* messages = &message;
  const int result = conversation->conv(1, &messages, &response, conversation->appdata_ptr);
  if (result != PAM_SUCCESS) response = nullptr;  // the program's own affair then (pam_conv(3))
  return result;
}

void release(pam_response* response) noexcept {
  if (response == nullptr) return;
  if (response->resp != nullptr) wipe(response->resp, std::strlen(response->resp));
  std::free(response->resp);
  std::free(response);
}

}  // namespace

std::string_view PamHandle::item(int type) const noexcept {
  const void* value = nullptr;
  if (pam_get_item(handle_, type, &value) != PAM_SUCCESS || value == nullptr) return {};
  return static_cast<const char*>(value);
}

int PamHandle::ask_for_user() noexcept {
  const char* user = nullptr;
  return pam_get_user(handle_, &user, nullptr);
}

bool PamHandle::set_user(const char* user) noexcept {
  return pam_set_item(handle_, PAM_USER, user) == PAM_SUCCESS;
}

bool PamHandle::set_authtok(const char* secret) noexcept {
  return pam_set_item(handle_, PAM_AUTHTOK, secret) == PAM_SUCCESS;  // keeps a copy
}

int PamHandle::ask_for_new_password() noexcept {
  const char* password = nullptr;
  return pam_get_authtok(handle_, PAM_AUTHTOK, &password, nullptr);
}

bool PamHandle::put_environment(std::string_view name, std::string_view value) noexcept {
  char* setting = static_cast<char*>(std::malloc(name.size() + value.size() + 2));
  if (setting == nullptr) return false;
  std::memcpy(setting, name.data(), name.size());
  setting[name.size()] = '=';
  if (!value.empty()) std::memcpy(setting + name.size() + 1, value.data(), value.size());
  setting[name.size() + 1 + value.size()] = '\0';
  const bool done = pam_putenv(handle_, setting) == PAM_SUCCESS;  // keeps a copy
  std::free(setting);
  return done;
}

bool PamHandle::prompt(int style, const char* text, client::SecretBuffer& answer) noexcept {
  pam_response* response = nullptr;
  if (converse(handle_, style, text, response) != PAM_SUCCESS) return false;
  const bool answered = response != nullptr && response->resp != nullptr;
  if (answered) answer.assign(response->resp);
  release(response);
  return answered;
}

void PamHandle::show(int style, const char* text) noexcept {
  pam_response* response = nullptr;
  (void)converse(handle_, style, text, response);
  release(response);
}

void PamHandle::log(int priority, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  pam_vsyslog(handle_, priority, format, arguments);
  va_end(arguments);
}

// The number itself is kept instead of a pointer to it: nothing to allocate, nothing to release. One is
// added, because PAM_SUCCESS would be a null pointer, which is also what “nothing there” looks like.
void PamHandle::remember(Step step, int result) noexcept {
  const auto number = static_cast<std::uintptr_t>(result) + 1;
  (void)pam_set_data(handle_, name_of(step), reinterpret_cast<void*>(number), nullptr);
}

bool PamHandle::remembered(Step step, int& result) const noexcept {
  const void* data = nullptr;
  if (pam_get_data(handle_, name_of(step), &data) != PAM_SUCCESS || data == nullptr) return false;
  result = static_cast<int>(reinterpret_cast<std::uintptr_t>(data) - 1);
  return true;
}

}  // namespace cardea::pam
