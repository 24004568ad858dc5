// SPDX-License-Identifier: Apache-2.0
// What the runner does on the orders of the control socket.
#include <sstream>

#include "tests/virtual_card/card_runner.h"
#include "tests/virtual_card/state_file.h"

namespace cardea::virtual_card {

void CardRunner::serve_control() {
  const auto request = control_.receive();
  if (!request) return;
  const auto command = parse_control_command(request->text);
  const std::string answer =
      command.ok() ? std::visit([this](const auto& order) { return carry_out(order); }, *command)
                   : "error " + command.failure().detail;
  control_.reply(*request, answer);
}

std::string CardRunner::carry_out(const control::Eject&) {
  if (!inserted_) return "ok already out";
  inserted_ = false;
  lose_line();
  return "ok";
}

// A different card can only come into an empty reader, so that pcscd sees the first one go.
std::string CardRunner::carry_out(const control::Insert& order) {
  if (inserted_) return order.state_file ? "error a card is in the reader, eject it first" : "ok already in";
  if (order.state_file) {
    auto state = load_state(*order.state_file);
    if (!state.ok()) return "error " + state.failure().detail;
    card_ = std::make_unique<CardEngine>(std::move(state).value(), random_);
    saved_ = serialize_state(card_->state());
    state_file_ = *order.state_file;
  }
  inserted_ = true;
  next_connect_ = 0;
  lineless_since_ = clock_.monotonic();
  keep_line();
  return "ok";
}

std::string CardRunner::carry_out(const control::Delay& order) {
  faults_.delay_ms = order.milliseconds;
  return "ok";
}

std::string CardRunner::carry_out(const control::YankAt& order) {
  faults_.yank_after = order.apdu;
  faults_.yank_executes = order.execute_first;
  return "ok";
}

std::string CardRunner::carry_out(const control::Force& order) {
  faults_.force.reset();
  if (order.count != 0) faults_.force = order;
  return "ok";
}

std::string CardRunner::carry_out(const control::Memory& order) {
  card_->set_memory_limit(order.bytes);
  return save() ? "ok" : "error state not saved";
}

std::string CardRunner::carry_out(const control::Stat&) {
  const PinSummary pins = card_->pins();
  std::ostringstream out;
  out << "ok inserted=" << (inserted_ ? 1 : 0) << " apdus=" << apdus_
      << " personality=" << kind_name(card_->state().kind) << " pin_tries=" << pins.tries_left
      << " puk_tries=" << pins.unblock_tries_left << " verified=" << (pins.verified ? 1 : 0)
      << " free=" << card_->state().memory_free() << " serial=" << to_hex(card_->state().serial);
  return out.str();
}

std::string CardRunner::carry_out(const control::Trace&) {
  std::string out = "ok";
  for (const std::uint8_t& instruction : instructions_)
    out += " " + to_hex(ByteView(&instruction, 1));
  return out;
}

std::string CardRunner::carry_out(const control::ResetCounters&) {
  apdus_ = 0;
  instructions_.clear();
  return "ok";
}

std::string CardRunner::carry_out(const control::Quit&) {
  running_ = false;
  return "ok";
}

}  // namespace cardea::virtual_card
