// SPDX-License-Identifier: Apache-2.0
#include "pam_module/login_dialog.h"

#include <clocale>

#include <langinfo.h>
#include <syslog.h>
#include <unistd.h>

#include "core/base/utf8.h"
#include "core/client/daemon_client.h"
#include "core/client/linux/unix_socket_transport.h"
#include "core/client/texts.h"
#include "pam_module/item_text.h"
#include "pam_module/message_text.h"
#include "pam_module/options.h"
#include "pam_module/pam_terminal.h"
#include "pam_module/result_map.h"

namespace cardea::pam {
namespace {

using client::kNoError;
using wire::Decision;

// The only variables a verdict may set (local-protocol.md, “Packet”): a longer list would let whoever speaks
// for the daemon choose LD_PRELOAD.
constexpr std::string_view kEnvironment[] = {"PKCS11_LOGIN_TOKEN_NAME"};

wire::MessageType begin_type(Door door) noexcept {
  switch (door) {
    case Door::authenticate:
      return wire::MessageType::begin_login;
    case Door::account:
      return wire::MessageType::begin_account;
    case Door::open_session:
      return wire::MessageType::begin_session;
    case Door::close_session:
      return wire::MessageType::end_session;
    case Door::change_pin:
      return wire::MessageType::begin_pin_change;
  }
  return wire::MessageType::begin_login;
}

bool has_prompts(Door door) noexcept { return door == Door::authenticate || door == Door::change_pin; }

// PAM's flags are an int, and some of its constants unsigned.
bool is_set(int flags, unsigned flag) noexcept { return (static_cast<unsigned>(flags) & flag) != 0; }

const char* name_of(Error error) noexcept { return error == kNoError ? "no error" : error_name(error); }

bool read_options(PamHandle& pam, int argc, const char** argv, Options& options) noexcept {
  const int bad = parse_options(argc, argv, options);
  if (bad == kAllOptionsGood) return true;
  MessageText option;
  option.append(argv[bad]);
  pam.log(LOG_ERR, "option not understood: %s", option.c_str());
  return false;
}

class LoginDialog {
 public:
  LoginDialog(Door door, PamHandle& pam, const Options& options, int flags) noexcept
      : door_(door),
        pam_(pam),
        options_(options),
        silent_(is_set(flags, PAM_SILENT) || options.quiet),
        preliminary_(door == Door::change_pin && is_set(flags, PAM_PRELIM_CHECK)),
        prompts_(has_prompts(door) && !preliminary_) {}

  Judgement run() noexcept {
    if (const Error error = pin_user(); error != kNoError) return {Decision::refused, error};
    client::Workspace workspace(prompts_ ? client::Workspace::For::answers
                                         : client::Workspace::For::no_secrets);
    if (!workspace.ok()) return {Decision::refused, Error::out_of_memory};
    choose_language();
    PamTerminal terminal(pam_, options_, text::language_of(language_.view()), prompts_, silent_);
    client::UnixSocketTransport transport(options_.socket);
    client::DaemonClient client(transport, terminal, workspace);
    wire::Verdict verdict;
    const Error error = client.login(begin(terminal), verdict);
    if (error != kNoError) return not_answered(error);
    return judge(verdict, terminal);
  }

 private:
  // PAM_USER is read here, once, and must be the same at the end (CVE-2024-9313): the program may change it
  // while the person types.
  Error pin_user() noexcept {
    if (pam_.item(PAM_USER).empty() && door_ == Door::authenticate && !options_.prompt_user) {
      const int result = pam_.ask_for_user();
      if (result != PAM_SUCCESS) return result == PAM_CONV_ERR ? Error::cancelled : Error::not_enrolled;
    }
    const std::string_view user = pam_.item(PAM_USER);
    if (user.empty()) return may_adopt_user() ? kNoError : Error::not_enrolled;
    return user_.assign_exactly(user) ? kNoError : Error::not_enrolled;
  }

  // The card may name the user only where that is asked for, and only to a program that may become anybody.
  [[nodiscard]] bool may_adopt_user() const noexcept {
    return door_ == Door::authenticate && options_.prompt_user && geteuid() == 0;
  }

  // What the session will have (pam_env), else the language the program itself speaks; neither: the
  // computer's. The environment of the process is not asked: before sudo it is a stranger's. And only a
  // locale name is taken, which chooses among languages and becomes part of no path.
  void choose_language() noexcept {
    std::string_view wish = text::wished_locale([this](const char* name) { return pam_.environment(name); });
    if (wish.empty()) {
      // A program that never called setlocale is in this one, and has no opinion.
      const char* spoken = nl_langinfo(NL_LOCALE_NAME(LC_MESSAGES));
      if (spoken != nullptr && std::string_view(spoken) != "C")
        wish = text::wished_locale([spoken](const char*) { return spoken; });
    }
    (void)language_.assign_exactly(wish);
  }

  wire::Begin begin(const PamTerminal& terminal) noexcept {
    service_.assign_readable(pam_.item(PAM_SERVICE));
    tty_.assign_readable(pam_.item(PAM_TTY));
    remote_host_.assign_readable(pam_.item(PAM_RHOST));
    remote_user_.assign_readable(pam_.item(PAM_RUSER));
    wire::Begin begin;
    begin.type = begin_type(door_);
    begin.service = service_.view();
    begin.user = user_.view();
    begin.tty = tty_.view();
    begin.remote_host = remote_host_.view();
    begin.remote_user = remote_user_.view();
    begin.flags = (silent_ ? wire::kSilent : 0u) | (terminal.has_first_pass() ? wire::kHasFirstPass : 0u) |
                  (terminal.may_prompt() ? 0u : wire::kNotInteractive) |
                  (door_ == Door::authenticate && terminal.has_agent() ? wire::kHasAgent : 0u) |
                  (preliminary_ ? wire::kPreliminary : 0u);
    begin.timeout_ms = options_.timeout_s * 1000;
    begin.wait_for_card_ms = options_.wait_for_card_s * 1000;
    begin.language = language_.view();
    if (options_.debug) pam_.log(LOG_DEBUG, "asking %s, flags %u", options_.socket, begin.flags);
    return begin;
  }

  // The daemon could not be asked, or did not answer.
  Judgement not_answered(Error error) noexcept {
    if (error != Error::cancelled) {
      const int priority = error == Error::peer_not_trusted ? LOG_ALERT : LOG_ERR;
      pam_.log(priority, "no verdict from %s: %s", options_.socket, error_name(error));
      if (has_prompts(door_))
        show(PAM_ERROR_MSG, text::translate(text::language_of(language_.view()), client::kServiceDownText));
    }
    return {Decision::refused, error};
  }

  Judgement judge(const wire::Verdict& verdict, const PamTerminal& terminal) noexcept {
    const Judgement judgement = checked(verdict, terminal);
    if (options_.debug) {
      pam_.log(LOG_DEBUG, "verdict %d, %s", static_cast<int>(judgement.decision), name_of(judgement.error));
    }
    if (judgement.decision == Decision::refused) {
      MessageText user;  // without anything that could forge a line of the log
      user.append(is_printable_text(user_.view()) ? user_.view() : "?");
      pam_.log(LOG_NOTICE, "refused for user %s: %s", user.c_str(), name_of(judgement.error));
    }
    const bool told = judgement.decision == Decision::refused || judgement.decision == Decision::granted;
    if (told) show(judgement.decision == Decision::granted ? PAM_TEXT_INFO : PAM_ERROR_MSG, verdict.message);
    return judgement;
  }

  // The daemon's word, or a refusal where it contradicts itself or is about somebody else.
  Judgement checked(const wire::Verdict& verdict, const PamTerminal& terminal) noexcept {
    const auto error = static_cast<Error>(verdict.error);
    if (verdict.decision == Decision::refused) {
      // “No card and no key given”: the options forbade to ask for one.
      if (error == Error::cancelled && terminal.missed_a_prompt())
        return {Decision::refused, Error::card_absent};
      return {Decision::refused, error};
    }
    if (verdict.decision == Decision::granted && error != kNoError) {
      return {Decision::refused, Error::frame_malformed};
    }
    if (!is_same_user(verdict.user)) return {Decision::refused, Error::user_changed};
    if (verdict.decision == Decision::granted) {
      if (const Error failed = keep(verdict, terminal); failed != kNoError)
        return {Decision::refused, failed};
    }
    return {verdict.decision, kNoError};
  }

  [[nodiscard]] bool is_same_user(std::string_view judged) const noexcept {
    if (pam_.item(PAM_USER) != user_.view()) return false;
    return user_.view().empty() || judged.empty() || judged == user_.view();
  }

  // What a granted verdict leaves behind in the handle.
  Error keep(const wire::Verdict& verdict, const PamTerminal& terminal) noexcept {
    for (std::size_t i = 0; i < verdict.environment_count; ++i) {
      const wire::Pair& pair = verdict.environment[i];
      bool known = false;
      for (const std::string_view name : kEnvironment)
        known = known || pair.name == name;
      if (!known || !is_printable_text(pair.value)) {
        pam_.log(LOG_WARNING, "environment of the verdict left out: not a permitted name or value");
      } else if (!pam_.put_environment(pair.name, pair.value)) {
        return Error::out_of_memory;
      }
    }
    if (user_.view().empty()) {
      ItemText adopted;
      if (verdict.user.empty() || !may_adopt_user() || !adopted.assign_exactly(verdict.user))
        return Error::user_changed;
      if (!pam_.set_user(adopted.c_str())) return Error::out_of_memory;
    }
    return keep_keyring_secret(terminal);
  }

  // For the modules behind this one. Last of all, so that a login that comes to nothing leaves none behind.
  Error keep_keyring_secret(const PamTerminal& terminal) noexcept {
    const char* const secret = terminal.keyring_secret();
    if (secret == nullptr || door_ != Door::authenticate) return kNoError;
    return pam_.set_authtok(secret) ? kNoError : Error::out_of_memory;
  }

  void show(int style, std::string_view line) noexcept {
    if (silent_ || line.empty()) return;
    MessageText text;
    text.append(line);
    pam_.show(style, text.c_str());
  }

  const Door door_;
  PamHandle& pam_;
  const Options& options_;
  const bool silent_;
  const bool preliminary_;  // passwd's first call: only who the user is
  const bool prompts_;
  ItemText user_, service_, tty_, remote_host_, remote_user_, language_;
};

}  // namespace

int run_door(Door door, pam_handle_t* handle, int flags, int argc, const char** argv) noexcept {
  PamHandle pam(handle);
  Options options;
  Judgement judgement{Decision::refused, Error::config_invalid};
  int result = PAM_SERVICE_ERR;
  if (read_options(pam, argc, argv, options)) {
    judgement = LoginDialog(door, pam, options, flags).run();
    result = pam_result(door, judgement, options.ignore_unknown_user);
  }
  if (door == Door::authenticate) pam.remember(PamHandle::Step::authenticate, result);
  return result;
}

// Sets nothing and proves nothing: programs call it after a failed authenticate too (swaylock), and sshd in
// another process. So on a handle that has seen no authenticate there is nothing to object to.
int run_set_credentials(pam_handle_t* handle, int argc, const char** argv) noexcept {
  PamHandle pam(handle);
  Options options;
  if (!read_options(pam, argc, argv, options)) return PAM_SERVICE_ERR;
  int result = PAM_SUCCESS;
  (void)pam.remembered(PamHandle::Step::authenticate, result);
  return result;
}

namespace {

// An answer that a stack ignores it ignores in the second call, too, and goes on to a module that is in the
// middle of nothing. So what was begun as a change of the PIN ends as one.
int final_result(int result) noexcept {
  return result == PAM_SUCCESS || result == PAM_MAXTRIES || result == PAM_CONV_ERR ? result : PAM_AUTHTOK_ERR;
}

}  // namespace

// libpam calls twice and keeps the way through the stack that the first answers have chosen. So the second
// call goes by what the first has found. Whoever has no PIN to change needs a new password all the same:
// pam_unix, put behind another module by pam-auth-update, takes it from PAM_AUTHTOK and asks for none itself.
int run_change_pin(pam_handle_t* handle, int flags, int argc, const char** argv) noexcept {
  PamHandle pam(handle);
  if (is_set(flags, PAM_PRELIM_CHECK)) {
    const int result = run_door(Door::change_pin, handle, flags, argc, argv);
    pam.remember(PamHandle::Step::preliminary, result);
    return result;
  }
  int found = PAM_SUCCESS;
  if (!pam.remembered(PamHandle::Step::preliminary, found) || found == PAM_SUCCESS)
    return final_result(run_door(Door::change_pin, handle, flags, argc, argv));
  const int asked = pam.ask_for_new_password();
  return asked == PAM_SUCCESS ? found : asked;
}

}  // namespace cardea::pam
