// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/pam_models.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <security/_pam_types.h>

#include "core/base/text.h"

namespace cardea::cli::doctor {
namespace {

using Answers = std::vector<int>;

// Modules that always answer the same, or of which it can't be said from here which they answer.
struct FixedModule {
  std::string_view name;
  Answers auth, account;
};

const Answers kYes{PAM_SUCCESS};
const Answers kSkip{PAM_IGNORE};
const Answers kYesOrSkip{PAM_SUCCESS, PAM_IGNORE};
const Answers kYesOrNo{PAM_SUCCESS, PAM_AUTH_ERR};

const std::vector<FixedModule>& fixed_modules() {
  static const std::vector<FixedModule> kModules{
      {"pam_permit", kYes, kYes},
      {"pam_deny", {PAM_AUTH_ERR}, {PAM_AUTH_ERR}},
      {"pam_warn", kSkip, kSkip},
      {"pam_echo", kSkip, kSkip},
      {"pam_issue", kSkip, kSkip},
      {"pam_env", kSkip, kSkip},
      {"pam_group", kSkip, kSkip},
      {"pam_faildelay", kSkip, kSkip},
      {"pam_cap", kSkip, kSkip},
      {"pam_motd", kSkip, kSkip},
      {"pam_mail", kSkip, kSkip},
      {"pam_gnome_keyring", kYesOrSkip, kSkip},
      {"pam_kwallet5", kSkip, kSkip},
      // What they test holds for those whom a login is simulated for: no /etc/nologin, a secure terminal, not
      // counted out, within the times.
      {"pam_nologin", kYesOrSkip, kYesOrSkip},
      {"pam_securetty", kYesOrSkip, kSkip},
      {"pam_shells", kYes, kYes},
      {"pam_time", kYesOrSkip, kYesOrSkip},
      {"pam_access", kYes, kYes},
      {"pam_localuser", kYes, kYes},
      {"pam_systemd_home", {PAM_USER_UNKNOWN}, {PAM_USER_UNKNOWN}},
      // Nobody is root or in a group of administrators before he has shown something.
      {"pam_rootok", {PAM_AUTH_ERR}, {PAM_AUTH_ERR}},
      {"pam_wheel", {PAM_SUCCESS, PAM_IGNORE, PAM_PERM_DENIED}, {PAM_SUCCESS, PAM_IGNORE, PAM_PERM_DENIED}},
  };
  return kModules;
}

const FixedModule* fixed_module(std::string_view name) {
  for (const FixedModule& one : fixed_modules()) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool has_group_of(const PamPerson& person, std::string_view list) {
  for (const std::string& name : split(list, ':')) {
    if (contains(person.groups, name)) return true;
  }
  return false;
}

// pam_succeed_if(8). Nothing where it tests what is not known here.
std::optional<bool> numbers_compare(std::uint64_t left, std::string_view test, std::string_view right) {
  const auto number = parse_decimal(right);
  if (!number.has_value()) return std::nullopt;
  if (test == "<" || test == "lt") return left < *number;
  if (test == "<=" || test == "le") return left <= *number;
  if (test == "eq") return left == *number;
  if (test == ">=" || test == "ge") return left >= *number;
  if (test == ">" || test == "gt") return left > *number;
  if (test == "ne") return left != *number;
  return std::nullopt;
}

std::optional<bool> texts_compare(std::string_view left, std::string_view test, std::string_view right) {
  if (test == "=") return left == right;
  if (test == "!=") return left != right;
  const std::vector<std::string> list = split(right, ':');
  if (test == "in") return contains(list, left);
  if (test == "notin") return !contains(list, left);
  return std::nullopt;
}

std::optional<bool> condition_holds(const PamSituation& situation, std::string_view field,
                                    std::string_view test, std::string_view value) {
  if (field == "uid" || field == "gid") return numbers_compare(situation.person.uid, test, value);
  if (field == "service") return texts_compare(situation.service, test, value);
  if (field != "user") return std::nullopt;
  if (test == "ingroup") return has_group_of(situation.person, value);
  if (test == "notingroup") return !has_group_of(situation.person, value);
  return texts_compare(situation.person.name, test, value);
}

Answers succeed_if(const std::vector<std::string>& arguments, const PamSituation& situation) {
  constexpr std::string_view kFlags[] = {"debug", "quiet", "quiet_fail", "quiet_success", "audit"};
  std::vector<std::string> words;
  for (const std::string& word : arguments) {
    if (word == "use_uid") return kYesOrNo;  // it is the caller who is tested
    if (std::find(std::begin(kFlags), std::end(kFlags), word) == std::end(kFlags)) words.push_back(word);
  }
  if (words.empty() || words.size() % 3 != 0) return {PAM_SERVICE_ERR};
  bool sure = true;
  for (std::size_t i = 0; i < words.size(); i += 3) {
    const auto holds = condition_holds(situation, words[i], words[i + 1], words[i + 2]);
    if (holds.has_value() && !*holds) return {PAM_AUTH_ERR};
    sure = sure && holds.has_value();
  }
  return sure ? kYes : kYesOrNo;
}

// pam_debug(8) answers what its options say.
Answers told_answer(const std::vector<std::string>& arguments, std::string_view option) {
  for (const std::string& word : arguments) {
    if (!word.starts_with(option)) continue;
    const int answer = pam_answer_of(std::string_view(word).substr(option.size()));
    return {answer < 0 ? int{PAM_SUCCESS} : answer};
  }
  return kYes;
}

// pam_faillock(8): counts; its authfail line only stands behind a failure.
Answers faillock(const std::vector<std::string>& arguments, PamType type) {
  if (type == PamType::account || contains(arguments, "preauth")) return kYesOrSkip;
  return contains(arguments, "authsucc") ? kYes : Answers{PAM_AUTH_ERR};
}

bool parse_seconds(std::string_view text, std::uint64_t least) {
  const auto number = parse_decimal(text);
  return number.has_value() && text.size() <= 3 && *number >= least && *number <= 300;
}

}  // namespace

std::string_view pam_module_name(std::string_view module) noexcept {
  if (const std::size_t slash = module.rfind('/'); slash != std::string_view::npos)
    module.remove_prefix(slash + 1);
  if (module.ends_with(".so")) module.remove_suffix(3);
  return module;
}

bool is_pam_cardea(const PamHandler& handler) noexcept {
  return handler.kind == PamHandler::Kind::module && pam_module_name(handler.module) == "pam_cardea";
}

bool is_known_pam_module(std::string_view module) noexcept {
  constexpr std::string_view kTold[] = {"pam_cardea", "pam_unix", "pam_succeed_if", "pam_debug",
                                        "pam_faillock"};
  const std::string_view name = pam_module_name(module);
  return fixed_module(name) != nullptr ||
         std::find(std::begin(kTold), std::end(kTold), name) != std::end(kTold);
}

Answers pam_answers(const PamHandler& handler, PamType type, const PamSituation& situation) {
  const std::string_view name = pam_module_name(handler.module);
  const bool account = type == PamType::account;
  if (name == "pam_cardea") {
    if (!bad_cardea_option(handler.arguments).empty()) return {PAM_SERVICE_ERR};
    Answers answers = account ? situation.cardea_account : situation.cardea_auth;
    if (contains(handler.arguments, "ignore_unknown_user"))
      std::replace(answers.begin(), answers.end(), int{PAM_USER_UNKNOWN}, int{PAM_IGNORE});
    return answers;
  }
  if (name == "pam_unix") return account || situation.unix_password ? kYes : Answers{PAM_AUTH_ERR};
  if (name == "pam_succeed_if") return succeed_if(handler.arguments, situation);
  if (name == "pam_debug") return told_answer(handler.arguments, account ? "acct=" : "auth=");
  if (name == "pam_faillock") return faillock(handler.arguments, type);
  if (const FixedModule* fixed = fixed_module(name)) return account ? fixed->account : fixed->auth;
  if (account) return kYesOrNo;
  return situation.unknown_say_yes ? kYesOrNo : Answers{PAM_AUTH_ERR, PAM_IGNORE};
}

std::string bad_cardea_option(const std::vector<std::string>& arguments) {
  constexpr std::string_view kSwitches[] = {"ignore_unknown_user", "try_first_pass", "use_first_pass",
                                            "prompt_user",         "debug",          "quiet"};
  constexpr std::size_t kMostSocketPath = 107;  // sockaddr_un
  bool first_pass = false;
  for (const std::string& word : arguments) {
    const std::string_view text = word;
    if (std::find(std::begin(kSwitches), std::end(kSwitches), text) != std::end(kSwitches)) {
      const bool takes_first = text == "try_first_pass" || text == "use_first_pass";
      const bool both = contains(arguments, "try_first_pass") && contains(arguments, "use_first_pass");
      if (takes_first && first_pass && both) return word;
      first_pass = first_pass || takes_first;
    } else if (text.starts_with("timeout=")) {
      if (!parse_seconds(text.substr(8), 1)) return word;
    } else if (text.starts_with("wait_for_card=")) {
      if (!parse_seconds(text.substr(14), 0)) return word;
    } else if (!text.starts_with("socket=/") || text.size() - 7 > kMostSocketPath) {
      return word;
    }
  }
  return {};
}

}  // namespace cardea::cli::doctor
