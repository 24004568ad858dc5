// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/pam_control.h"

#include <security/_pam_types.h>

namespace cardea::cli::doctor {
namespace {

// In the order of their numbers.
constexpr std::array<std::string_view, kPamAnswers> kAnswers{"success",
                                                             "open_err",
                                                             "symbol_err",
                                                             "service_err",
                                                             "system_err",
                                                             "buf_err",
                                                             "perm_denied",
                                                             "auth_err",
                                                             "cred_insufficient",
                                                             "authinfo_unavail",
                                                             "user_unknown",
                                                             "maxtries",
                                                             "new_authtok_reqd",
                                                             "acct_expired",
                                                             "session_err",
                                                             "cred_unavail",
                                                             "cred_expired",
                                                             "cred_err",
                                                             "no_module_data",
                                                             "conv_err",
                                                             "authtok_err",
                                                             "authtok_recover_err",
                                                             "authtok_lock_busy",
                                                             "authtok_disable_aging",
                                                             "try_again",
                                                             "ignore",
                                                             "abort",
                                                             "authtok_expired",
                                                             "module_unknown",
                                                             "bad_item",
                                                             "conv_again",
                                                             "incomplete"};

constexpr int kUnset = -100;
constexpr int kMostJump = 1'000'000;  // more lines than any stack has

struct ActionName {
  std::string_view name;
  int action;
};
constexpr ActionName kActions[] = {{"ignore", kIgnore}, {"ok", kOk},   {"done", kDone},
                                   {"bad", kBad},       {"die", kDie}, {"reset", kReset}};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

PamActions word_actions(int success, int new_token, int ignored, int rest) noexcept {
  PamActions actions;
  actions.fill(rest);
  actions[PAM_SUCCESS] = success;
  actions[PAM_NEW_AUTHTOK_REQD] = new_token;
  actions[PAM_IGNORE] = ignored;
  return actions;
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n'; }

void skip_blanks(std::string_view& text) noexcept {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
}

// The longest name wins: “authtok_err” is no “auth…”.
template <typename Names, typename NameOf>
int take_name(std::string_view& text, const Names& names, const NameOf& name_of) noexcept {
  int best = -1;
  std::size_t length = 0;
  for (std::size_t i = 0; i < std::size(names); ++i) {
    const std::string_view name = name_of(names[i]);
    if (name.size() > length && text.starts_with(name)) {
      best = static_cast<int>(i);
      length = name.size();
    }
  }
  text.remove_prefix(length);
  return best;
}

// False when there is none.
bool take_action(std::string_view& text, int& action) noexcept {
  if (text.empty()) return false;
  if (text.front() < '0' || text.front() > '9') {
    const int found = take_name(text, kActions, [](const ActionName& one) { return one.name; });
    if (found < 0) return false;
    action = kActions[found].action;
    return true;
  }
  action = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    action = action * 10 + (text.front() - '0');
    if (action > kMostJump) return false;
    text.remove_prefix(1);
  }
  return action != 0;  // a jump over nothing is no action to libpam
}

std::optional<PamActions> parse_pairs(std::string_view text) noexcept {
  PamActions actions;
  actions.fill(kUnset);
  for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
    int answer = take_name(text, kAnswers, [](std::string_view name) { return name; });
    const bool is_default = answer < 0 && text.starts_with("default");
    if (is_default) text.remove_prefix(std::string_view("default").size());
    if (answer < 0 && !is_default) return std::nullopt;
    skip_blanks(text);
    if (text.empty() || text.front() != '=') return std::nullopt;
    text.remove_prefix(1);
    skip_blanks(text);
    int action = 0;
    if (!take_action(text, action)) return std::nullopt;
    if (is_default) {
      // What stands for all others is filled in where it stands: what comes behind may change it.
      for (int& one : actions) {
        if (one == kUnset) one = action;
      }
    } else {
      actions[static_cast<std::size_t>(answer)] = action;
    }
  }
  for (int& one : actions) {
    if (one == kUnset) one = kBad;
  }
  return actions;
}

}  // namespace

bool same_word(std::string_view typed, std::string_view word) noexcept {
  if (typed.size() != word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(typed[i]) != word[i]) return false;
  }
  return true;
}

int pam_answer_of(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kAnswers.size(); ++i) {
    if (kAnswers[i] == name) return static_cast<int>(i);
  }
  return -1;
}

std::optional<PamActions> parse_pam_control(std::string_view text, bool bracketed) noexcept {
  if (bracketed) return parse_pairs(text);
  if (same_word(text, "required")) return word_actions(kOk, kOk, kIgnore, kBad);
  if (same_word(text, "requisite")) return word_actions(kOk, kOk, kIgnore, kDie);
  if (same_word(text, "sufficient")) return word_actions(kDone, kDone, kIgnore, kIgnore);
  if (same_word(text, "optional")) return word_actions(kOk, kOk, kIgnore, kIgnore);
  return parse_pairs(text);  // libpam wants no brackets where there are no blanks
}

}  // namespace cardea::cli::doctor
