// SPDX-License-Identifier: Apache-2.0
#include "cli/tty.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "core/wire/local_messages.h"

namespace cardea::cli {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGALRM, SIGPIPE};

// A terminal cuts a line at 4,095 bytes without a word; what comes near is not believed to be whole.
constexpr std::size_t kMaxTypedLine = 4'000;

// The only thing a signal handler may touch: which of kSignals came while a question was open.
volatile sig_atomic_t g_arrived[kSignals.size()];

void note_signal(int number) {
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == number) g_arrived[i] = 1;
  }
}

// Notes signals for its life, instead of letting them end the program in the middle of a question. They are
// held back except while wait_readable() waits, so that none can come between a look at g_arrived and the
// wait.
class SignalGuard {
 public:
  SignalGuard() noexcept {
    sigset_t held;
    (void)sigemptyset(&held);
    for (const int number : kSignals)
      (void)sigaddset(&held, number);
    (void)sigaddset(&held, SIGTTOU);  // the terminal is put right from the background too
    (void)sigprocmask(SIG_BLOCK, &held, &mask_before_);
    struct sigaction noting {};
    noting.sa_handler = note_signal;
    (void)sigemptyset(&noting.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      g_arrived[i] = 0;
      (void)sigaction(kSignals[i], &noting, &before_[i]);
    }
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
  ~SignalGuard() {
    for (std::size_t i = 0; i < kSignals.size(); ++i)
      (void)sigaction(kSignals[i], &before_[i], nullptr);
    (void)sigprocmask(SIG_SETMASK, &mask_before_,
                      nullptr);  // what was held back arrives now, as it always would
  }
  // False when a signal came first.
  [[nodiscard]] bool wait_readable(int terminal) const noexcept {
    pollfd wait{terminal, POLLIN, 0};
    return ppoll(&wait, 1, nullptr, &mask_before_) > 0 || errno != EINTR;  // read() tells what is wrong
  }

 private:
  sigset_t mask_before_{};
  std::array<struct sigaction, kSignals.size()> before_{};
};

bool signal_arrived() noexcept {
  for (const sig_atomic_t arrived : g_arrived) {
    if (arrived != 0) return true;
  }
  return false;
}

// Sends the noted signals to ourselves, now that terminal and handlers are as they were. True when the
// program was stopped and goes on (Ctrl-Z, fg): the question must be asked again.
bool pass_signals_on() noexcept {
  bool again = false;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (g_arrived[i] == 0) continue;
    g_arrived[i] = 0;
    (void)kill(getpid(), kSignals[i]);
    again = true;  // whoever is still there was only stopped, or ignores the signal
  }
  return again;
}

class EchoOff {
 public:
  EchoOff(int terminal, bool echo) noexcept : terminal_(terminal) {
    if (tcgetattr(terminal, &before_) != 0) return;
    termios hidden = before_;
    if (!echo) hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
    hidden.c_lflag |= ICANON | ISIG;
    changed_ = tcsetattr(terminal, TCSAFLUSH, &hidden) == 0;
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff() {
    if (changed_) (void)tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool ok() const noexcept { return changed_; }

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

void write_all(int terminal, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(terminal, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

enum class LineEnd : std::uint8_t { line, end_of_file, signal, failed };

// One line; a line that is too long is read to its end, so that its rest answers no other question.
LineEnd read_line(int terminal, const SignalGuard& signals, client::SecretBuffer& answer) noexcept {
  char line[kMaxTypedLine + 1];
  std::size_t size = 0;
  LineEnd end = LineEnd::failed;
  while (true) {
    if (!signals.wait_readable(terminal)) {
      if (!signal_arrived()) continue;
      end = LineEnd::signal;
      break;
    }
    char c = 0;
    const ssize_t got = ::read(terminal, &c, 1);
    if (got <= 0) {
      end = got == 0 ? LineEnd::end_of_file : LineEnd::failed;
      break;
    }
    if (c == '\n' || c == '\r') {
      end = LineEnd::line;
      break;
    }
    if (size < sizeof line) line[size++] = c;
  }
  if (end == LineEnd::line && size > kMaxTypedLine) answer.refuse_too_long();
  if (end == LineEnd::line && size <= kMaxTypedLine) answer.assign({line, size});
  wipe(line, sizeof line);
  return end;
}

LineEnd ask_once(int terminal, std::string_view prompt, bool echo, client::SecretBuffer& answer) noexcept {
  const SignalGuard signals;
  const EchoOff hidden(terminal, echo);
  if (!hidden.ok()) return LineEnd::failed;
  write_all(terminal, prompt);
  const LineEnd end = read_line(terminal, signals, answer);
  if (!echo || end != LineEnd::line) write_all(terminal, "\n");
  return end;
}

// A background job that asks stops until it is brought to the front, as the kernel does it with one that
// reads.
void wait_for_foreground(int terminal) noexcept {
  if (tcgetpgrp(terminal) != getpgrp()) (void)kill(0, SIGTTIN);
}

}  // namespace

TtyOutcome ask_at_terminal(std::string_view prompt, bool echo, client::SecretBuffer& answer) noexcept {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return TtyOutcome::no_terminal;
  LineEnd end = LineEnd::failed;
  do {
    wait_for_foreground(terminal);
    end = ask_once(terminal, prompt, echo, answer);
  } while (pass_signals_on() && end != LineEnd::line);
  (void)::close(terminal);
  if (end == LineEnd::line) return TtyOutcome::answered;
  return end == LineEnd::failed ? TtyOutcome::no_terminal : TtyOutcome::ended;
}

}  // namespace cardea::cli
