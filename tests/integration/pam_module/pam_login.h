// SPDX-License-Identifier: Apache-2.0
// A login program in a test: the real pam_cardea.so, loaded by the real libpam through a service file in a
// private directory (pam_start_confdir), with a conversation that plays a script and keeps what it was shown.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <security/pam_appl.h>

#include "tests/support/temp_dir.h"

namespace cardea::test {

// What the person (or the program) does at a prompt.
struct Typed {
  enum class How { text, null_answer, no_response, refuse };
  How how = How::text;
  std::string text;
  std::function<void()> meanwhile = {};  // happens while the prompt is open

  static Typed answer(std::string text) { return {How::text, std::move(text)}; }
  static Typed null_answer() { return {How::null_answer, {}}; }
  static Typed no_response() { return {How::no_response, {}}; }  // PAM_SUCCESS without an array: LightDM
  static Typed refuse() { return {How::refuse, {}}; }
};

struct Shown {
  int style = 0;
  std::string text;
  bool operator==(const Shown&) const = default;
};

class PamLogin {
 public:
  // `arguments`: what stands behind pam_cardea.so in the service file. `user` may be null.
  PamLogin(const std::string& arguments, const char* user, std::vector<Typed> typed = {});
  // Any service file: MODULE in it stands for the path of the module.
  static PamLogin with_service(const std::string& content, const char* user, std::vector<Typed> typed = {});
  PamLogin(const PamLogin&) = delete;
  PamLogin& operator=(const PamLogin&) = delete;
  ~PamLogin();

  int authenticate(int flags = 0) { return pam_authenticate(handle_, flags); }
  int set_credentials(int flags = PAM_ESTABLISH_CRED) { return pam_setcred(handle_, flags); }
  int account(int flags = 0) { return pam_acct_mgmt(handle_, flags); }
  int open_session(int flags = 0) { return pam_open_session(handle_, flags); }
  int close_session(int flags = 0) { return pam_close_session(handle_, flags); }
  int change_token(int flags = 0) { return pam_chauthtok(handle_, flags); }

  [[nodiscard]] pam_handle_t* handle() const { return handle_; }
  void set(int item, const char* value);
  [[nodiscard]] std::string item(int item) const;
  [[nodiscard]] std::string environment(const char* name) const;
  void type(std::vector<Typed> typed);
  // Everything the conversation was given, in order, and the prompts only.
  [[nodiscard]] const std::vector<Shown>& shown() const { return shown_; }
  [[nodiscard]] std::vector<std::string> prompts() const;
  void forget_shown() { shown_.clear(); }
  [[nodiscard]] std::size_t left_over() const { return typed_.size() - next_; }

 private:
  struct Service {
    std::string content;
  };
  PamLogin(const Service& service, const char* user, std::vector<Typed> typed);
  static int converse(int count, const pam_message** messages, pam_response** responses, void* self);
  int one(const pam_message& message, pam_response** responses);

  TempDir directory_;
  pam_conv conversation_{};
  pam_handle_t* handle_ = nullptr;
  std::vector<Typed> typed_;
  std::size_t next_ = 0;
  std::vector<Shown> shown_;
};

// What libpam and the module have sent to syslog since the last call: the test program stands in for it.
std::vector<std::string> take_syslog();

}  // namespace cardea::test
