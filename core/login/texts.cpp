// SPDX-License-Identifier: Apache-2.0
#include "core/login/texts.h"

#include "core/base/text.h"

namespace cardea::login::texts {

std::string pin_for_card(std::string_view label) {
  return std::string("PIN for card “").append(label).append("”: ");
}

std::string wrong_pin(int tries_left) {
  if (tries_left < 0) return "Wrong PIN.";
  if (tries_left == 1) return std::string("Wrong PIN. ").append(kLastTry);
  return "Wrong PIN. " + std::to_string(tries_left) + " tries left.";
}

std::string pin_length(unsigned least, unsigned most) {
  return "The PIN of this card has " + std::to_string(least) + " to " + std::to_string(most) +
         " characters. No try was used.";
}

std::string mistyped_group(int group) {
  return "Group " + std::to_string(group) + " of the access key is mistyped.";
}

std::string throttled(std::int64_t seconds) {
  return "Too many wrong access keys. Try again in " + format_wait(seconds) + ".";
}

std::string not_this_users_card(std::string_view user) {
  return std::string("This is not the card enrolled for ").append(user).append(".");
}

std::string who_asks(std::string_view service, std::string_view requester, std::string_view user,
                     std::string_view tty) {
  std::string line = std::string(service) + " asks";
  if (!requester.empty() && requester != user) line.append(" for ").append(requester);
  line.append(", to act as ").append(user);
  if (!tty.empty()) line.append(", on ").append(tty);
  return line + ".";
}

std::string other_spelling(std::string_view name) {
  return std::string("Log in as ").append(name).append(".");
}

std::string clock_behind(std::int64_t seen) {
  return "The clock of this computer is behind: it was already " + format_utc(seen) +
         ". Set it, or use an access key.";
}

}  // namespace cardea::login::texts
