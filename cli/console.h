// SPDX-License-Identifier: Apache-2.0
// The two ways the utility answers the daemon: a person at the terminal, or a script's file. What is said and
// revealed goes to Output in both. `problem()` tells in words why an ask could not be answered.
#pragma once

#include <memory>
#include <string>

#include "cli/answers.h"
#include "cli/output.h"
#include "core/client/terminal.h"

namespace cardea::cli {

class Console : public client::Terminal {
 public:
  explicit Console(Output& output) noexcept : output_(output) {}
  virtual ~Console() = default;

  void say(const wire::Say& say) noexcept override;
  client::Reply reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept override;

  // A line of the answers that is no answer but a wish of the script; nobody at a terminal has one.
  virtual std::optional<std::string> wish(std::string_view) { return std::nullopt; }
  // Whether there is an answer to this without asking anybody.
  [[nodiscard]] virtual bool knows(std::string_view) const { return false; }
  // Says why there is no answer, in place of what was asked.
  void give_up(std::string text) { set_problem(std::move(text)); }

  // “<what happened>. <what to do>.”; empty while all went well.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  [[nodiscard]] Output& output() noexcept { return output_; }
  [[nodiscard]] std::string speak(const char* english, text::Arguments arguments = {}) const {
    return output_.speak(english, arguments);
  }

 protected:
  void set_problem(std::string text) { problem_ = std::move(text); }

 private:
  Output& output_;
  std::string problem_;
};

// Asks at /dev/tty. Hidden answers are read without echo; what was typed before the question is thrown away;
// the terminal is put right again also when a signal ends or stops the program.
class TtyConsole final : public Console {
 public:
  explicit TtyConsole(Output& output) noexcept : Console(output) {}
  client::Reply ask(const wire::Ask& ask, client::Turn turn, client::SecretBuffer& answer) noexcept override;
};

// Answers from a file, by purpose. A purpose that the file has no (more) line for fails, unless it may be
// empty.
class ScriptConsole final : public Console {
 public:
  ScriptConsole(Output& output, Answers answers) noexcept : Console(output), answers_(std::move(answers)) {}
  client::Reply ask(const wire::Ask& ask, client::Turn turn, client::SecretBuffer& answer) noexcept override;
  std::optional<std::string> wish(std::string_view name) override;
  [[nodiscard]] bool knows(std::string_view name) const override { return answers_.has(name); }

 private:
  Answers answers_;
  SecretBytes last_;  // for the repetition of the same question
};

// The console that --answers asks for; failure as Answers::read, which `voice` explains.
Result<std::unique_ptr<Console>> make_console(Output& output, text::Voice& voice,
                                              const std::string& answers_file);

}  // namespace cardea::cli
