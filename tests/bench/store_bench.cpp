// SPDX-License-Identifier: Apache-2.0
// The store's commands under 1, 16 and 64 clients, on SQLite and on PostgreSQL in turn: a durable change, an
// audited change, a read. Usage: store_bench MILLISECONDS     prints one line of JSON for each
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <latch>
#include <stdexcept>
#include <thread>

#include "tests/bench/any_store.h"
#include "tests/bench/store_user.h"

namespace cardea::bench {
namespace {

using namespace server;
using std::chrono::steady_clock;

constexpr unsigned kClients[] = {1, 16, 64};

struct Measured {
  double per_second = 0, p50 = 0, p99 = 0;  // microseconds
};

// A user with one record, and one command again and again.
class Client {
 public:
  explicit Client(Store& store) : store_(store), user_(make_user(to_hex(random_.array<8>()), random_)) {
    must(store_.register_user({kNow, {}, {}}, user_).ok());
    put_.user = user_.user.id;
    put_.record = RecordId::random(random_);
    put_.epoch = 1;
    put_.envelope = Bytes(600, 1);  // a record of the smallest size
    put_.max_records = 10;
    put_record();
  }
  void put_record() {
    const auto stored = store_.put_record(put_, kNow);
    must(stored.ok());
    put_.expected_version = stored->version;
  }
  // Continues the audit chain, which is one for all users.
  void begin_session() {
    OpenSession open;
    open.session = {SessionId::random(random_),
                    user_.user.id,
                    SessionLevel::password,
                    true,
                    random_bytes(random_, 60),
                    {},
                    {},
                    kNow + 600};
    open.token = random_.array<32>();
    open.token_expires_at = kNow + 100;
    open.audit = {"session-opened", api::Json::Object{}};
    must(store_.open_session(open, kNow).ok());
  }
  void get_record() { must(store_.get_record(user_.user.id, put_.record).ok()); }

 private:
  static void must(bool done) {
    if (!done) throw std::runtime_error("the store refused");
  }
  SystemRandom random_;
  Store& store_;
  RegisterUser user_;
  PutRecord put_;
};

using Command = void (Client::*)();

Measured measure(Store& store, unsigned clients, Command command, std::chrono::milliseconds duration) {
  std::vector<std::vector<double>> times(clients);
  std::latch ready(clients);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      Client client(store);
      ready.arrive_and_wait();
      const auto end = steady_clock::now() + duration;
      for (auto begin = steady_clock::now(); begin < end;) {
        (client.*command)();
        const auto now = steady_clock::now();
        times[i].push_back(std::chrono::duration<double, std::micro>(now - begin).count());
        begin = now;
      }
    });
  }
  std::vector<double> all;
  for (unsigned i = 0; i < clients; ++i) {
    threads[i].join();
    all.insert(all.end(), times[i].begin(), times[i].end());
  }
  std::sort(all.begin(), all.end());
  const double seconds = std::chrono::duration<double>(duration).count();
  return {static_cast<double>(all.size()) / seconds, all[all.size() / 2], all[all.size() * 99 / 100]};
}

void run(std::chrono::milliseconds duration) {
  AnyStore sqlite("sqlite", "bench");
  AnyStore postgresql("postgresql", "bench");
  constexpr std::pair<const char*, Command> kCommands[] = {{"put_record", &Client::put_record},
                                                           {"open_session", &Client::begin_session},
                                                           {"get_record", &Client::get_record}};
  for (const auto& [name, command] : kCommands) {
    for (const unsigned clients : kClients) {
      const Measured peer = measure(*sqlite, clients, command, duration);
      const Measured ours = measure(*postgresql, clients, command, duration);
      std::printf(
          "{\"command\": \"%s\", \"clients\": %u, \"ours\": %.0f, \"peer\": %.0f, \"p50\": [%.0f, "
          "%.0f], \"p99\": [%.0f, %.0f]}\n",
          name, clients, ours.per_second, peer.per_second, ours.p50, peer.p50, ours.p99, peer.p99);
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace cardea::bench

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: store_bench MILLISECONDS\n", stderr);
    return 2;
  }
  try {
    cardea::bench::run(std::chrono::milliseconds(std::stoi(arguments[1])));
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "store_bench: %s\n", problem.what());
    return 1;
  }
  return 0;
}
