// SPDX-License-Identifier: Apache-2.0
// What breaks in life: cards pulled at every command, pcscd killed, the worker killed or hung, and where the
// PIN may be seen. After every fault: no success that should not be, and the next attempt works.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <functional>

#include <signal.h>
#include <sys/wait.h>

#include "tests/integration/card_worker/fixture.h"

namespace cardea::worker {
namespace {

class PulledCard : public ::testing::TestWithParam<Kind>, public WorkerWithCard {
 protected:
  CardView put_back() {
    quiesce();
    if (cards[0]->stat().inserted) {  // the command in question never came
      cards[0]->yank_at(1'000'000);
      cards[0]->eject();
    }
    wait_for_view(*worker, [](const ReaderView& v) { return v.cards.empty(); });
    cards[0]->insert();
    return card_in(PcscWorld::reader_name(0));
  }
};
INSTANTIATE_TEST_SUITE_P(Cards, PulledCard,
                         ::testing::Values(Kind{CardKind::myeid, card::KeyKind::p256},
                                           Kind{CardKind::sc_hsm, card::KeyKind::rsa}),
                         kind_name);

TEST_P(PulledCard, AtEveryCommandOfALogin) {
  CardView card = enrol(GetParam());
  const unsigned login_commands = GetParam().card == CardKind::myeid ? 4 : 2;
  for (unsigned command = 1; command <= login_commands + 1; ++command) {
    cards[0]->yank_at(command);
    const auto signature = login(card, "123456");
    if (command <= login_commands) {
      ASSERT_FALSE(signature.ok()) << command;
      EXPECT_TRUE(signature.error() == Error::card_removed || signature.error() == Error::card_fault ||
                  signature.error() == Error::card_absent)
          << command << " " << error_name(signature.error());
    } else if (signature.ok()) {  // pulled while it was locked, behind the answer
      EXPECT_TRUE(verifies(card, *signature));
    }
    card = put_back();
    EXPECT_EQ(error_of(login(card, "123456")), Error{}) << command;
    quiesce();
    EXPECT_FALSE(cards[0]->stat().verified);
    EXPECT_EQ(cards[0]->stat().pin_tries, 3U);
  }
}

TEST_P(PulledCard, AtEveryCommandOfAWriteHurtsOnlyTheEntryInHand) {
  CardView card = enrol(GetParam());
  const Bytes first(300, 1), second(300, 2), other(300, 7);
  std::uint64_t commands = 0;
  {
    const auto vault = open(card);
    for (std::uint8_t i = 0; i < 4; ++i)
      must(vault->card_storage_write(i, other, kCallTimeout));
    cards[0]->reset_counters();
    must(vault->card_storage_write(2, first, kCallTimeout));
    commands = cards[0]->stat().apdus;
  }
  ASSERT_GT(commands, 4U);
  for (unsigned command = 1; command <= commands; ++command) {
    {
      const auto vault = open(card);
      cards[0]->yank_at(command);
      EXPECT_FALSE(vault->card_storage_write(2, second, kCallTimeout).ok()) << command;
    }
    card = put_back();
    const auto vault = open(card);
    for (const std::uint8_t i : {0, 1, 3}) {
      const auto neighbour = vault->card_storage_read(i, kCallTimeout);
      ASSERT_TRUE(neighbour.ok()) << "command " << command << " object " << int{i};
      EXPECT_EQ(*neighbour, other);
    }
    const auto hurt = vault->card_storage_read(2, kCallTimeout);
    if (hurt.ok()) {
      EXPECT_TRUE(*hurt == first || *hurt == second) << command;
    } else {
      EXPECT_TRUE(hurt.error() == Error::not_found || hurt.error() == Error::corrupted) << command;
    }
    (void)vault->card_storage_remove(2, kCallTimeout);
    const Status again = vault->card_storage_write(2, first, kCallTimeout);
    EXPECT_TRUE(again.ok()) << command << " " << again.failure().detail;
  }
}

class Faults : public ::testing::Test, public WorkerWithCard {};
constexpr Kind kMyEid{CardKind::myeid, card::KeyKind::p256};

TEST_F(Faults, TheReaderServiceEndsAndComesBack) {
  const CardView before = enrol(kMyEid);
  const pid_t pid = worker->pid();
  for (int round = 0; round < 2; ++round) {
    world->kill9();
    const auto down =
        wait_for_view(*worker, [](const ReaderView& v) { return v.service == ReaderService::down; });
    EXPECT_EQ(down.service, ReaderService::down);
    EXPECT_TRUE(down.cards.empty());
    EXPECT_EQ(error_of(login(before, "123456")), Error::card_absent);
    world->restart();
    const CardView after = card_in(PcscWorld::reader_name(0));
    EXPECT_EQ(after.info.card_id, before.info.card_id);
    EXPECT_EQ(error_of(login(after, "123456")), Error{});
  }
  EXPECT_EQ(worker->pid(), pid);
}

TEST_F(Faults, TheServiceComesAfterTheWorker) {
  const CardView before = enrol(kMyEid);
  worker.reset();
  world->kill9();
  worker = start_worker(worker_options("opensc-pkcs11"));
  EXPECT_EQ(wait_for_view(*worker, [](auto& v) { return v.service == ReaderService::down; }).service,
            ReaderService::down);
  world->restart();
  const CardView card = card_in(PcscWorld::reader_name(0));
  EXPECT_EQ(card.info.card_id, before.info.card_id);
  EXPECT_EQ(error_of(login(card, "123456")), Error{});
}

TEST_F(Faults, AKilledWorkerIsReplacedAndItsVaultIsGone) {
  const CardView card = enrol(kMyEid);
  const auto vault = open(card);
  const pid_t before = worker->pid();
  ASSERT_EQ(::kill(before, SIGKILL), 0);
  EXPECT_EQ(error_of(vault->card_storage_list(kCallTimeout)), Error::worker_down);
  const auto view = wait_for_view(*worker, [&](const ReaderView& v) {
    return v.cards.size() == 1 && v.cards[0].insertion != card.insertion;
  });
  ASSERT_EQ(view.cards.size(), 1U);
  const CardView again = view.cards[0];
  EXPECT_EQ(error_of(login(again, "123456")), Error{});
  EXPECT_NE(worker->pid(), before);
  EXPECT_EQ(error_of(vault->root_create(kCallTimeout)), Error::worker_down);
}

// Every verb, with a worker that does not answer: the call ends at its deadline, the worker is killed and
// replaced.
TEST_F(Faults, AHungWorkerEndsAtTheDeadlineOfEveryVerb) {
  const CardView card = enrol(kMyEid);
  constexpr Timeout kShort{150};
  const Bytes some(40, 1);
  const RecordId record{};
  using Call = std::function<Error(Vault&)>;
  const std::vector<Call> calls = {
      [&](Vault&) { return error_of(worker->refresh(kShort)); },
      [&](Vault&) {
        return error_of(worker->login_sign(*card.info.card_id, login_message(), false,
                                           secret_channel("123456"), report, kShort));
      },
      [&](Vault& v) { return error_of(v.set_identity({}, {}, kShort)); },
      [&](Vault& v) { return error_of(v.collect(Purpose::pin, secret_channel("123456"), kShort)); },
      [&](Vault& v) { return error_of(v.reveal(Purpose::record, channel_pair().first, kShort)); },
      [&](Vault& v) { return error_of(v.opaque_register_start(kShort)); },
      [&](Vault& v) { return error_of(v.opaque_register_finish(some, some, kShort)); },
      [&](Vault& v) { return error_of(v.opaque_login_start(OpaqueRecordName::a, kShort)); },
      [&](Vault& v) { return error_of(v.opaque_login_finish(OpaqueRecordName::a, some, kShort)); },
      [&](Vault& v) { return error_of(v.open_question(some, kShort)); },
      [&](Vault& v) { return error_of(v.card_login(card.insertion, false, report, kShort)); },
      [&](Vault& v) { return error_of(v.card_make_keys(card::KeyKind::p256, "x", kShort)); },
      [&](Vault& v) { return error_of(v.card_sign(some, kShort)); },
      [&](Vault& v) { return error_of(v.card_storage_list(kShort)); },
      [&](Vault& v) { return error_of(v.card_storage_read(1, kShort)); },
      [&](Vault& v) { return error_of(v.card_storage_write(1, some, kShort)); },
      [&](Vault& v) { return error_of(v.card_storage_remove(1, kShort)); },
      [&](Vault& v) { return error_of(v.card_header_read(kShort)); },
      [&](Vault& v) { return error_of(v.card_header_write(some, kShort)); },
      [&](Vault& v) { return error_of(v.change_pin(card.insertion, false, report, kShort)); },
      [&](Vault& v) { return error_of(v.unblock_pin(card.insertion, report, kShort)); },
      [&](Vault& v) { return error_of(v.root_create(kShort)); },
      [&](Vault& v) { return error_of(v.root_open(HolderKind::sheet, "", 1, some, {}, kShort)); },
      [&](Vault& v) { return error_of(v.holder_seal(HolderKind::sheet, "", {}, kShort)); },
      [&](Vault& v) { return error_of(v.epoch_advance(kShort)); },
      [&](Vault& v) { return error_of(v.open_epoch_seals({}, kShort)); },
      [&](Vault& v) { return error_of(v.recovery_key_create(kShort)); },
      [&](Vault& v) { return error_of(v.recovery_key_open(some, some, kShort)); },
      [&](Vault& v) { return error_of(v.sheet_check(kShort)); },
      [&](Vault& v) { return error_of(v.chain_create(1, some, some, kShort)); },
      [&](Vault& v) { return error_of(v.record_seal(record, 1, kShort)); },
      [&](Vault& v) { return error_of(v.record_open(record, 1, 1, some, kShort)); },
      [&](Vault& v) { return error_of(v.record_rewrap(record, 1, 1, some, kShort)); },
  };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto vault = vault_of();
    const pid_t before = worker->pid();
    ASSERT_EQ(::kill(before, SIGSTOP), 0);
    const auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(calls[i](*vault), Error::worker_down) << i;
    EXPECT_LT(std::chrono::steady_clock::now() - started, kCallTimeout) << i;
    const auto up = wait_for_view(*worker, [](const ReaderView& v) { return v.cards.size() == 1; });
    ASSERT_EQ(up.cards.size(), 1U) << i;
    EXPECT_NE(worker->pid(), before) << i;
    EXPECT_NE(::kill(before, 0), 0) << i;  // reaped
  }
  EXPECT_EQ(error_of(login(card_in(PcscWorld::reader_name(0)), "123456")), Error{});
}

// The PIN is chosen, kept and typed by another process; then that process looks for it in this one, which
// plays the daemon.
std::string random_pin() {
  SystemRandom random;
  const auto bytes = random.array<8>();
  std::string pin;
  for (const std::uint8_t byte : bytes)
    pin += static_cast<char>('0' + byte % 10);
  return pin;
}

// Only the shadow memory of a sanitizer, which is terabytes of nothing, has regions like this.
constexpr std::size_t kShadowBytes = std::size_t{1} << 36;

// Whether any page from here on is in use, so that what was never written to is not read by the gigabyte.
// True where that can't be found out. The entries are 64 bits a page: Linux, admin-guide/mm/pagemap.
bool in_use(std::ifstream& pagemap, std::size_t begin, std::size_t length) {
  constexpr std::size_t kPage = 4096;
  constexpr std::uint64_t kPresentOrSwapped = std::uint64_t{3} << 62;
  std::vector<std::uint64_t> pages(length / kPage);
  pagemap.clear();
  pagemap.seekg(static_cast<std::streamoff>(begin / kPage * sizeof(std::uint64_t)));
  pagemap.read(reinterpret_cast<char*>(pages.data()),
               static_cast<std::streamsize>(pages.size() * sizeof(std::uint64_t)));
  if (!pagemap) return true;
  return std::any_of(pages.begin(), pages.end(),
                     [](std::uint64_t page) { return (page & kPresentOrSwapped) != 0; });
}

bool memory_holds(pid_t pid, const std::string& text) {
  constexpr std::size_t kPiece = std::size_t{1} << 22;
  const std::string process = "/proc/" + std::to_string(pid);
  std::ifstream maps(process + "/maps");
  std::ifstream memory(process + "/mem", std::ios::binary);
  std::ifstream pagemap(process + "/pagemap", std::ios::binary);
  std::string line, piece;
  while (std::getline(maps, line)) {
    unsigned long begin = 0, end = 0;
    char mode[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, mode) != 3 || mode[0] != 'r') continue;
    if (end - begin >= kShadowBytes) continue;
    piece.clear();
    for (std::size_t at = begin; at < end; at += kPiece) {
      const std::size_t length = std::min(kPiece, end - at);
      if (!in_use(pagemap, at, length)) {
        piece.clear();
        continue;
      }
      // Behind the end of the piece before, across which the text may lie.
      const std::size_t before = std::min(piece.size(), text.size() - 1);
      piece.erase(0, piece.size() - before);
      piece.resize(before + length);
      memory.clear();
      memory.seekg(static_cast<std::streamoff>(at));
      memory.read(piece.data() + before, static_cast<std::streamsize>(length));
      piece.resize(before + static_cast<std::size_t>(memory.gcount()));
      if (piece.find(text) != std::string::npos) return true;
    }
  }
  return false;
}

TEST_F(Faults, ThePinIsNeverInTheDaemonsMemory) {
  const CardView card = enrol(kMyEid);
  auto [canary_here, canary_there] = channel_pair();
  auto [change_here, change_there] = channel_pair();
  auto [login_here, login_there] = channel_pair();
  auto [result_here, result_there] = channel_pair();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const std::string pin = random_pin();
    const Bytes packet = ByteBuilder().u8(1).lp(pin).take();
    (void)::send(change_there.get(), packet.data(), packet.size(), 0);
    (void)::send(login_there.get(), packet.data(), packet.size(), 0);
    char go = 0;
    (void)::recv(result_there.get(), &go, 1, 0);  // the parent has logged in
    char found[2] = {memory_holds(parent, pin) ? '1' : '0', 0};
    (void)::send(canary_there.get(), pin.data(), pin.size(), 0);  // now it is: the search itself must work
    (void)::recv(result_there.get(), &go, 1, 0);
    found[1] = memory_holds(parent, pin) ? '1' : '0';
    (void)::send(result_there.get(), found, sizeof found, 0);
    ::_exit(0);
  }
  for (UniqueFd* const childs : {&canary_there, &change_there, &login_there, &result_there})
    childs->reset();  // so that its death ends the waits below
  {
    const auto vault = vault_of();
    must(vault->collect(Purpose::pin, secret_channel("123456"), kCallTimeout));
    must(vault->collect(Purpose::new_pin, std::move(change_here), kCallTimeout));
    must(vault->change_pin(card.insertion, false, report, kCallTimeout));
  }
  const auto signature = worker->login_sign(*card.info.card_id, login_message(), false, std::move(login_here),
                                            report, kCallTimeout);
  EXPECT_EQ(error_of(signature), Error{});
  (void)::send(result_here.get(), "g", 1, 0);
  std::string canary(8, '\0');
  EXPECT_EQ(::recv(canary_here.get(), canary.data(), canary.size(), 0), 8);
  (void)::send(result_here.get(), "g", 1, 0);
  char found[2] = {};
  EXPECT_EQ(::recv(result_here.get(), found, sizeof found, 0), 2);
  EXPECT_EQ(found[0], '0');
  EXPECT_EQ(found[1], '1');
  EXPECT_EQ(canary.size(), 8U);
  int status = 0;
  ::waitpid(child, &status, 0);
}

}  // namespace
}  // namespace cardea::worker
