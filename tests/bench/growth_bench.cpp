// SPDX-License-Identifier: Apache-2.0
// Every command of the store with few users and with many: 50th percentile of each. The two stores are
// measured in turn, each command on a user of its own who was picked at random. Usage: growth_bench sqlite |
// postgresql SMALL LARGE SAMPLES     prints one line of JSON for each command
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <thread>

#include "tests/bench/any_store.h"
#include "tests/bench/store_user.h"

namespace cardea::bench {
namespace {

using namespace server;
using std::chrono::steady_clock;

constexpr unsigned kFillers = 32;  // they share commits

struct Ids {
  std::string account;
  UserId user;
  CardId card;
  ComputerId computer;
};

class Population {
 public:
  Population(const std::string& engine, const std::string& name, std::size_t size)
      : store_(engine, name), ids_(size) {
    const auto begin = steady_clock::now();
    std::vector<std::thread> threads;
    for (unsigned part = 0; part < kFillers; ++part)
      threads.emplace_back([this, part] { fill(part); });
    for (std::thread& thread : threads)
      thread.join();
    store_.settle();
    const double seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();
    std::fprintf(stderr, "%zu users in %.0f s, %.0f bytes each\n", size, seconds,
                 static_cast<double>(store_.bytes()) / static_cast<double>(size));
  }
  Store& store() { return *store_; }
  // Each user is taken once: the stride is prime and does not divide the size.
  const Ids& next() { return ids_[(taken_++ * 7919) % ids_.size()]; }

 private:
  void fill(unsigned part) {
    SystemRandom random;
    for (std::size_t i = part; i < ids_.size(); i += kFillers) {
      const RegisterUser user = make_user("user" + std::to_string(i), random);
      if (!store_->register_user({kNow, {}, {}}, user).ok()) std::abort();
      ids_[i] = {user.user.account, user.user.id, user.card.id, user.computer.id};
    }
  }
  AnyStore store_;
  std::vector<Ids> ids_;
  std::size_t taken_ = 0;
};

using Times = std::map<std::string, std::vector<double>>;

class Walk {
 public:
  Walk(Population& population, Times& times, Random& random)
      : store_(population.store()), ids_(population.next()), times_(times), random_(random) {}

  void run() {
    read_account();
    sessions();
    records();
    access_keys();
    changes();
  }

 private:
  template <typename Command>
  void time(const char* name, const Command& command) {
    const auto begin = steady_clock::now();
    const auto done = command();
    const auto end = steady_clock::now();
    if (!done.ok()) throw std::runtime_error(std::string(name) + ": " + error_name(done.error()));
    times_[name].push_back(std::chrono::duration<double, std::micro>(end - begin).count());
  }
  static AuditNote note(const char* kind) { return {kind, api::Json::Object{}}; }
  Digest digest() { return random_.array<32>(); }

  void read_account() {
    time("find_user_by_account", [&] { return store_.find_user_by_account(ids_.account); });
    time("get_user", [&] { return store_.get_user(ids_.user); });
    time("holders", [&] { return store_.holders(ids_.user); });
    time("epoch_seals", [&] { return store_.epoch_seals(ids_.user); });
    time("cards", [&] { return store_.cards(ids_.user); });
    time("get_card", [&] { return store_.get_card(ids_.card); });
    time("device_key", [&] { return store_.device_key(ids_.computer); });
    time("computers", [&] { return store_.computers(ids_.user); });
    time("get_computer", [&] { return store_.get_computer(ids_.user, ids_.computer); });
    time("audit_events", [&] { return store_.audit_events(ids_.user, 0, 100); });
  }

  void sessions() {
    const auto allow = [](const GuessCount&, UnixSeconds) { return GuessDecision{true, false, 0}; };
    time("charge_guess", [&] { return store_.charge_guess({{{ids_.account, allow}}, kNow}); });
    OpenSession open;
    open.session = {session_, ids_.user, SessionLevel::password, true, random_bytes(random_, 60), {},
                    {},       kNow + 600};
    open.token = digest();
    open.token_expires_at = kNow + 100;
    open.audit = note("session-opened");
    time("open_session", [&] { return store_.open_session(open, kNow); });
    time("get_session", [&] { return store_.get_session(session_, kNow); });
    const RaiseSession raise{session_, SessionLevel::answer,  digest(), kNow + 100,
                             "",       note("session-raised")};
    time("raise_session", [&] { return store_.raise_session(raise, kNow); });
    time("spend_token", [&] { return store_.spend_token(digest(), kNow + 100); });
  }

  void records() {
    const RecordId record = RecordId::random(random_);
    time("put_record", [&] {
      return store_.put_record({ids_.user, record, {}, 1, Bytes(600, 1), 1000}, kNow);
    });
    time("get_record", [&] { return store_.get_record(ids_.user, record); });
    time("records", [&] { return store_.records(ids_.user, 0, 100); });
    const RewrapRecord rewrap{ids_.user, record, 1, 1,
                              [](ByteView stored) -> Result<Bytes> { return to_bytes(stored); }};
    time("rewrap_record", [&] { return store_.rewrap_record({kNow, {}, {}}, rewrap); });
    time("delete_record", [&] { return store_.delete_record({ids_.user, record, 1, 9}, kNow); });
  }

  void access_keys() {
    const Bytes check = random_bytes(random_, 32);
    time("begin_generation", [&] {
      return store_.begin_generation({kNow, {}, {}}, ids_.user, ids_.computer);
    });
    const PrepareGeneration prepare{
        ids_.computer, ids_.user, 1, random_bytes(random_, 80), check, random_bytes(random_, 44)};
    time("prepare_generation", [&] { return store_.prepare_generation({kNow, {}, {}}, prepare); });
    const CommitGeneration commit{ids_.computer, ids_.user, 1, check, note("access-key-generation")};
    time("commit_generation", [&] { return store_.commit_generation({kNow, {}, {}}, commit); });
    time("get_generation", [&] { return store_.get_generation(ids_.user, ids_.computer, 1); });
    const IssueAccessKey issue{ids_.user, ids_.computer, 1000, 64, note("access-key-issued")};
    time("issue_access_key", [&] {
      return store_.issue_access_key({kNow, Once{"s", random_text(), digest()}, {}}, issue);
    });
    time("check_in", [&] {
      return store_.check_in({kNow, {}, {}}, {ids_.computer, ids_.user, 1, check, 1});
    });
  }

  void changes() {
    time("put_holder", [&] {
      return store_.put_holder({ids_.user, {"sheet", "sheet", 1, random_bytes(random_, 104)}, 64});
    });
    Computer second;
    second.id = ComputerId::random(random_);
    second.device_spki = random_bytes(random_, 44);
    second.name = "desk";
    time("add_computer", [&] {
      return store_.add_computer({kNow, {}, {}}, {ids_.user, second, {}, note("computer-added")});
    });
    const SetCardState suspend{ids_.user, ids_.card, CardState::suspended, "lost", 1, note("card-state")};
    time("set_card_state", [&] { return store_.set_card_state({kNow, {}, {}}, suspend); });
    replace();
    time("end_session", [&] { return store_.end_session(session_); });
    const RegisterUser fresh = make_user("new " + random_text(), random_);
    time("register_user", [&] { return store_.register_user({kNow, {}, {}}, fresh); });
  }

  void replace() {
    ReplaceCard replace;
    replace.user = ids_.user;
    replace.session = session_;
    replace.card.id = CardId::random(random_);
    replace.card.user = ids_.user;
    replace.card.auth_spki = random_bytes(random_, 91);
    replace.card.wrap_spki = random_bytes(random_, 91);
    replace.reason = "lost";
    replace.expected_epoch = 1;
    replace.holders = {{"card", replace.card.id.text(), 2, random_bytes(random_, 113)}};
    replace.epoch_seal = random_bytes(random_, 94);
    replace.computer = ids_.computer;
    replace.audit = note("card-replaced");
    time("replace_card", [&] { return store_.replace_card({kNow, {}, {}}, replace); });
  }

  std::string random_text() { return to_hex(random_bytes(random_, 12)); }

  Store& store_;
  const Ids& ids_;
  Times& times_;
  Random& random_;
  SessionId session_ = SessionId::random(random_);
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void run(const std::string& engine, std::size_t few, std::size_t many, std::size_t samples) {
  Population small(engine, "few", few);
  Population large(engine, "many", many);
  SystemRandom random;
  Times warm, small_times, large_times;
  for (std::size_t i = 0; i < samples / 10 + 1; ++i) {  // statements prepared, caches warm
    Walk(small, warm, random).run();
    Walk(large, warm, random).run();
  }
  for (std::size_t i = 0; i < samples; ++i) {
    Walk(small, small_times, random).run();
    Walk(large, large_times, random).run();
  }
  for (const auto& [name, times] : large_times) {
    std::printf("{\"command\": \"%s\", \"ours\": %.2f, \"peer\": %.2f}\n", name.c_str(), median(times),
                median(small_times.at(name)));
  }
}

}  // namespace
}  // namespace cardea::bench

int main(int count, char** arguments) {
  if (count != 5) {
    std::fputs("usage: growth_bench sqlite|postgresql SMALL LARGE SAMPLES\n", stderr);
    return 2;
  }
  try {
    cardea::bench::run(arguments[1], std::stoul(arguments[2]), std::stoul(arguments[3]),
                       std::stoul(arguments[4]));
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "growth_bench: %s\n", problem.what());
    return 1;
  }
  return 0;
}
