// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/pam_module/pam_login.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "build_paths.h"

namespace {
std::mutex g_syslog_mutex;
std::vector<std::string> g_syslog;
}  // namespace

// libpam calls this; the program's own definition comes before that of libc.
extern "C" __attribute__((visibility("default"), format(printf, 3, 4))) void __syslog_chk(int, int,
                                                                                          const char* format,
                                                                                          ...) {
  char line[2048];
  va_list arguments;
  va_start(arguments, format);
  (void)std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  const std::lock_guard lock(g_syslog_mutex);
  g_syslog.emplace_back(line);
}

namespace cardea::test {
namespace {

constexpr const char* kModule = CARDEA_BINARY_DIR "/pam_module/pam_cardea.so";

std::string all_doors(const std::string& arguments) {
  std::string content;
  for (const char* door : {"auth", "account", "password", "session"}) {
    content += std::string(door) + " required MODULE " + arguments + "\n";
  }
  return content;
}

std::string with_module_path(std::string content) {
  const std::string name = "MODULE";
  for (std::size_t at = content.find(name); at != std::string::npos; at = content.find(name)) {
    content.replace(at, name.size(), kModule);
  }
  return content;
}

}  // namespace

std::vector<std::string> take_syslog() {
  const std::lock_guard lock(g_syslog_mutex);
  return std::exchange(g_syslog, {});
}

PamLogin::PamLogin(const std::string& arguments, const char* user, std::vector<Typed> typed)
    : PamLogin(Service{all_doors(arguments)}, user, std::move(typed)) {}

PamLogin PamLogin::with_service(const std::string& content, const char* user, std::vector<Typed> typed) {
  return PamLogin(Service{content}, user, std::move(typed));
}

PamLogin::PamLogin(const Service& service, const char* user, std::vector<Typed> typed)
    : typed_(std::move(typed)) {
  std::ofstream(directory_.file("test-service")) << with_module_path(service.content);
  std::ofstream(directory_.file("other")) << "auth required pam_deny.so\n";  // libpam logs when there is none
  conversation_ = {&PamLogin::converse, this};
  if (pam_start_confdir("test-service", user, &conversation_, directory_.path().c_str(), &handle_) !=
      PAM_SUCCESS) {
    throw std::runtime_error("pam_start_confdir failed");
  }
}

PamLogin::~PamLogin() { (void)pam_end(handle_, PAM_SUCCESS); }

void PamLogin::set(int item, const char* value) { (void)pam_set_item(handle_, item, value); }

std::string PamLogin::item(int item) const {
  const void* value = nullptr;
  if (pam_get_item(handle_, item, &value) != PAM_SUCCESS || value == nullptr) return {};
  return static_cast<const char*>(value);
}

std::string PamLogin::environment(const char* name) const {
  const char* value = pam_getenv(handle_, name);
  return value == nullptr ? "" : value;
}

void PamLogin::type(std::vector<Typed> typed) {
  typed_ = std::move(typed);
  next_ = 0;
}

std::vector<std::string> PamLogin::prompts() const {
  std::vector<std::string> out;
  for (const Shown& shown : shown_) {
    if (shown.style == PAM_PROMPT_ECHO_OFF || shown.style == PAM_PROMPT_ECHO_ON) out.push_back(shown.text);
  }
  return out;
}

int PamLogin::converse(int count, const pam_message** messages, pam_response** responses, void* self) {
  if (count != 1) return PAM_CONV_ERR;
  return static_cast<PamLogin*>(self)->one(*messages[0], responses);
}

int PamLogin::one(const pam_message& message, pam_response** responses) {
  shown_.push_back({message.msg_style, message.msg});
  if (message.msg_style == PAM_TEXT_INFO || message.msg_style == PAM_ERROR_MSG) {
    *responses = static_cast<pam_response*>(std::calloc(1, sizeof(pam_response)));
    return PAM_SUCCESS;
  }
  if (next_ >= typed_.size()) return PAM_CONV_ERR;  // nobody is there
  const Typed& typed = typed_[next_++];
  if (typed.meanwhile) typed.meanwhile();
  if (typed.how == Typed::How::refuse) return PAM_CONV_ERR;
  *responses = nullptr;
  if (typed.how == Typed::How::no_response) return PAM_SUCCESS;
  *responses = static_cast<pam_response*>(std::calloc(1, sizeof(pam_response)));
  if (typed.how == Typed::How::text) (*responses)->resp = strdup(typed.text.c_str());
  return PAM_SUCCESS;
}

}  // namespace cardea::test
