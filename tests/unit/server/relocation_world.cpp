// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/server/relocation_world.h"

#include <gtest/gtest.h>

#include "core/api/proofs.h"
#include "server/store/sql/verify_audit.h"

namespace cardea::server {
namespace {

Bytes bytes_of(Random& random, std::size_t size) {
  Bytes out(size);
  random.fill(out);
  return out;
}

RegisterUser new_user(const std::string& account, Random& random) {
  RegisterUser command;
  User& user = command.user;
  user.id = UserId::random(random);
  user.account = account;
  user.opaque_a = bytes_of(random, 192);
  user.opaque_b = bytes_of(random, 192);
  user.recovery_public = bytes_of(random, 65);
  user.epoch = 1;
  const auto card = crypto::Ed25519KeyPair::generate(random);
  command.card.auth_spki = card.spki();
  command.card.wrap_spki = card.spki();
  command.card.proof =
      to_bytes(card.sign(api::card_proof(user.id, card.spki(), card.spki(), user.recovery_public)));
  command.card.id = api::card_id_of(command.card.auth_spki);
  command.card.user = user.id;
  user.signer = command.card.id;
  command.computer.device_spki = bytes_of(random, 44);
  command.computer.id = api::computer_id_of(command.computer.device_spki);
  command.computer.name = "laptop";
  command.holders = {{"sheet", "sheet", 1, bytes_of(random, 104)}};
  command.audit = {"registered", api::Json::Object{{"from", "ü\"\\"}}};
  return command;
}

}  // namespace

UserId RelocationWorld::make_user(const std::string& account, std::uint32_t oprf_seed) {
  RegisterUser made = new_user(account, random);
  made.user.oprf_seed = oprf_seed;
  const UserId& user = made.user.id;
  Store& store = north.store;
  const Change<Generation> change{clock.now(), {}, {}};
  const AuditNote note{"access-key-generation", api::Json::Object{{"generation", 1}}};
  EXPECT_TRUE(store.register_user({clock.now(), {}, {}}, made).ok());
  EXPECT_TRUE(store.begin_generation(change, user, made.computer.id).ok());
  EXPECT_TRUE(store
                  .prepare_generation(change, {made.computer.id,
                                               user,
                                               1,
                                               Bytes(104, 1),
                                               Bytes(15, 2),
                                               Bytes(44, 3),
                                               {{OfficerId::random(random), "olaf", Bytes(104, 4)}}})
                  .ok());
  EXPECT_TRUE(store.commit_generation(change, {made.computer.id, user, 1, Bytes(15, 2), note}).ok());
  EXPECT_TRUE(
      store
          .issue_access_key({clock.now(), {}, {}},
                            {user, made.computer.id, 1000, 9, {"access-key-issued", api::Json::Object{}}})
          .ok());
  ChargeGuess guess;
  guess.now = clock.now();
  guess.subjects.push_back({"account:" + account, [](const GuessCount&, UnixSeconds) {
                              return GuessDecision{true, false, 0};
                            }});
  EXPECT_TRUE(store.charge_guess(guess).ok());
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(write(north, user));
  return user;
}

bool RelocationWorld::write(Region& region, const UserId& user) {
  const PutRecord put{user, RecordId::random(random), {}, 1, bytes_of(random, 30'000), 5000};
  const auto done = region.store.put_record(put, clock.now());
  if (done.ok()) acknowledged[put.record] = put.envelope;
  return done.ok();
}

void RelocationWorld::agree(Region& region, const UserId& user, const std::string& to) {
  Caller caller;
  caller.session.emplace().user = user;
  const Policies policies(region.store, {});
  const auto agreed = RelocationService(region.store, region.policy, policies).move(caller, to, clock.now());
  ASSERT_TRUE(agreed.ok()) << agreed.failure().detail;
}

std::string RelocationWorld::broken_chain(const std::string& file) {
  const auto database = sqlite::Connection::open(dir.file(file), sqlite::Connection::Access::read_write);
  const auto report = sql::verify_audit(**database);
  return report.ok() ? report->bad : report.failure().detail;
}

std::size_t RelocationWorld::lost(Region& region, const UserId& user) {
  std::size_t missing = 0;
  for (const auto& [id, envelope] : acknowledged) {
    const auto record = region.store.get_record(user, id);
    if (!record.ok() || record->envelope != envelope) ++missing;
  }
  return missing;
}

void RelocationWorld::run_until_done(const UserId& user) {
  for (int round = 0; round < kRounds; ++round) {
    clock.advance(kLongerThanARetry);
    ASSERT_TRUE(mover().run().ok());
    const auto home = north.store.home(user);
    ASSERT_TRUE(home.ok());
    if (home->delivered) return;
  }
  FAIL() << "still " << name_of(north.store.home(user)->state);
}

void RelocationWorld::expect_moved(const UserId& user) {
  EXPECT_FALSE(write(north, user));
  EXPECT_TRUE(write(south, user));
  EXPECT_EQ(lost(south, user), 0u);
  const Home home = *south.store.home(user);
  EXPECT_EQ(home.state, HomeState::here);
  EXPECT_EQ(home.epoch, 2u);
}

void RelocationWorld::expect_one_home(const UserId& user) {
  const bool both = write(north, user) && write(south, user);
  EXPECT_FALSE(both);
}

void RelocationWorld::switch_without_activation(const UserId& user) {
  const UserId probe = make_user("probe");
  agree(north, probe, "south");
  ASSERT_TRUE(mover().run().ok());
  agree(north, user, "south");
  to_south.lose(to_south.requests, false);
  ASSERT_TRUE(mover().run().ok());
  to_south.lose(0, false);
  ASSERT_EQ(north.store.home(user)->state, HomeState::gone);
  ASSERT_EQ(south.store.home(user)->state, HomeState::arriving);
}

}  // namespace cardea::server
