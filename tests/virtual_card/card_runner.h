// SPDX-License-Identifier: Apache-2.0
// The life of one virtual card: waits for commands from the reader and orders from the control socket, lets
// the engine answer, saves what changed, and makes the faults that were ordered. main() makes one and runs
// it.
#pragma once

#include <optional>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "tests/virtual_card/card_engine.h"
#include "tests/virtual_card/control.h"
#include "tests/virtual_card/vpcd_link.h"

namespace cardea::virtual_card {

// Faults that the control socket has ordered.
struct FaultPlan {
  std::uint32_t delay_ms = 0;    // before each answer
  std::uint32_t yank_after = 0;  // commands until the card is pulled, counting down; 0: never
  bool yank_executes = false;    // the command is carried out, only its answer is lost
  std::optional<control::Force> force;
};

class CardRunner {
 public:
  struct Parts {
    std::filesystem::path state_file;
    ControlSocket control;
    std::string host;
    std::uint16_t port;
    bool inserted;
  };
  CardRunner(Parts parts, CardState card, const Clock& clock, Random& random, const Log& log);

  // Runs until `quit` or a signal arrives on `signal_descriptor`; fails with service_unreachable when no
  // reader has answered for two minutes.
  Status run(int signal_descriptor);

 private:
  void wait_and_serve(int signal_descriptor);
  void keep_line();
  void lose_line();
  void serve_line();
  void serve_frames();
  void on_frame(Bytes frame);
  void on_signal(std::uint8_t signal);
  void on_command(const Bytes& command);
  std::optional<Bytes> forced_answer(const Bytes& command);
  Bytes execute(const Bytes& command);
  bool save();
  void serve_control();
  // Orders of the control socket; each returns its answer.
  std::string carry_out(const control::Eject& order);
  std::string carry_out(const control::Insert& order);
  std::string carry_out(const control::Delay& order);
  std::string carry_out(const control::YankAt& order);
  std::string carry_out(const control::Force& order);
  std::string carry_out(const control::Memory& order);
  std::string carry_out(const control::Stat& order);
  std::string carry_out(const control::Trace& order);
  std::string carry_out(const control::ResetCounters& order);
  std::string carry_out(const control::Quit& order);
  [[nodiscard]] int poll_timeout() const;

  const Clock& clock_;
  Random& random_;
  const Log& log_;
  std::filesystem::path state_file_;
  ControlSocket control_;
  VpcdLink link_;
  std::unique_ptr<CardEngine> card_;
  Bytes saved_;  // what the state file holds
  FaultPlan faults_;
  bool inserted_;
  bool running_ = true;
  std::uint64_t apdus_ = 0;
  Bytes instructions_;            // of the first of them, up to kMaxTrace
  std::optional<Bytes> pending_;  // a command whose delay runs
  MonotonicMillis pending_due_ = 0;
  MonotonicMillis next_connect_ = 0;
  MonotonicMillis lineless_since_ = 0;
};

}  // namespace cardea::virtual_card
