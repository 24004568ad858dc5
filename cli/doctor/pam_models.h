// SPDX-License-Identifier: Apache-2.0
// What the modules of a stack answer in a situation: who wants in, what works, what he can show. pam_cardea
// as docs/spec/login.md has it; Debian's own modules as their manuals say; of anything else nothing is known
// and both a yes and a no are tried. Called by pam_check.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "cli/doctor/pam_stack.h"

namespace cardea::cli::doctor {

struct PamPerson {
  std::string name;
  uid_t uid = 0;
  std::vector<std::string> groups;
};

struct PamSituation {
  std::string service;
  PamPerson person;
  std::vector<int> cardea_auth, cardea_account;  // what pam_cardea may answer
  bool unix_password = false;                    // the right one is typed
  bool unknown_say_yes = true;                   // whether modules nobody knows may let in
};

inline constexpr std::string_view kBreakGlassGroup = "cardea-breakglass";

// “pam_unix” for “/lib/security/pam_unix.so”.
std::string_view pam_module_name(std::string_view module) noexcept;
bool is_pam_cardea(const PamHandler& handler) noexcept;
bool is_known_pam_module(std::string_view module) noexcept;

std::vector<int> pam_answers(const PamHandler& handler, PamType type, const PamSituation& situation);

// The first argument that pam_cardea does not understand; empty when all are good.
std::string bad_cardea_option(const std::vector<std::string>& arguments);

}  // namespace cardea::cli::doctor
