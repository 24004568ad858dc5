// SPDX-License-Identifier: Apache-2.0
// Two regions with a store each, whose server can be killed at any of its durable steps, and the wire between
// them, which loses requests or answers. Time is the test's.
#pragma once

#include <functional>
#include <future>
#include <map>

#include <gtest/gtest.h>

#include "core/base/clock.h"
#include "server/service/relocation_inbox.h"
#include "server/service/relocation_mover.h"
#include "server/service/relocation_service.h"
#include "server/store/sql/sql_store.h"
#include "server/store/sqlite/database.h"
#include "tests/support/temp_dir.h"

namespace cardea::server {

inline constexpr int kRounds = 6;
inline constexpr std::int64_t kLongerThanARetry = 3600;

// A store whose process is killed before or after the n-th change it commits; nothing answers until it is
// started again.
class KillableStore final : public sql::SqlStore {
 public:
  explicit KillableStore(std::string path) : path_(std::move(path)) { start(); }
  void start() {
    connection_.reset();
    ASSERT_TRUE(sqlite::prepare_database(path_).ok());
    connection_ = std::move(sqlite::Connection::open(path_, sqlite::Connection::Access::read_write)).value();
    // The machine is not switched off: what was committed is there for the next start without a flush.
    ASSERT_TRUE(connection_->execute("PRAGMA synchronous=OFF").ok());
    dead_ = false;
    kill_at_ = 0;
  }
  // 1 is the next change. `after`: it was committed, and nobody heard of it.
  void kill_at(int change, bool after) {
    kill_at_ = change;
    after_ = after;
  }
  [[nodiscard]] bool dead() const { return dead_; }
  [[nodiscard]] std::uint64_t changes() const noexcept override { return 0; }
  [[nodiscard]] std::uint64_t commits() const noexcept override { return 0; }

 protected:
  std::future<Status> start_change(Body body) override {
    std::promise<Status> done;
    done.set_value(run_change(body));
    return done.get_future();
  }
  void write_later(Body body) override { (void)run_change(body); }
  Status run_read(const Body& body) override {
    return dead_ ? Status(fail(Error::io_failed, "killed")) : body(*connection_);
  }

 private:
  Status run_change(const Body& body) {
    if (dead_) return fail(Error::io_failed, "killed");
    const bool last = kill_at_ > 0 && --kill_at_ == 0;
    if (last && !after_) return die();
    TRY(connection_->begin());
    const Status done = body(*connection_);
    TRY(done.ok() ? connection_->commit() : connection_->run("ROLLBACK"));
    return last ? die() : done;
  }
  Status die() {
    dead_ = true;
    return fail(Error::io_failed, "killed");
  }
  const std::string path_;
  std::unique_ptr<sqlite::Connection> connection_;
  bool dead_ = false;
  int kill_at_ = 0;
  bool after_ = false;
};

// From one region's mover to another's inbox. The n-th request is lost, or its answer.
class Wire final : public RegionPeer {
 public:
  Wire(RelocationInbox& inbox, std::string source, const Clock& clock)
      : inbox_(inbox), source_(std::move(source)), clock_(clock) {}
  void lose(int request, bool answer) {
    lose_ = request;
    answer_ = answer;
  }
  Status put_part(const Digest& move, std::uint32_t number, ByteView part) override {
    ++parts;
    return over([&] { return inbox_.put_part(source_, move, number, part, clock_.now()); });
  }
  Result<Receipt> import(const Digest& move, const Digest& bundle, std::uint32_t count) override {
    return over([&] { return inbox_.import(source_, move, bundle, count, clock_.now()); });
  }
  Status activate(const Digest& move, const UserId& user, const Digest& bundle, ByteView statement) override {
    return over([&] { return inbox_.activate(source_, move, user, bundle, statement, clock_.now()); });
  }
  int requests = 0;
  int parts = 0;
  std::function<void()> on_request;

 private:
  template <typename F>
  auto over(const F& request) -> decltype(request()) {
    ++requests;
    if (on_request) on_request();
    const bool lost = lose_ > 0 && --lose_ == 0;
    if (lost && !answer_) return fail(Error::server_unreachable);
    auto answer = request();
    if (lost) return fail(Error::server_unreachable);
    return answer;
  }
  RelocationInbox& inbox_;
  const std::string source_;
  const Clock& clock_;
  int lose_ = 0;
  bool answer_ = false;
};

struct Region {
  Region(const std::string& name, const SecretKey32& ake_seed, const std::string& path, Random& rng)
      : oprf_seed(rng.secret<32>()),
        checkpoint_keys(first_checkpoint_key(rng.secret<32>(), 0)),
        secrets(std::move(ServerSecrets::make(oprf_seed, ake_seed, checkpoint_keys.seed)).value()),
        keys(std::move(RegionKeys::make(rng.secret<32>())).value()),
        store(path),
        inbox(store, secrets, keys, policy, rng) {
    policy.here = name;
  }
  void knows(const Region& other) {
    policy.others[other.policy.here] = {"https://" + other.policy.here + ".example", other.keys.public_key()};
  }
  SecretKey32 oprf_seed;
  CheckpointKeys checkpoint_keys;
  ServerSecrets secrets;
  RegionKeys keys;
  RegionPolicy policy;
  KillableStore store;
  Policies policies{store, {}};
  RelocationInbox inbox;
};

class RelocationWorld {
 public:
  RelocationWorld()
      : north("north", ake_seed, dir.file("north.db"), random),
        south("south", ake_seed, dir.file("south.db"), random),
        to_south(south.inbox, "north", clock),
        to_north(north.inbox, "south", clock) {
    north.knows(south);
    south.knows(north);
  }
  RelocationMover mover(Region& from, Wire& wire) {
    return {from.store,  from.secrets,  from.keys,
            from.policy, from.policies, [&wire](std::string_view) { return &wire; },
            clock,       random};
  }
  RelocationMover mover() { return mover(north, to_south); }

  // A user of the north with something in every table that moves.
  UserId make_user(const std::string& account, std::uint32_t oprf_seed = 1);
  // Whether the region acknowledged a new record; what was acknowledged is remembered.
  bool write(Region& region, const UserId& user);
  void agree(Region& region, const UserId& user, const std::string& to);
  // What `cardea admin audit verify` would say of this store; empty when all is well.
  std::string broken_chain(const std::string& file);
  // The acknowledged records that are not there.
  std::size_t lost(Region& region, const UserId& user);
  // Moves from north to south: so many tries, with the waiting between them, that one which can succeed has.
  void run_until_done(const UserId& user);
  void expect_moved(const UserId& user);
  // One at most, at any time.
  void expect_one_home(const UserId& user);
  // The last request of a move, which another user's move has counted, is lost.
  void switch_without_activation(const UserId& user);

  test::TempDir dir{};
  SystemRandom random{};
  FakeClock clock{};
  SecretKey32 ake_seed = random.secret<32>();
  Region north, south;
  Wire to_south, to_north;
  std::map<RecordId, Bytes> acknowledged{};
};

}  // namespace cardea::server
