// SPDX-License-Identifier: Apache-2.0
// A user with one card, an access-key generation and a deterministic random source.
#pragma once

#include <gtest/gtest.h>

#include "core/crypto/p256.h"
#include "core/login/login_challenge.h"
#include "core/login/login_flow.h"

namespace cardea::login {

class CountingRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    for (std::uint8_t& byte : out)
      byte = next_++;
  }

 private:
  std::uint8_t next_ = 1;
};

constexpr UnixSeconds kNow = 1'800'000'000;

class LoginFixture : public ::testing::Test {
 protected:
  LoginFixture() : key_(crypto::Ed25519KeyPair::generate(random_)) {
    record_.local_user = "alice";
    record_.account = "alice";
    record_.revocation_checked_at = record_.latest_time_seen = kNow - 3600;
    record_.cards.push_back(
        {crypto::card_id(key_.spki()), key_.spki(), {}, "Work card", "0001", CardState::active});
    record_.current = access_key::AccessKeyVerifier{1, 0, {}, {}};
    present_.card_id = record_.cards[0].card_id;
    present_.label = "Work card";
    present_.has_cardea_keys = true;
    present_.least_pin_length = 4;
    present_.most_pin_length = 8;
  }

  Readers with_card() const { return Readers{true, {present_}}; }
  static Readers no_card() { return Readers{true, {}}; }
  Readers foreign() const {
    PresentCard card = present_;
    card.card_id[0] ^= 1;
    return Readers{true, {card}};
  }
  LoginContext context() const {
    LoginContext context;
    context.service = "login";
    context.user = "alice";
    context.attempt = "1";
    return context;
  }
  LoginFlow flow(LoginContext context) {
    return LoginFlow(std::move(context), record_, Bytes(32, 7), random_);
  }
  LoginFlow flow() { return flow(context()); }
  Bytes sign(ByteView message) const {
    const auto signature = key_.sign(message);
    return {signature.begin(), signature.end()};
  }

  CountingRandom random_;
  crypto::Ed25519KeyPair key_;
  EnrolmentRecord record_;
  PresentCard present_;
};

}  // namespace cardea::login
