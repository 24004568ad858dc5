// SPDX-License-Identifier: Apache-2.0
// Runs the real `cardea`: as a script does, with pipes, or as a person does, at a pseudo terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace cardea::test {

using Words = std::vector<std::string>;

struct Ran {
  int code = -1;  // 128 + signal when one ended it
  std::string out, err;
};

// `input` is its standard input. It has no controlling terminal.
Ran run_cardea(const Words& words, const std::string& input = {});

// Any program in the same way, looked up in PATH.
Ran run_program(const Words& words, const std::string& input = {});

// The program under test, for typing into a shell.
std::string cardea_program();

class AtTerminal {
 public:
  explicit AtTerminal(const Words& words);
  // A shell with job control, in the C locale and with "$ " as its prompt.
  struct Shell {};
  explicit AtTerminal(Shell);
  AtTerminal(const AtTerminal&) = delete;
  AtTerminal& operator=(const AtTerminal&) = delete;
  ~AtTerminal();  // ends the program when it is still there

  // Reads until `text` stands on the terminal after what was expected before. False (and a failure) when it
  // ends or nothing comes for a long time.
  bool sees(std::string_view text);
  void type(std::string_view keys);
  [[nodiscard]] bool echoes() const;
  void send_signal(int number);
  // Reads to the end; exit code, or 128 + signal.
  int ends();
  // As ends(); true when the code is right and the terminal echoes afterwards.
  [[nodiscard]] bool ends_with_echo(int code);
  // Everything that was on the terminal.
  [[nodiscard]] const std::string& transcript() const { return transcript_; }

 private:
  void start(Words words);
  bool read_more();

  int terminal_ = -1;
  int program_side_ = -1;  // keeps the terminal alive, and its settings readable, when the program has ended
  pid_t child_ = -1;
  std::string transcript_;
  std::size_t seen_ = 0;
};

}  // namespace cardea::test
