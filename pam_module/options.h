// SPDX-License-Identifier: Apache-2.0
// The module's options as they stand in a PAM service file. An option that nobody knows is an error and never
// ignored: a typing mistake must not weaken a login without anybody noticing.
#pragma once

#include <cstdint>

namespace cardea::pam {

struct Options {
  const char* socket;                 // absolute path; points into argv or to the built-in default
  std::uint32_t timeout_s = 60;       // 1 to 300: how long the daemon may take, without the time people type
  std::uint32_t wait_for_card_s = 0;  // 0 to 300: how long the daemon may wait for a card
  bool ignore_unknown_user = false;
  bool try_first_pass = false;
  bool use_first_pass = false;
  bool prompt_user = false;
  bool debug = false;
  bool quiet = false;

  Options() noexcept;
};

inline constexpr int kAllOptionsGood = -1;

// kAllOptionsGood, or the index of the first option that is unknown, malformed or contradicts one before it.
int parse_options(int argc, const char** argv, Options& options) noexcept;

}  // namespace cardea::pam
