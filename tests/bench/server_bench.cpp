// SPDX-License-Identifier: Apache-2.0
// cardea-server against nginx: the same client, certificate, requests and body, in turn. Ours reads the
// signature, the session and one row for each request; nginx sends a file. Requests with 1, 16 and 128
// connections, full handshakes, and the memory of idle connections. Usage: server_bench ROUNDS MILLISECONDS
// prints lines of JSON
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

#include <unistd.h>

#include "core/base/byte_builder.h"
#include "tests/bench/load_client.h"
#include "tests/bench/nginx.h"
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
    const Bytes envelope = ByteBuilder().lp(Bytes(94, 1)).raw(Bytes(256, 2)).take();
    const api::Json body = api::Json::Object{{"epoch", 1}, {"envelope", api::Json::bytes(envelope)}};
    const HttpReply made = client_.call("PUT", path(), body, &user_.session, {{"If-None-Match", "*"}});
    if (made.status != 201) throw std::runtime_error("no record: " + made.body);
    body_ = client_.get(path(), user_.session).body;
  }
  [[nodiscard]] std::string path() const { return "/v1/records/" + record_.text(); }
  [[nodiscard]] const std::string& body() const { return body_; }
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
  std::string body_;
};

class Bench {
 public:
  Bench(int rounds, std::chrono::milliseconds duration) : rounds_(rounds), duration_(duration) {
    server_.start();
    reader_.emplace(server_);
    nginx_.emplace(server_.dir.file("cert.pem"), server_.dir.file("key.pem"), reader_->path(),
                   reader_->body());
  }

  void compare(const std::string& name, bool keep_alive, std::size_t most_per_second,
               unsigned connections = 16) {
    connections_ = connections;
    const auto count = static_cast<std::size_t>(static_cast<double>(duration_.count()) / 1000 *
                                                static_cast<double>(most_per_second));
    Series ours, peer;
    for (int round = 0; round <= rounds_; ++round) {  // the first warms up
      const auto requests = reader_->requests(count, keep_alive);
      measure(server_.port(), server_.pid(), keep_alive, requests, round, ours);
      measure(nginx_->port(), nginx_->pid(), keep_alive, requests, round, peer);
    }
    print(name + "_per_second", ours.rate, peer.rate);
    print(name + "_cpu_us", ours.cpu, peer.cpu);
    print(name + "_p50_us", ours.p50, peer.p50);
    print(name + "_p99_us", ours.p99, peer.p99);
  }

  // KiB for each idle connection, the first time that there are so many.
  void compare_idle() {
    print("idle_connection_kib", {idle_kib(server_.port(), server_.pid())},
          {idle_kib(nginx_->port(), nginx_->pid())});
  }

 private:
  struct Series {
    std::vector<double> rate, cpu, p50, p99;
  };
  double idle_kib(std::uint16_t port, pid_t pid) {
    constexpr std::size_t kIdle = 128;
    Load load;
    load.port = port;
    load.ca_file = server_.ca_file();
    const double before = resident_kib(pid);
    double after = 0;
    hold_idle(load, reader_->requests(kIdle, true), [&] { after = resident_kib(pid); });
    return (after - before) / kIdle;
  }
  void measure(std::uint16_t port, pid_t pid, bool keep_alive, const std::vector<std::string>& requests,
               int round, Series& series) {
    Load load;
    load.port = port;
    load.ca_file = server_.ca_file();
    load.keep_alive = keep_alive;
    load.connections = connections_;
    load.duration = duration_;
    const double before = cpu_seconds(pid);
    const LoadResult result = run_load(load, requests);
    const double cpu = cpu_seconds(pid) - before;
    if (result.body_bytes != reader_->body().size()) throw std::runtime_error("not the same bytes");
    if (round == 0) return;
    series.rate.push_back(result.requests_per_second);
    series.p50.push_back(result.p50);
    series.p99.push_back(result.p99);
    series.cpu.push_back(cpu / static_cast<double>(result.requests) * 1e6);
  }
  static void print(const std::string& name, const std::vector<double>& ours,
                    const std::vector<double>& peer) {
    std::printf("{\"name\": \"%s\", \"ours\": %.2f, \"peer\": %.2f}\n", name.c_str(), median(ours),
                median(peer));
    std::fflush(stdout);
  }

  int rounds_;
  std::chrono::milliseconds duration_;
  unsigned connections_ = 16;
  // More connections than one network gets; each of them a thread.
  ServerProcess server_{"[limits]\nconnections_per_prefix = 200\nthreads = 256\n"};
  std::optional<Reader> reader_;
  std::optional<Nginx> nginx_;
};

}  // namespace
}  // namespace cardea::bench

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: server_bench ROUNDS MILLISECONDS\n", stderr);
    return 2;
  }
  try {
    cardea::bench::Bench bench(std::stoi(arguments[1]), std::chrono::milliseconds(std::stoi(arguments[2])));
    bench.compare_idle();
    bench.compare("keep_alive_1", true, 150'000, 1);
    bench.compare("keep_alive_128", true, 150'000, 128);
    bench.compare("keep_alive", true, 150'000);
    bench.compare("handshake", false, 5'000);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "server_bench: %s\n", problem.what());
    return 1;
  }
  return 0;
}
