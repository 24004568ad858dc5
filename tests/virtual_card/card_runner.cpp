// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/card_runner.h"

#include <algorithm>
#include <array>

#include <poll.h>

#include "tests/virtual_card/state_file.h"

namespace cardea::virtual_card {
namespace {

constexpr MonotonicMillis kReconnectInterval = 50;    // pcscd starts in about 20 ms
constexpr MonotonicMillis kGiveUpAfter = 120 * 1000;  // a card nobody reads must not run for ever
constexpr std::size_t kMaxTrace = 256;

}  // namespace

CardRunner::CardRunner(Parts parts, CardState card, const Clock& clock, Random& random, const Log& log)
    : clock_(clock),
      random_(random),
      log_(log),
      state_file_(std::move(parts.state_file)),
      control_(std::move(parts.control)),
      link_(std::move(parts.host), parts.port),
      card_(std::make_unique<CardEngine>(std::move(card), random)),
      saved_(serialize_state(card_->state())),
      inserted_(parts.inserted),
      lineless_since_(clock.monotonic()) {}

Status CardRunner::run(int signal_descriptor) {
  while (running_) {
    keep_line();
    if (inserted_ && !link_.connected() && clock_.monotonic() - lineless_since_ > kGiveUpAfter) {
      return fail(Error::service_unreachable, "no reader has answered for two minutes");
    }
    wait_and_serve(signal_descriptor);
  }
  return {};
}

int CardRunner::poll_timeout() const {
  const MonotonicMillis now = clock_.monotonic();
  MonotonicMillis due = now + 60'000;
  if (inserted_ && !link_.connected()) due = std::min(due, next_connect_);
  if (pending_) due = std::min(due, pending_due_);
  return static_cast<int>(std::max<MonotonicMillis>(due - now, 0));
}

void CardRunner::wait_and_serve(int signal_descriptor) {
  // While a delayed command is pending the line is not read; poll still reports that pcscd hung up.
  std::array<pollfd, 3> waiting = {{{signal_descriptor, POLLIN, 0},
                                    {control_.descriptor(), POLLIN, 0},
                                    {link_.descriptor(), static_cast<short>(pending_ ? 0 : POLLIN), 0}}};
  if (::poll(waiting.data(), waiting.size(), poll_timeout()) < 0) return;
  if (waiting[0].revents != 0) running_ = false;
  if (waiting[1].revents != 0) serve_control();
  if (waiting[2].revents != 0 && link_.connected()) serve_line();
  if (pending_ && clock_.monotonic() >= pending_due_) {
    const Bytes command = std::move(*pending_);
    pending_.reset();
    on_command(command);
    serve_frames();
  }
}

void CardRunner::keep_line() {
  const MonotonicMillis now = clock_.monotonic();
  if (!inserted_ || link_.connected() || now < next_connect_) return;
  next_connect_ = now + kReconnectInterval;
  if (link_.connect().ok()) card_->power_cycle();
}

void CardRunner::lose_line() {
  link_.close();
  card_->power_cycle();
  pending_.reset();
  lineless_since_ = clock_.monotonic();
  next_connect_ = lineless_since_ + kReconnectInterval;
}

void CardRunner::serve_line() {
  if (!link_.receive().ok()) {
    lose_line();
    return;
  }
  serve_frames();
}

void CardRunner::serve_frames() {
  while (!pending_) {
    auto frame = link_.next_frame();
    if (!frame) return;
    on_frame(std::move(*frame));
  }
}

void CardRunner::on_frame(Bytes frame) {
  if (frame.size() == 1) {
    on_signal(frame[0]);
  } else if (faults_.delay_ms != 0) {
    pending_ = std::move(frame);
    pending_due_ = clock_.monotonic() + faults_.delay_ms;
  } else {
    on_command(frame);
  }
}

void CardRunner::on_signal(std::uint8_t signal) {
  switch (static_cast<ReaderSignal>(signal)) {
    case ReaderSignal::power_off:
    case ReaderSignal::power_on:
    case ReaderSignal::reset:
      card_->power_cycle();
      return;
    case ReaderSignal::get_atr:
      if (!link_.send(card_->atr()).ok()) lose_line();
      return;
  }
}

void CardRunner::on_command(const Bytes& command) {
  ++apdus_;
  if (command.size() >= 2 && instructions_.size() < kMaxTrace) instructions_.push_back(command[1]);
  if (faults_.yank_after != 0 && --faults_.yank_after == 0) {
    if (faults_.yank_executes) (void)execute(command);
    inserted_ = false;
    lose_line();
    return;
  }
  Bytes answer = forced_answer(command).value_or(Bytes{});
  if (answer.empty()) answer = execute(command);
  if (!link_.send(answer).ok()) lose_line();
}

std::optional<Bytes> CardRunner::forced_answer(const Bytes& command) {
  if (!faults_.force || command.size() < 2 || command[1] != faults_.force->instruction) return std::nullopt;
  Bytes answer = ResponseApdu(faults_.force->status).encode();
  if (--faults_.force->count == 0) faults_.force.reset();
  return answer;
}

// A command whose effect can't be kept has not happened as far as the reader learns.
Bytes CardRunner::execute(const Bytes& command) {
  Bytes answer = card_->process(command);
  if (!save()) return ResponseApdu(sw::kMemoryFailure).encode();
  return answer;
}

bool CardRunner::save() {
  Bytes now = serialize_state(card_->state());
  if (now == saved_) return true;
  const Status written = save_state(state_file_, now);
  if (!written.ok()) {
    log_.error("state not saved", {{"reason", written.failure().detail}});
    return false;
  }
  saved_ = std::move(now);
  return true;
}

}  // namespace cardea::virtual_card
