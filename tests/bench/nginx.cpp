// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/nginx.h"

#include <fstream>
#include <stdexcept>

#include <unistd.h>

#include "tests/support/server/tls_connection.h"
#include "tests/support/wait_until.h"

namespace cardea::bench {
namespace {

std::string configuration(const std::string& root, std::uint16_t port, const std::string& certificate,
                          const std::string& key) {
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += std::string(kind) + "_temp_path " + root + "/tmp;\n";
  return "daemon off;\nworker_processes auto;\npid " + root + "/nginx.pid;\nerror_log " + root +
         "/error.log;\n" + (::geteuid() == 0 ? "user root;\n" : "") +
         "events { worker_connections 1024; }\nhttp {\n" + temporary +
         "access_log off;\ndefault_type application/json;\nkeepalive_requests 1000000;\nserver {\nlisten "
         "127.0.0.1:" +
         std::to_string(port) + " ssl;\nssl_protocols TLSv1.3;\nssl_certificate " + certificate +
         ";\nssl_certificate_key " + key + ";\nroot " + root + "/files;\n}\n}\n";
}

}  // namespace

Nginx::Nginx(const std::string& certificate, const std::string& key, const std::string& path,
             const std::string& body)
    : port_(test::free_loopback_port()) {
  const std::string root = directory_.path();
  std::filesystem::create_directories(std::filesystem::path(root + "/files" + path).parent_path());
  std::ofstream(root + "/files" + path) << body;
  std::ofstream(root + "/nginx.conf") << configuration(root, port_, certificate, key);
  process_.emplace(test_support::ChildProcess::Start{
      {"/usr/sbin/nginx", "-p", root, "-c", root + "/nginx.conf"}, root + "/nginx.log"});
  const auto listens = [this] {
    const int handle = test::connect_loopback(port_);
    if (handle >= 0) ::close(handle);
    return handle >= 0;
  };
  if (!test_support::wait_until([&] { return listens() || !process_->running(); }) || !process_->running())
    throw std::runtime_error("nginx did not start: " + process_->log_text());
}

}  // namespace cardea::bench
