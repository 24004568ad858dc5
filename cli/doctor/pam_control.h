// SPDX-License-Identifier: Apache-2.0
// The control field of a line of a PAM service file: what libpam does for each answer of a module
// (pam.conf(5)). Called by pam_stack; the property test compares it with libpam itself.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace cardea::cli::doctor {

// PAM_SUCCESS to PAM_INCOMPLETE (security/_pam_types.h).
inline constexpr int kPamAnswers = 32;

// A positive action is a number of lines to jump over.
enum PamAction : int { kIgnore = 0, kOk = -1, kDone = -2, kBad = -3, kDie = -4, kReset = -5 };

using PamActions = std::array<int, kPamAnswers>;

// The number behind “auth_err” and its like; -1 for a word that is none.
int pam_answer_of(std::string_view name) noexcept;

// Whether libpam takes what was typed for this word of its own, which is in lower case.
bool same_word(std::string_view typed, std::string_view word) noexcept;

// `text` is a word (required, requisite, sufficient, optional) or what stands between the brackets of
// [value=action …]. Empty when libpam would not understand it: it then takes every answer for “bad”.
std::optional<PamActions> parse_pam_control(std::string_view text, bool bracketed) noexcept;

inline constexpr PamActions all_bad() noexcept {
  PamActions actions{};
  actions.fill(kBad);
  return actions;
}

}  // namespace cardea::cli::doctor
