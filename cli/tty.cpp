// SPDX-License-Identifier: Apache-2.0
#include "cli/tty.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "core/wire/local_messages.h"

namespace cardea::cli {
namespace {

constexpr std::array kSignals = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGTSTP,
                                 SIGTTIN, SIGTTOU, SIGALRM, SIGPIPE};

// The only thing a signal handler may touch: which of kSignals came while a question was open.
volatile sig_atomic_t g_arrived[kSignals.size()];

void note_signal(int number) {
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == number) g_arrived[i] = 1;
  }
}

// Notes signals for its life, instead of letting them end the program in the middle of a question.
class SignalGuard {
 public:
  SignalGuard() noexcept {
    struct sigaction noting {};
    noting.sa_handler = note_signal;  // without SA_RESTART: read() must return
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
  }

 private:
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
    // SIGTTOU is being noted: a background process would stop here for ever otherwise.
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
LineEnd read_line(int terminal, client::SecretBuffer& answer) noexcept {
  char line[wire::kMaxAnswerBytes + 1];
  std::size_t size = 0;
  LineEnd end = LineEnd::failed;
  while (true) {
    char c = 0;
    const ssize_t got = ::read(terminal, &c, 1);
    if (got < 0 && errno == EINTR && !signal_arrived()) continue;
    if (got <= 0) {
      end = got == 0 ? LineEnd::end_of_file : signal_arrived() ? LineEnd::signal : LineEnd::failed;
      break;
    }
    if (c == '\n' || c == '\r') {
      end = LineEnd::line;
      break;
    }
    if (size < sizeof line) line[size++] = c;
  }
  if (end == LineEnd::line) answer.assign({line, size});
  wipe(line, sizeof line);
  return end;
}

LineEnd ask_once(int terminal, std::string_view prompt, bool echo, client::SecretBuffer& answer) noexcept {
  const SignalGuard signals;
  const EchoOff hidden(terminal, echo);
  if (!hidden.ok()) return signal_arrived() ? LineEnd::signal : LineEnd::failed;
  write_all(terminal, prompt);
  const LineEnd end = read_line(terminal, answer);
  if (!echo || end != LineEnd::line) write_all(terminal, "\n");
  return end;
}

}  // namespace

TtyOutcome ask_at_terminal(std::string_view prompt, bool echo, client::SecretBuffer& answer) noexcept {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return TtyOutcome::no_terminal;
  LineEnd end = LineEnd::failed;
  do {
    end = ask_once(terminal, prompt, echo, answer);
  } while (pass_signals_on() && end != LineEnd::line);
  (void)::close(terminal);
  if (end == LineEnd::line) return TtyOutcome::answered;
  return end == LineEnd::failed ? TtyOutcome::no_terminal : TtyOutcome::ended;
}

}  // namespace cardea::cli
