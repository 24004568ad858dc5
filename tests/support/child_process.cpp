// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace cardea::test_support {
namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& text : strings)
    out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> full_environment(const Environment& added) {
  std::vector<std::string> out;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string entry(*at);
    if (!added.contains(entry.substr(0, entry.find('=')))) out.push_back(entry);
  }
  for (const auto& [name, value] : added) {
    std::string entry = name;
    entry.append("=").append(value);
    out.push_back(std::move(entry));
  }
  return out;
}

// Between fork and exec: only calls that are safe in the child of a threaded program.
[[noreturn]] void become(int output, const char* directory, char* const* arguments,
                         char* const* environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int input = ::open("/dev/null", O_RDONLY);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (*directory == '\0' || ::chdir(directory) == 0) ::execvpe(arguments[0], arguments, environment);
  ::_exit(127);
}

int exit_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

ChildProcess::ChildProcess(const Start& start) : log_(start.log) {
  if (start.command.empty()) throw std::invalid_argument("ChildProcess: no command");
  std::vector<std::string> command = start.command;
  std::vector<std::string> environment = full_environment(start.environment);
  const std::vector<char*> arguments = pointers(command);
  const std::vector<char*> variables = pointers(environment);
  const std::string directory = start.working_directory.string();
  const std::string output = log_.empty() ? "/dev/null" : log_.string();
  const int descriptor = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), output);
  if (const off_t end = ::lseek(descriptor, 0, SEEK_END); end > 0) log_begin_ = static_cast<std::size_t>(end);
  pid_ = ::fork();
  if (pid_ == 0) become(descriptor, directory.c_str(), arguments.data(), variables.data());
  const int failure = errno;
  ::close(descriptor);
  if (pid_ < 0) throw std::system_error(failure, std::generic_category(), "fork");
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      status_(other.status_),
      log_(std::move(other.log_)),
      log_begin_(other.log_begin_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(status_, other.status_);
  std::swap(log_, other.log_);
  std::swap(log_begin_, other.log_begin_);
  return *this;
}

ChildProcess::~ChildProcess() { kill9(); }

bool ChildProcess::running() {
  if (pid_ < 0) return false;
  int status = 0;
  const pid_t done = ::waitpid(pid_, &status, WNOHANG);
  if (done == 0) return true;
  if (done == pid_) status_ = exit_status(status);
  pid_ = -1;
  return false;
}

std::optional<int> ChildProcess::wait(milliseconds patience) {
  if (!wait_until([this] { return !running(); }, patience)) return std::nullopt;
  return status_;
}

void ChildProcess::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

int ChildProcess::stop(milliseconds patience) {
  signal(SIGTERM);
  if (!wait(patience)) kill9();
  return status_;
}

void ChildProcess::kill9() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = exit_status(status);
  pid_ = -1;
}

std::string ChildProcess::log_text() const {
  const std::string all = read_text_file(log_);
  return all.substr(std::min(log_begin_, all.size()));
}

bool ChildProcess::wait_for_output(const std::string& text, milliseconds patience) {
  const auto said = [&] { return log_text().find(text) != std::string::npos; };
  return wait_until([&] { return said() || !running(); }, patience) && said();
}

bool ChildProcess::wait_for_path(const std::filesystem::path& path, milliseconds patience) {
  const auto there = [&] { return std::filesystem::exists(path); };
  return wait_until([&] { return there() || !running(); }, patience) && there();
}

CommandResult run_command(const std::vector<std::string>& command, const Environment& environment,
                          milliseconds patience) {
  const test::TempDir directory;
  ChildProcess child({command, directory / "output", environment});
  CommandResult result;
  result.status = child.wait(patience).value_or(-1);
  child.kill9();
  result.output = child.log_text();
  return result;
}

std::string must_run(const std::vector<std::string>& command, const Environment& environment) {
  CommandResult result = run_command(command, environment);
  if (result.ok()) return std::move(result.output);
  std::ostringstream message;
  for (const std::string& word : command)
    message << word << ' ';
  message << "ended with " << result.status << ": " << result.output;
  throw std::runtime_error(message.str());
}

std::string read_text_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace cardea::test_support
