// SPDX-License-Identifier: Apache-2.0
// A user as the store sees one, with the sizes of real ones, for the benches of the store.
#pragma once

#include "core/base/random.h"
#include "server/store/commands.h"

namespace cardea::bench {

inline constexpr UnixSeconds kNow = 1'800'000'000;

inline Bytes random_bytes(Random& random, std::size_t size) {
  Bytes out(size);
  random.fill(out);
  return out;
}

inline server::RegisterUser make_user(const std::string& account, Random& random) {
  server::RegisterUser command;
  command.user.id = server::UserId::random(random);
  command.user.account = account;
  command.user.opaque_a = random_bytes(random, 192);
  command.user.opaque_b = random_bytes(random, 192);
  command.user.question_seal = random_bytes(random, 96);
  command.user.recovery_seal = random_bytes(random, 96);
  command.user.recovery_public = random_bytes(random, 65);
  command.user.epoch = 1;
  command.card.id = server::CardId::random(random);
  command.card.user = command.user.id;
  command.card.auth_spki = random_bytes(random, 91);
  command.card.wrap_spki = random_bytes(random, 91);
  command.card.proof = random_bytes(random, 64);
  command.card.label = "card of " + account;
  command.user.signer = command.card.id;
  command.computer.id = server::ComputerId::random(random);
  command.computer.device_spki = random_bytes(random, 44);
  command.computer.name = "laptop";
  command.holders = {{"card", command.card.id.text(), 1, random_bytes(random, 113)},
                     {"recovery", "recovery", 1, random_bytes(random, 104)},
                     {"sheet", "sheet", 1, random_bytes(random, 104)}};
  command.audit = {"registered", api::Json::Object{}};
  return command;
}

}  // namespace cardea::bench
