// SPDX-License-Identifier: Apache-2.0
#include "server/admin/passphrase.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <termios.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/secure_file.h"

namespace cardea::server::admin {
namespace {

constexpr std::size_t kMaxAnswers = 4096;
constexpr std::string_view kName = "passphrase=";
constexpr char kCancel = 3;  // Ctrl-C

// Up to the end of the file, or of the line. Empty when there is nothing.
SecretBytes read_some(int file, bool one_line) {
  SecretBytes buffer(kMaxAnswers);
  std::size_t used = 0;
  while (used < buffer.size()) {
    const ssize_t got = ::read(file, buffer.expose_mutable().data() + used, buffer.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    used += static_cast<std::size_t>(got);
    const std::uint8_t last = buffer.expose()[used - 1];
    if (one_line && (last == '\n' || last == kCancel)) break;
  }
  buffer.truncate(used);
  return buffer;
}

Result<SecretBytes> from_answers(const std::string& path) {
  SecretBytes answers;
  if (path == "-") {
    answers = read_some(STDIN_FILENO, false);
  } else {
    TRY_ASSIGN(answers, read_secret_file(path, kMaxAnswers));
  }
  std::string_view rest = answers.expose_text();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.starts_with(kName)) return SecretBytes(line.substr(kName.size()));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return fail(Error::cancelled, "the answers have no line passphrase=");
}

// Without echo, and without signals: Ctrl-C ends the line and is looked at afterwards, so that the terminal
// is in order again whatever is typed.
class QuietTerminal {
 public:
  explicit QuietTerminal(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL | ISIG);
    quiet.c_cc[VEOL] = kCancel;
    changed_ = ::tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (changed_) (void)::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool quiet() const noexcept { return changed_; }

 private:
  int terminal_;
  termios before_ = {};
  bool changed_ = false;
};

Result<SecretBytes> from_terminal(std::string_view question) {
  const UniqueFd terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal) return fail(Error::cancelled, "there is no terminal to ask for the passphrase");
  SecretBytes line;
  {
    const QuietTerminal quiet(terminal.get());
    if (!quiet.quiet() || ::write(terminal.get(), question.data(), question.size()) < 0)
      return fail(Error::io_failed, std::string("terminal: ") + std::strerror(errno));
    line = read_some(terminal.get(), true);
  }
  (void)!::write(terminal.get(), "\n", 1);
  if (line.empty() || line.expose_text().back() != '\n') return Error::cancelled;
  line.truncate(line.size() - 1);
  return line;
}

}  // namespace

Result<SecretBytes> ask_passphrase(const Invocation& line, bool fresh) {
  SecretBytes passphrase;
  if (!line.answers.empty()) {
    TRY_ASSIGN(passphrase, from_answers(line.answers));
  } else {
    TRY_ASSIGN(passphrase, from_terminal(fresh ? "New passphrase: " : "Passphrase: "));
    if (fresh) {
      TRY_ASSIGN(const SecretBytes again, from_terminal("The same again: "));
      if (!(again == passphrase)) return fail(Error::cancelled, "the two were not the same");
    }
  }
  if (fresh && passphrase.size() < kMinPassphrase)
    return fail(Error::invalid_argument,
                "a passphrase has at least " + std::to_string(kMinPassphrase) + " characters");
  return passphrase;
}

}  // namespace cardea::server::admin
