// SPDX-License-Identifier: Apache-2.0
// A user's computers, and the daily check-in of this one.
#pragma once

#include "upstream/answer_parts.h"

namespace cardea::upstream {

struct NewComputer {
  Bytes device_spki;
  std::string name;
  std::string serial;
  Bytes proof;  // device key over computer_proof()
  std::vector<records::Holder> holders;
};

struct CheckIn {
  api::UserId user;
  std::uint32_t generation = 0;  // 0: none yet, and then check_k0 is not sent
  Bytes check_k0;
  std::uint32_t used = 0;
  std::string nearest = {};  // the region the user works in today, or empty
};

struct CheckedIn {
  std::string fit;  // ok, none, mismatch
  std::uint32_t issued = 0;
  std::uint32_t generation = 0;
  bool rotate = false;  // make a new generation now
  std::vector<CardStatus> cards;
  std::optional<std::vector<api::CardId>>
      officers;  // for whom the generation is sealed; older servers: empty
  std::uint32_t epoch = 0;
  std::int64_t server_time = 0;
  AuditState audit;
};

Result<std::vector<ComputerInfo>> list_computers(ServerClient& client, const RequestKey& key,
                                                 const std::optional<api::UserId>& user);
Result<ComputerInfo> get_computer(ServerClient& client, const RequestKey& key,
                                  const std::optional<api::UserId>& user, const api::ComputerId& computer);
Result<ComputerInfo> add_computer(ServerClient& client, const RequestKey& session,
                                  const NewComputer& computer);
Result<CheckedIn> check_in(ServerClient& client, const RequestKey& device, const api::ComputerId& computer,
                           const CheckIn& check_in);

}  // namespace cardea::upstream
