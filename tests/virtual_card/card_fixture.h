// SPDX-License-Identifier: Apache-2.0
// What the integration tests of the virtual card begin with: pcscd, one card in slot 0, OpenSC's module.
#pragma once

#include <cstdlib>
#include <optional>

#include <gtest/gtest.h>

#include "tests/support/pcsc_world.h"
#include "tests/support/pkcs11_library.h"
#include "tests/support/temp_dir.h"
#include "tests/support/virtual_card.h"

namespace cardea::virtual_card {

using test::TempDir;
using test_support::CardSecrets;
using test_support::kOpenScModule;
using test_support::PcscWorld;
using test_support::Pkcs11Library;
using test_support::Pkcs11Session;
using test_support::VirtualCard;

class CardTest : public testing::Test {
 protected:
  CardTest() {
    for (const auto& [name, value] : test_support::opensc_environment())
      ::setenv(name.c_str(), value.c_str(), 1);
    world_.emplace(directory_.path());
  }
  // A card as it left the factory, seen by pcscd.
  void put_in_blank(CardKind kind, std::optional<std::uint32_t> memory = std::nullopt) {
    card_.emplace(VirtualCard::Options{directory_ / "card", kind, 0, memory});
    ASSERT_TRUE(world_->wait_for_card(0, true));
  }
  void put_in(CardKind kind, std::optional<std::uint32_t> memory = std::nullopt) {
    put_in_blank(kind, memory);
    test_support::provision(kind, 0, secrets_);
  }
  [[nodiscard]] CK_SLOT_ID slot(const Pkcs11Library& library) const {
    return library.slot_of(PcscWorld::reader_name(0));
  }

  TempDir directory_;
  std::optional<PcscWorld> world_;
  std::optional<VirtualCard> card_;
  CardSecrets secrets_;
};

class EachCardTest : public CardTest, public testing::WithParamInterface<CardKind> {};

inline std::string card_test_name(const testing::TestParamInfo<CardKind>& info) {
  return info.param == CardKind::myeid ? "MyEid" : "ScHsm";
}

#define CARDEA_EACH_CARD(suite)                                                                           \
  INSTANTIATE_TEST_SUITE_P(                                                                               \
      Cards, suite,                                                                                       \
      testing::Values(::cardea::virtual_card::CardKind::myeid, ::cardea::virtual_card::CardKind::sc_hsm), \
      ::cardea::virtual_card::card_test_name)

}  // namespace cardea::virtual_card
