// SPDX-License-Identifier: Apache-2.0
#include "server/service/card_service.h"

namespace cardea::server {
namespace {

struct Rule {
  CardState state;
  std::string_view reason;  // empty: none may be given
};

// Which reasons go with which change. A revoked card never comes back, so its reason is asked for.
constexpr Rule kRules[] = {
    {CardState::suspended, "mislaid"}, {CardState::suspended, "lost"},  {CardState::suspended, "stolen"},
    {CardState::suspended, "other"},   {CardState::active, ""},         {CardState::revoked, "lost"},
    {CardState::revoked, "stolen"},    {CardState::revoked, "damaged"}, {CardState::revoked, "replaced"},
};

bool permitted(CardState state, std::string_view reason) {
  for (const Rule& rule : kRules) {
    if (rule.state == state && rule.reason == reason) return true;
  }
  return false;
}

}  // namespace

Result<Outcome<Card>> CardService::set_state(const Caller& caller, const CardId& card, CardState state,
                                             const std::string& reason, std::uint64_t expected_version,
                                             const Change<Card>& change) {
  if (!caller.session) return Error::permission_denied;
  const SessionLevel level = caller.session->level;
  // A password alone may stop a card, never let one in again.
  if (level == SessionLevel::password && state != CardState::suspended) {
    return fail(Error::permission_denied, "with the password alone a card can only be suspended");
  }
  if (!permitted(state, reason)) return fail(Error::invalid_argument, "“reason” does not go with “state”");
  SetCardState command;
  command.user = caller.session->user;
  command.card = card;
  command.state = state;
  command.reason = reason;
  command.expected_version = expected_version;
  command.audit = {"card-state", api::Json::Object{{"card", card.text()},
                                                   {"state", name_of(state)},
                                                   {"reason", reason},
                                                   {"level", name_of(level)},
                                                   {"from", caller.prefix}}};
  return store_.set_card_state(change, command);
}

}  // namespace cardea::server
