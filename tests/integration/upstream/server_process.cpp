// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/upstream/server_process.h"

#include <fstream>
#include <stdexcept>

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace cardea::upstream {
namespace {

pid_t spawn(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  if (::posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0) {
    throw std::runtime_error("the server could not be started");
  }
  return pid;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& program) : program_(program) {
  write_config();
  const std::string config = directory_.file("server.conf");
  const pid_t init =
      spawn({program_, "--config", config, "--init-secrets", "--init-certificate", "127.0.0.1"});
  int status = 0;
  if (::waitpid(init, &status, 0) != init || status != 0) throw std::runtime_error("initialising failed");
  start();
}

void ServerProcess::write_config() const {
  std::ofstream file(directory_.file("server.conf"));
  file << "[server]\nlisten = 127.0.0.1:0\ncertificate = " << directory_.file("certificate.pem")
       << "\nprivate_key = " << directory_.file("private.pem") << "\nport_file = " << directory_.file("port")
       << "\nlog_level = error\n[store]\nurl = sqlite://" << directory_.file("cardea.db")
       << "\n[secrets]\noprf_seed_file = " << directory_.file("oprf")
       << "\nake_key_file = " << directory_.file("ake")
       << "\ncheckpoint_key_file = " << directory_.file("checkpoint") << "\n";
}

// The port file is written when the server listens.
void ServerProcess::start() {
  const int watch = ::inotify_init1(IN_CLOEXEC);
  ::inotify_add_watch(watch, directory_.path().c_str(), IN_CLOSE_WRITE | IN_MOVED_TO);
  pid_ = spawn({program_, "--config", directory_.file("server.conf")});
  pollfd waiting{watch, POLLIN, 0};
  std::string port;
  while (port.empty() && ::poll(&waiting, 1, 30'000) > 0) {
    char events[4096];
    if (::read(watch, events, sizeof events) <= 0) break;
    std::ifstream(directory_.file("port")) >> port;
  }
  ::close(watch);
  if (port.empty()) throw std::runtime_error("the server does not listen");
  url_ = "https://127.0.0.1:" + port;
}

ServerProcess::~ServerProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  int status = 0;
  ::waitpid(pid_, &status, 0);
}

}  // namespace cardea::upstream
