// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/proxy_process.h"

#include <fstream>
#include <stdexcept>

#include <unistd.h>

#include "build_paths.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {
namespace {

using Exchange = std::vector<std::pair<std::string, std::string>>;

// The example with other words in it. A word that is not there any more would silently test another file.
std::string example(const std::string& name, const Exchange& words) {
  std::string text =
      test_support::read_text_file(std::string(CARDEA_SOURCE_DIR) + "/packaging/examples/proxy/" + name);
  for (const auto& [from, to] : words) {
    auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error(name + " has no “" + from + "”");
    for (; at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace

ProxyProcess::~ProxyProcess() {
  if (process_) (void)process_->stop();
}

void ProxyProcess::start(const std::vector<std::string>& command) {
  process_ = std::make_unique<test_support::ChildProcess>(
      test_support::ChildProcess::Start{command, directory_->file("proxy.log")});
  const auto listens = [this] {
    const int handle = connect_loopback(port_);
    if (handle >= 0) ::close(handle);
    return handle >= 0;
  };
  if (!test_support::wait_until([&] { return listens() || !process_->running(); }) || !process_->running())
    throw std::runtime_error(command.front() + " did not start: " + process_->log_text());
}

ProxyProcess ProxyProcess::nginx(const ServerProcess& server) {
  ProxyProcess proxy;
  const std::string root = proxy.directory_->path();
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += std::string(kind) + "_temp_path " + root + "/tmp;\n";
  std::ofstream(root + "/nginx.conf")
      << "daemon off;\npid " << root << "/nginx.pid;\nerror_log stderr;\n"
      << (::geteuid() == 0 ? "user root;\n" : "")
      << "events { worker_connections 1024; }\nhttp {\naccess_log off;\n"
      << temporary
      << example("nginx.conf",
                 {{"listen 443 ssl", "listen 127.0.0.1:" + std::to_string(proxy.port_) + " ssl"},
                  {"server 127.0.0.1:8443", "server " + server.authority()},
                  {"/etc/cardea/proxy/certificate.pem", server.dir.file("cert.pem")},
                  {"/etc/cardea/proxy/private-key.pem", server.dir.file("key.pem")},
                  {"/etc/cardea/proxy/ca.pem", server.ca_file()},
                  {"proxy_ssl_name cardea.example.org", "proxy_ssl_name 127.0.0.1"}})
      << "}\n";
  proxy.start({"/usr/sbin/nginx", "-p", root, "-c", root + "/nginx.conf"});
  return proxy;
}

ProxyProcess ProxyProcess::haproxy(const ServerProcess& server) {
  ProxyProcess proxy;
  const std::string file = proxy.directory_->file("haproxy.cfg");
  std::ofstream(file) << example("haproxy.cfg",
                                 {{"bind :443", "bind 127.0.0.1:" + std::to_string(proxy.port_)},
                                  {"one 127.0.0.1:8443", "one " + server.authority()},
                                  {"/etc/cardea/proxy/ca.pem", server.ca_file()}});
  proxy.start({"/usr/sbin/haproxy", "-db", "-f", file});
  return proxy;
}

}  // namespace cardea::test
