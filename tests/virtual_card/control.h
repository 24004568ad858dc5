// SPDX-License-Identifier: Apache-2.0
// The control socket: tests tell the card over a Unix datagram socket what is to happen to it. One command is
// one datagram of words; each gets one datagram back, beginning with "ok" or "error". See README.md for the
// commands; the runner carries them out.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "core/base/result.h"

namespace cardea::virtual_card {

namespace control {
struct Eject {};
struct Insert {
  std::optional<std::filesystem::path> state_file;
};
struct Delay {
  std::uint32_t milliseconds = 0;
};
struct YankAt {
  std::uint32_t apdu = 0;  // 1 is the next one; 0 takes an earlier order back
  bool execute_first = false;
};
struct Force {
  std::uint8_t instruction = 0;
  std::uint16_t status = 0;
  std::uint32_t count = 0;
};
struct Memory {
  std::uint32_t bytes = 0;
};
struct Stat {};
struct Trace {};
struct ResetCounters {};
struct Quit {};
}  // namespace control

using ControlCommand =
    std::variant<control::Eject, control::Insert, control::Delay, control::YankAt, control::Force,
                 control::Memory, control::Stat, control::Trace, control::ResetCounters, control::Quit>;

// invalid_argument with a sentence for the person who wrote it.
Result<ControlCommand> parse_control_command(std::string_view text);

class ControlSocket {
 public:
  // already_exists when another process answers at this path; a socket nobody owns is replaced.
  static Result<ControlSocket> bind(const std::filesystem::path& path);
  ControlSocket(ControlSocket&& other) noexcept;
  ControlSocket& operator=(ControlSocket&&) = delete;
  ~ControlSocket();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  struct Request {
    std::string text;
    std::string reply_path;  // empty: the sender wants no answer
  };
  std::optional<Request> receive();
  void reply(const Request& request, const std::string& text);

 private:
  ControlSocket(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_;
  std::filesystem::path path_;
};

// The other side: sends one command and waits for the answer. timeout after `timeout_ms`, service_unreachable
// when nobody is there. The answer's first word is not judged.
Result<std::string> request_control(const std::filesystem::path& path, const std::string& command,
                                    int timeout_ms);

}  // namespace cardea::virtual_card
