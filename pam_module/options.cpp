// SPDX-License-Identifier: Apache-2.0
#include "pam_module/options.h"

#include <string_view>

namespace cardea::pam {
namespace {

constexpr std::uint32_t kMaxSeconds = 300;   // the daemon's own limit for one conversation
constexpr std::size_t kMaxSocketPath = 107;  // sockaddr_un

struct Switch {
  std::string_view name;
  bool Options::*target;
};
constexpr Switch kSwitches[] = {
    {"ignore_unknown_user", &Options::ignore_unknown_user},
    {"try_first_pass", &Options::try_first_pass},
    {"use_first_pass", &Options::use_first_pass},
    {"prompt_user", &Options::prompt_user},
    {"debug", &Options::debug},
    {"quiet", &Options::quiet},
};

struct Number {
  std::string_view name;
  std::uint32_t Options::*target;
  std::uint32_t least;
};
constexpr Number kNumbers[] = {
    {"timeout=", &Options::timeout_s, 1},
    {"wait_for_card=", &Options::wait_for_card_s, 0},
};

constexpr std::string_view kSocket = "socket=";

bool take_prefix(std::string_view& text, std::string_view prefix) noexcept {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool parse_seconds(std::string_view text, std::uint32_t least, std::uint32_t& seconds) noexcept {
  if (text.empty() || text.size() > 3) return false;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (value < least || value > kMaxSeconds) return false;
  seconds = value;
  return true;
}

bool parse_option(const char* argument, Options& options) noexcept {
  const std::string_view whole(argument);
  for (const Switch& candidate : kSwitches) {
    if (whole == candidate.name) {
      options.*candidate.target = true;
      return !(options.try_first_pass && options.use_first_pass);
    }
  }
  for (const Number& candidate : kNumbers) {
    std::string_view value = whole;
    if (take_prefix(value, candidate.name))
      return parse_seconds(value, candidate.least, options.*candidate.target);
  }
  std::string_view path = whole;
  if (!take_prefix(path, kSocket) || !path.starts_with('/') || path.size() > kMaxSocketPath) return false;
  options.socket = argument + kSocket.size();
  return true;
}

}  // namespace

Options::Options() noexcept : socket(CARDEA_SOCKET_PATH) {}

int parse_options(int argc, const char** argv, Options& options) noexcept {
  for (int i = 0; i < argc; ++i) {
    if (!parse_option(argv[i], options)) return i;
  }
  return kAllOptionsGood;
}

}  // namespace cardea::pam
