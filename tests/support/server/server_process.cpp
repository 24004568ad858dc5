// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/server_process.h"

#include <csignal>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build_paths.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {
namespace {

constexpr int kTimeoutMillis = 20'000;

std::string program() { return std::string(CARDEA_BINARY_DIR) + "/server/cardea-server"; }

int wait_for(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) throw std::runtime_error("waitpid failed");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::uint16_t port_after(const std::string& log, const std::string& text) {
  const auto at = log.rfind(text);
  const auto colon = log.find(':', at + text.size());
  return static_cast<std::uint16_t>(std::stoul(log.substr(colon + 1)));
}

}  // namespace

std::string http_text(const HttpCall& call, const std::string& host) {
  std::string out = call.method + " " + call.target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : call.headers)
    out += name + ": " + value + "\r\n";
  if (!call.body.empty()) out += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  return out + "\r\n" + call.body;
}

ServerProcess::ServerProcess(const std::string& more, const std::string& store) {
  std::ofstream(dir.file("server.conf"))
      << "[server]\nlisten = 127.0.0.1:0\ncertificate = " << dir.file("cert.pem")
      << "\nprivate_key = " << dir.file("key.pem") << "\nport_file = " << dir.file("port")
      << "\nregion = north\n"
      << "[store]\n"
      << (store.empty() ? "url = sqlite://" + dir.file("cardea.db") : store)
      << "\n[secrets]\noprf_seed_file = " << dir.file("oprf") << "\nake_key_file = " << dir.file("ake")
      << "\ncheckpoint_key_file = " << dir.file("checkpoint") << "\n[metrics]\nlisten = 127.0.0.1:0\n"
      << more;
  std::string output;
  if (run({"--init-secrets", "--init-certificate", "127.0.0.1"}, &output) != 0)
    throw std::runtime_error(output);
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) (void)end(SIGKILL);
  if (log_pipe_ >= 0) ::close(log_pipe_);
}

pid_t ServerProcess::launch(const std::vector<std::string>& arguments, int output) const {
  std::vector<std::string> words{program(), "--config", dir.file("server.conf")};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // also when the test itself is killed
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  return pid;
}

int ServerProcess::run(const std::vector<std::string>& arguments, std::string* output) const {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  const pid_t pid = launch(arguments, ends[1]);
  ::close(ends[1]);
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    if (output != nullptr) output->append(buffer, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  return wait_for(pid);
}

void ServerProcess::start() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  if (log_pipe_ >= 0) ::close(log_pipe_);
  log_pipe_ = ends[0];
  log_searched_ = log_.size();
  pid_ = launch({}, ends[1]);
  ::close(ends[1]);
  wait_for_log("metrics on ");
  port_ = port_after(log_, "listening on ");
  metrics_port_ = port_after(log_, "metrics on ");
}

bool ServerProcess::read_log() {
  pollfd wait = {log_pipe_, POLLIN, 0};
  if (::poll(&wait, 1, kTimeoutMillis) != 1) return false;
  char buffer[4096];
  const ssize_t count = ::read(log_pipe_, buffer, sizeof buffer);
  if (count <= 0) return false;
  log_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

void ServerProcess::wait_for_log(const std::string& text) {
  for (;;) {
    const auto at = log_.find(text, log_searched_);
    const auto line_end = at == std::string::npos ? at : log_.find('\n', at);
    if (line_end != std::string::npos) {
      log_searched_ = line_end;
      return;
    }
    if (!read_log()) throw std::runtime_error("no “" + text + "” in the log:\n" + log_);
  }
}

void ServerProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

int ServerProcess::end(int number) {
  signal(number);
  while (read_log()) {
  }
  const int code = wait_for(pid_);
  pid_ = -1;
  return code;
}

ApiClient ServerProcess::client(const std::string& from) const {
  return client_at(port_, ca_file(), authority(), from);
}

ApiClient client_at(std::uint16_t port, const std::string& ca_file, const std::string& authority,
                    const std::string& from) {
  auto connection = std::make_shared<std::unique_ptr<TlsConnection>>();
  const auto transport = [connection, host = authority, from, port,
                          ca = ca_file](const HttpCall& call) -> HttpReply {
    TlsConnection::Settings settings;
    settings.from = from;
    // A kept connection may have ended meanwhile; then a new one is tried, once.
    for (int attempt = 0; attempt < 2; ++attempt) {
      const bool fresh = !*connection;
      if (fresh) *connection = TlsConnection::open(port, ca, settings);
      if (!*connection) return {};
      if ((*connection)->send(http_text(call, host))) {
        HttpReply reply = (*connection)->receive();
        if (reply.headers.contains("connection")) connection->reset();
        if (reply.status != 0) return reply;
      }
      connection->reset();
      if (fresh) return {};
    }
    return {};
  };
  return {transport, authority, [] { return SystemClock().now(); }};
}

}  // namespace cardea::test
