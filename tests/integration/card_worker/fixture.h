// SPDX-License-Identifier: Apache-2.0
// pcscd, virtual cards and the worker's program, as a whole, for each personality and key type.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/pcsc_world.h"
#include "tests/support/temp_dir.h"
#include "tests/support/virtual_card.h"
#include "tests/support/worker_fixture.h"

namespace cardea::worker {

using namespace cardea::test;
using test_support::CardSecrets;
using test_support::PcscWorld;
using test_support::VirtualCard;
using virtual_card::CardKind;

struct Kind {
  CardKind card;
  card::KeyKind key;
};

inline std::string kind_name(const ::testing::TestParamInfo<Kind>& info) {
  return std::string(info.param.card == CardKind::myeid ? "MyEid" : "ScHsm") +
         (info.param.key == card::KeyKind::p256 ? "P256" : "Rsa");
}

inline constexpr std::uint32_t kCardMemory = 40'000;

inline const auto kAllKinds = ::testing::Values(
    Kind{CardKind::myeid, card::KeyKind::p256}, Kind{CardKind::myeid, card::KeyKind::rsa},
    Kind{CardKind::sc_hsm, card::KeyKind::p256}, Kind{CardKind::sc_hsm, card::KeyKind::rsa});

class WorkerWithCard {
 public:
  explicit WorkerWithCard(unsigned readers = 1) { world.emplace(directory.path(), readers); }

  // A card in the slot, provisioned and with Cardea keys; the worker is started when it was not.
  CardView enrol(Kind kind, unsigned slot = 0, const CardSecrets& secrets = {}) {
    cards[slot].emplace(
        VirtualCard::Options{directory / ("card" + std::to_string(slot)), kind.card, slot, kCardMemory});
    if (!world->wait_for_card(slot, true)) throw std::runtime_error("no card");
    test_support::provision(kind.card, slot, secrets);
    const std::string reader = PcscWorld::reader_name(slot);
    if (worker == nullptr) {
      worker = start_worker(worker_options("opensc-pkcs11"));
    } else {
      // It has seen the card while that was prepared, at whatever stage: it is put in again, as it is now.
      // What it has not yet seen put in it can't see pulled.
      (void)card_in(reader);
      cards[slot]->eject();
      wait_for_view(*worker, [&](const ReaderView& v) { return find(v, reader) == nullptr; });
      cards[slot]->insert();
    }
    const CardView seen = card_in(reader);
    auto vault = worker->open_vault(kCallTimeout);
    if (!vault.ok()) throw std::runtime_error("vault");
    card::PinReport ignored;
    must((*vault)->collect(Purpose::pin, secret_channel(secrets.pin), kCallTimeout));
    must((*vault)->card_login(seen.insertion, false, ignored, kCallTimeout));
    const auto keys = (*vault)->card_make_keys(kind.key, "Cardea", kKeygenTimeout);
    if (!keys.ok()) throw std::runtime_error("keys: " + keys.failure().detail);
    vault->reset();
    quiesce();
    return card_in(reader);
  }

  CardView card_in(const std::string& reader) {
    const auto view = wait_for_view(*worker, [&](const ReaderView& v) { return find(v, reader) != nullptr; });
    const CardView* const found = find(view, reader);
    if (found == nullptr) throw std::runtime_error("card not seen in " + reader);
    return *found;
  }
  static const CardView* find(const ReaderView& view, const std::string& reader) {
    for (const CardView& card : view.cards) {
      if (reader.starts_with(card.info.reader)) return &card;
    }
    return nullptr;
  }
  // Until the worker has done what it does behind an answer: it serves one thing after the other.
  void quiesce() { must(worker->refresh(kCallTimeout)); }
  std::unique_ptr<Vault> vault_of() {
    auto vault = worker->open_vault(kCallTimeout);
    if (!vault.ok()) throw std::runtime_error("no vault");
    return std::move(vault).value();
  }
  // A vault in which the card is open.
  std::unique_ptr<Vault> open(const CardView& card, std::string_view pin = "123456") {
    auto vault = vault_of();
    must(vault->collect(Purpose::pin, secret_channel(pin), kCallTimeout));
    must(vault->card_login(card.insertion, false, report, kCallTimeout));
    return vault;
  }
  Result<Bytes> login(const CardView& card, std::string_view pin, bool consent = false) {
    return worker->login_sign(*card.info.card_id, login_message(), consent, secret_channel(pin), report,
                              kCallTimeout);
  }
  static bool verifies(const CardView& card, const Bytes& signature) {
    return crypto::PublicKey::from_spki(card.info.auth_spki)->verify(login_message(), signature).ok();
  }
  static void must(const Status& status) {
    if (!status.ok())
      throw std::runtime_error(std::string(error_name(status.error())) + " " + status.failure().detail);
  }

  test::TempDir directory;
  std::optional<PcscWorld> world;
  std::map<unsigned, std::optional<VirtualCard>> cards;
  std::unique_ptr<CardWorkerProcess> worker;
  card::PinReport report;
};

}  // namespace cardea::worker
