// SPDX-License-Identifier: Apache-2.0
#include "core/login/texts.h"

#include "core/base/text.h"

namespace cardea::login::texts {

using text::spoken;
using text::spoken_n;

std::string say(Language language, std::string_view text) {
  return std::string(text::translate(language, text));
}

std::string pin_for_card(Language language, std::string_view label) {
  return spoken(language, "PIN for card “%1”: ", {label});
}

std::string wrong_pin(Language language, int tries_left) {
  const std::string wrong = spoken(language, "Wrong PIN.");
  if (tries_left < 0) return wrong;
  if (tries_left == 1) return wrong + " " + say(language, kLastTry);
  return spoken_n(language, "Wrong PIN. %1 try left.", "Wrong PIN. %1 tries left.",
                  static_cast<unsigned long>(tries_left), {std::to_string(tries_left)});
}

std::string pin_length(Language language, unsigned least, unsigned most) {
  return spoken(language, "The PIN of this card has %1 to %2 characters. No try was used.",
                {std::to_string(least), std::to_string(most)});
}

std::string mistyped_group(Language language, int group) {
  return spoken(language, "Group %1 of the access key is mistyped.", {std::to_string(group)});
}

std::string throttled(Language language, std::int64_t seconds) {
  return spoken(language, "Too many wrong access keys. Try again in %1.", {format_wait(seconds)});
}

std::string not_this_users_card(Language language, std::string_view user) {
  return spoken(language, kNotThisUsersCard, {user});
}

std::string who_asks(Language language, std::string_view service, std::string_view requester,
                     std::string_view user, std::string_view tty) {
  const bool named = !requester.empty() && requester != user;
  if (named && !tty.empty())
    return spoken(language, "%1 asks for %2, to act as %3, on %4.", {service, requester, user, tty});
  if (named) return spoken(language, "%1 asks for %2, to act as %3.", {service, requester, user});
  if (!tty.empty()) return spoken(language, "%1 asks, to act as %2, on %3.", {service, user, tty});
  return spoken(language, "%1 asks, to act as %2.", {service, user});
}

std::string other_spelling(Language language, std::string_view name) {
  return spoken(language, "Log in as %1.", {std::string(name)});
}

std::string clock_behind(Language language, std::int64_t seen) {
  return spoken(language,
                "The clock of this computer is behind: it was already %1. Set it, or use an access key.",
                {format_utc(seen)});
}

}  // namespace cardea::login::texts
