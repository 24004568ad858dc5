// SPDX-License-Identifier: Apache-2.0
// Short forms that the tests of the PAM module share.
#pragma once

#include <string>

#include "tests/support/fake_daemon.h"

namespace cardea::test {

inline wire::Ask ask_pin_or_key(const char* notice = "", std::uint16_t id = 1) {
  wire::Ask ask;
  ask.ask_id = id;
  ask.route = wire::Route::by_form;
  ask.purpose = "pin-or-access-key";
  ask.notice = notice;
  ask.prompt = "PIN for card “Ana”: ";
  return ask;
}

// A daemon that says one verdict to everybody.
inline FakeDaemon::Script verdict_only(wire::Decision decision, Error error = Error{},
                                       std::string message = {}) {
  return [=](Conversation& c) {
    const wire::Begin begin = c.begin();
    c.verdict(decision, error, std::string(begin.user), message);
    c.wait_for_end();
  };
}

// A daemon that asks for the PIN until it is `right`, at most three times.
inline FakeDaemon::Script pin_dialog(std::string right) {
  return [=](Conversation& c) {
    const wire::Begin begin = c.begin();
    const char* const notices[] = {"", "Wrong PIN. 2 tries left.",
                                   "Wrong PIN. Only 1 try left; a further wrong PIN locks the card."};
    std::uint16_t id = 0;
    for (const char* notice : notices) {
      if (c.ask(ask_pin_or_key(notice, ++id)).secret == right) {
        c.verdict(wire::Decision::granted, Error{}, std::string(begin.user));
        return c.wait_for_end();
      }
    }
    c.verdict(wire::Decision::refused, Error::pin_locked, std::string(begin.user), "This card is locked.");
    c.wait_for_end();
  };
}

inline std::string socket_option(const FakeDaemon& daemon) { return "socket=" + daemon.socket_path(); }

}  // namespace cardea::test
