// SPDX-License-Identifier: Apache-2.0
#include "cli/pam_rehearsal.h"

#include <cstdlib>
#include <cstring>

#include <security/pam_appl.h>
#include <unistd.h>

#include "core/client/workspace.h"

namespace cardea::cli {
namespace {

struct Dialog {
  Console& console;
  client::Workspace& workspace;
  const std::string& purpose;
};

// libpam's modules release the answer with free(); the copy is theirs to wipe.
bool answer_prompt(Dialog& dialog, const pam_message& message, pam_response& response) {
  wire::Ask ask;
  ask.purpose = dialog.purpose;
  ask.prompt = message.msg == nullptr ? std::string_view() : std::string_view(message.msg);
  if (message.msg_style == PAM_PROMPT_ECHO_ON) ask.flags = wire::kEcho;
  client::SecretBuffer answer(dialog.workspace.answer());
  if (dialog.console.ask(ask, client::Turn::first, answer) != client::Reply::answered || answer.too_long())
    return false;
  response.resp = strndup(answer.expose().data(), answer.expose().size());
  return response.resp != nullptr;
}

bool handle_message(Dialog& dialog, const pam_message& message, pam_response& response) {
  const std::string_view text = message.msg == nullptr ? std::string_view() : std::string_view(message.msg);
  switch (message.msg_style) {
    case PAM_TEXT_INFO:
      dialog.console.say({wire::SayLevel::information, text});
      return true;
    case PAM_ERROR_MSG:
      dialog.console.say({wire::SayLevel::error, text});
      return true;
    case PAM_PROMPT_ECHO_OFF:
    case PAM_PROMPT_ECHO_ON:
      return answer_prompt(dialog, message, response);
    default:
      return false;
  }
}

void release(pam_response* responses, int count) {
  for (int i = 0; i < count; ++i) {
    if (responses[i].resp != nullptr) wipe(responses[i].resp, std::strlen(responses[i].resp));
    std::free(responses[i].resp);
  }
  std::free(responses);
}

int converse(int count, const pam_message** messages, pam_response** responses, void* self) {
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  auto* answers =
      static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  if (answers == nullptr) return PAM_BUF_ERR;
  for (int i = 0; i < count; ++i) {
    if (handle_message(*static_cast<Dialog*>(self), *messages[i], answers[i])) continue;
    release(answers, count);
    return PAM_CONV_ERR;
  }
  *responses = answers;
  return PAM_SUCCESS;
}

int start(const PamRehearsal& rehearsal, const pam_conv& conversation, pam_handle_t*& handle) {
  if (rehearsal.directory.empty()) {
    return pam_start(rehearsal.service.c_str(), rehearsal.user.c_str(), &conversation, &handle);
  }
  return pam_start_confdir(rehearsal.service.c_str(), rehearsal.user.c_str(), &conversation,
                           rehearsal.directory.c_str(), &handle);
}

// Some modules let nobody in without one (pam_securetty).
void set_terminal(pam_handle_t* handle) {
  char name[64];
  if (ttyname_r(STDIN_FILENO, name, sizeof name) == 0) (void)pam_set_item(handle, PAM_TTY, name);
}

}  // namespace

PamOutcome rehearse_pam_login(const PamRehearsal& rehearsal, Console& console) {
  client::Workspace workspace(client::Workspace::For::answers);
  if (!workspace.ok()) return {false, console.speak("no memory")};
  Dialog dialog{console, workspace, rehearsal.purpose};
  const pam_conv conversation{converse, &dialog};
  pam_handle_t* handle = nullptr;
  int result = start(rehearsal, conversation, handle);
  if (result == PAM_SUCCESS) set_terminal(handle);
  // In the language of this conversation, not in that of the computer.
  if (result == PAM_SUCCESS && !rehearsal.locale.empty())
    result = pam_putenv(handle, ("LC_ALL=" + rehearsal.locale).c_str());
  if (result == PAM_SUCCESS) result = pam_authenticate(handle, 0);
  if (result == PAM_SUCCESS) result = pam_acct_mgmt(handle, 0);
  PamOutcome outcome{result == PAM_SUCCESS, {}};
  if (!outcome.passed) outcome.reason = pam_strerror(handle, result);
  if (handle != nullptr) (void)pam_end(handle, result);
  return outcome;
}

}  // namespace cardea::cli
