// SPDX-License-Identifier: Apache-2.0
// cardea-server against nginx and OpenLDAP's slapd: the same client and certificate, in turn. Ours checks a
// signature, a nonce and a session and reads one row for each request; nginx gets the same requests and sends
// a file of the same body; slapd reads an entry of as many bytes as the record for a user who was bound once.
// Requests with 1, 16 and 128 connections, and, without slapd, full handshakes; the memory of idle
// connections. Usage: server_bench ROUNDS MILLISECONDS PEERS prints lines of JSON, with the servers that are
// there (PEERS: where fetch_peers has unpacked slapd)
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>

#include <unistd.h>

#include "core/base/byte_builder.h"
#include "tests/bench/load_client.h"
#include "tests/bench/nginx.h"
#include "tests/bench/slapd.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/test_user.h"

namespace cardea::bench {
namespace {

using namespace test;

// Adds up something of a process and its children; `of` is asked with the directory in /proc.
double sum_over(pid_t pid,
                const std::function<double(const std::filesystem::path&, const std::string&)>& of) {
  double total = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "stat");
    std::string text;
    std::getline(file, text);
    const auto rest = text.rfind(')');
    if (rest == std::string::npos) continue;  // ended while we looked
    char state = 0;
    int parent = 0;
    if (std::sscanf(text.c_str() + rest + 2, "%c %d", &state, &parent) != 2) continue;
    if (std::stoi(name) == pid || parent == pid) total += of(entry.path(), text.substr(rest + 2));
  }
  return total;
}

// User and system time so far, seconds.
double cpu_seconds(pid_t pid) {
  return sum_over(pid, [](const std::filesystem::path&, const std::string& stat) {
    unsigned long long user = 0, system = 0;
    (void)std::sscanf(stat.c_str(), "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system);
    return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  });
}

double resident_kib(pid_t pid) {
  return sum_over(pid, [](const std::filesystem::path& process, const std::string&) {
    long pages = 0;
    std::ifstream statm(process / "statm");
    statm >> pages >> pages;  // the second
    return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
  });
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// A registered user with a session at the server, and one record.
class Reader {
 public:
  explicit Reader(const ServerProcess& server) : client_(server.client()), host_(server.authority()) {
    if (user_.register_now().status != 201) throw std::runtime_error("not registered");
    user_.log_in();
    const api::Json body = api::Json::Object{{"epoch", 1}, {"envelope", api::Json::bytes(envelope_)}};
    const HttpReply made = client_.call("PUT", path(), body, &user_.session, {{"If-None-Match", "*"}});
    if (made.status != 201) throw std::runtime_error("no record: " + made.body);
    body_ = client_.get(path(), user_.session).body;
  }
  [[nodiscard]] std::string path() const { return "/v1/records/" + record_.text(); }
  [[nodiscard]] const std::string& body() const { return body_; }
  [[nodiscard]] std::size_t envelope_bytes() const { return envelope_.size(); }
  // Signed, each with a nonce of its own.
  std::vector<std::string> requests(std::size_t count, bool keep_alive) {
    std::vector<std::string> out;
    ApiClient::Headers headers;
    if (!keep_alive) headers.emplace_back("Connection", "close");
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(http_text(client_.build("GET", path(), {}, &user_.session, headers), host_));
    return out;
  }

 private:
  ApiClient client_;
  std::string host_;
  TestUser user_{client_, "anna", "correct horse", "rex"};
  api::RecordId record_;
  Bytes envelope_ = ByteBuilder().lp(Bytes(94, 1)).raw(Bytes(256, 2)).take();
  std::string body_;
};

// One of those that are compared.
struct Service {
  const char* name;
  std::uint16_t port;
  pid_t pid;
  std::size_t answer;  // bytes
  Dialect dialect = {};
  std::string request = {};  // the same each time; empty: the reader's
};

class Bench {
 public:
  Bench(int rounds, std::chrono::milliseconds duration, const std::filesystem::path& peers)
      : rounds_(rounds), duration_(duration) {
    server_.start();
    reader_.emplace(server_);
    const std::string certificate = server_.dir.file("cert.pem"), key = server_.dir.file("key.pem");
    nginx_.emplace(certificate, key, reader_->path(), reader_->body());
    http_ = {{"ours", server_.port(), server_.pid(), reader_->body().size()},
             {"nginx", nginx_->port(), nginx_->pid(), reader_->body().size()}};
    all_ = http_;
    if (const auto prefix = Slapd::find(peers)) {
      slapd_.emplace(*prefix, certificate, key, reader_->envelope_bytes());
      all_.push_back({"slapd", slapd_->port(), slapd_->pid(), reader_->envelope_bytes(), Slapd::dialect(),
                      Slapd::request()});
    }
  }

  void compare_reads(const std::string& name, unsigned connections) {
    compare(name, all_, connections, true, 150'000);
  }
  void compare_handshakes(const std::string& name) { compare(name, http_, 16, false, 5'000); }
  // KiB for each idle connection, the first time that there are so many.
  void compare_idle() {
    Series kib;
    for (const Service& service : all_)
      kib[service.name] = {idle_kib(service)};
    print("idle_connection_kib", kib);
  }

 private:
  using Series = std::map<std::string, std::vector<double>>;  // by service

  // A round of each in turn.
  void compare(const std::string& name, const std::vector<Service>& services, unsigned connections,
               bool keep_alive, std::size_t most_per_second) {
    const auto count = static_cast<std::size_t>(static_cast<double>(duration_.count()) / 1000 *
                                                static_cast<double>(most_per_second));
    Series rate, cpu, p50, p99;
    for (int round = 0; round <= rounds_; ++round) {  // the first warms up
      const auto http = reader_->requests(count, keep_alive);
      for (const Service& service : services) {
        Load load = load_of(service);
        load.connections = connections;
        load.keep_alive = keep_alive;
        double before = 0;
        const auto result =
            run_load(load, requests(service, http), [&] { before = cpu_seconds(service.pid); });
        const double seconds = cpu_seconds(service.pid) - before;
        if (result.body_bytes != service.answer) throw std::runtime_error("not the same bytes");
        if (round == 0) continue;
        rate[service.name].push_back(result.requests_per_second);
        p50[service.name].push_back(result.p50);
        p99[service.name].push_back(result.p99);
        cpu[service.name].push_back(seconds / static_cast<double>(result.requests) * 1e6);
      }
    }
    print(name + "_per_second", rate);
    print(name + "_cpu_us", cpu);
    print(name + "_p50_us", p50);
    print(name + "_p99_us", p99);
  }
  double idle_kib(const Service& service) {
    constexpr std::size_t kIdle = 128;
    const double before = resident_kib(service.pid);
    double after = 0;
    hold_idle(load_of(service), requests(service, reader_->requests(kIdle, true)),
              [&] { after = resident_kib(service.pid); });
    return (after - before) / kIdle;
  }
  [[nodiscard]] Load load_of(const Service& service) const {
    Load load;
    load.port = service.port;
    load.ca_file = server_.ca_file();
    load.dialect = service.dialect;
    load.duration = duration_;
    return load;
  }
  static std::vector<std::string> requests(const Service& service, const std::vector<std::string>& http) {
    return service.request.empty() ? http : std::vector<std::string>(http.size(), service.request);
  }
  static void print(const std::string& name, const Series& series) {
    std::printf("{\"name\": \"%s\"", name.c_str());
    for (const auto& [service, values] : series)
      std::printf(", \"%s\": %.2f", service.c_str(), median(values));
    std::puts("}");
    std::fflush(stdout);
  }

  int rounds_;
  std::chrono::milliseconds duration_;
  // More connections than one network gets; each of them a thread.
  ServerProcess server_{"[limits]\nconnections_per_prefix = 200\nthreads = 256\n"};
  std::optional<Reader> reader_;
  std::optional<Nginx> nginx_;
  std::optional<Slapd> slapd_;
  std::vector<Service> http_, all_;
};

}  // namespace
}  // namespace cardea::bench

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: server_bench ROUNDS MILLISECONDS PEERS\n", stderr);
    return 2;
  }
  try {
    cardea::bench::Bench bench(std::stoi(arguments[1]), std::chrono::milliseconds(std::stoi(arguments[2])),
                               arguments[3]);
    bench.compare_idle();
    for (const unsigned connections : {1u, 16u, 128u})
      bench.compare_reads("reads_" + std::to_string(connections), connections);
    bench.compare_handshakes("handshakes");
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "server_bench: %s\n", problem.what());
    return 1;
  }
  return 0;
}
