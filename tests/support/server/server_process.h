// SPDX-License-Identifier: Apache-2.0
// A real cardea-server with its own directory, secrets, certificate and ephemeral ports. Ended, by its
// process id, with this object.
#pragma once

#include <string>

#include <sys/types.h>

#include "tests/support/server/api_client.h"
#include "tests/support/temp_dir.h"

namespace cardea::test {

class ServerProcess {
 public:
  // `more` is added to server.conf; `store` takes the place of a SQLite file in `dir`.
  explicit ServerProcess(const std::string& more = "", const std::string& store = "");
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  void start();  // until it listens
  // Sends the signal and waits for the end; returns the exit code, or minus the signal that ended it.
  int end(int signal);
  void signal(int number) const;
  // Runs the program to its end with these arguments, with --config before them; returns its exit code.
  int run(const std::vector<std::string>& arguments, std::string* output = nullptr) const;
  // Reads the log until a line with this text has come; throws after 20 s.
  void wait_for_log(const std::string& text);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t metrics_port() const { return metrics_port_; }
  [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string ca_file() const { return dir.file("ca.pem"); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& log() const { return log_; }
  // A client with one kept-alive connection at a time, from this loopback address.
  ApiClient client(const std::string& from = "127.0.0.1") const;

  TempDir dir;

 private:
  [[nodiscard]] pid_t launch(const std::vector<std::string>& arguments, int output) const;
  bool read_log();
  pid_t pid_ = -1;
  int log_pipe_ = -1;
  std::string log_;
  std::size_t log_searched_ = 0;
  std::uint16_t port_ = 0;
  std::uint16_t metrics_port_ = 0;
};

// A client with one kept-alive connection at a time to whatever serves `authority` at this port: the server,
// or a proxy before it.
ApiClient client_at(std::uint16_t port, const std::string& ca_file, const std::string& authority,
                    const std::string& from = "127.0.0.1");

// The bytes of a call as HTTP/1.1.
std::string http_text(const HttpCall& call, const std::string& host);

}  // namespace cardea::test
