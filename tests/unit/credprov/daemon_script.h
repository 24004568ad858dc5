// SPDX-License-Identifier: Apache-2.0
// What a daemon of the tests says and hears in one conversation, whatever carries it: memory (fake_outside)
// or a named pipe (tests/windows/credprov). Everything that does not come within seconds fails the test.
// Whatever held a secret is wiped, because one of the tests looks for secrets in the whole process.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/wire/local_messages.h"

namespace cardea::credprov {

using Buffer = std::vector<std::uint8_t>;

class DaemonLink {
 public:
  virtual ~DaemonLink() = default;
  // With a private channel: a new one, in which `revealed` lies when it is not empty.
  virtual void send(const Buffer& packet, bool with_channel, const Buffer& revealed) = 0;
  virtual bool receive(Buffer& packet) = 0;  // false: the client has hung up
  virtual bool secret(Buffer& packet) = 0;   // what the client has put into the last channel
  virtual bool wait_for_end() = 0;           // until the client has hung up; false when it does not
};

class DaemonEnd {
 public:
  explicit DaemonEnd(DaemonLink& link) : link_(link) {}

  wire::Begin begin();
  wire::BeginOperation operation();
  // Asks, and what came: the text, or the secret of the private channel; "<refused>", "<empty>", "<gone>".
  std::string ask(std::string_view purpose, std::string_view prompt, wire::Route route,
                  std::string_view notice = {}, std::uint8_t flags = 0);
  std::string ask_pin(std::string_view prompt = "PIN: ", std::string_view notice = {}) {
    return ask("pin-or-access-key", prompt, wire::Route::by_form, notice);
  }
  // The same for a secret that must not be left behind: `check` looks at what came.
  bool ask_secret(std::string_view purpose, const std::function<bool(std::string_view)>& check);
  void say(std::string_view line);
  wire::AnswerKind reveal(std::string_view purpose, std::string_view content);
  void verdict(wire::Decision decision, std::string_view user, std::string_view message = {},
               Error error = {});
  void result(std::string_view message, std::string_view json = "{}", Error error = {});
  bool wait_for_end() { return link_.wait_for_end(); }

 private:
  DaemonLink& link_;
  Buffer first_;
};

using Script = std::function<void(DaemonEnd&)>;

}  // namespace cardea::credprov
